"""control: Parent navigation

Routers of the calling node see the update; keys without a reducer take one write; a command beside other nodes of the sub-graph, from
several sub-graphs at once, after an answer, and after a failure.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def chain(*nodes, **options):
    builder = StateGraph(State).add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).compile(**options)


def says(name):
    return name, lambda state: {"log": [name]}


class Plain(TypedDict, total=False):
    a: str
    b: str


def go(state):
    return Command(graph=Command.PARENT, goto="other", update={"a": "from below"})


def main(t):
    inner = StateGraph(Plain).add_node("go", go).add_node("beside", lambda state: {"a": "beside"})
    both = inner.add_edge(START, "go").add_edge(START, "beside").compile()
    builder = StateGraph(Plain).add_node("sub", both).add_node("other", lambda state: {"b": f"other saw {state['a']}"})
    t.record("beside", builder.add_edge(START, "sub").compile().invoke({"a": "x"}))

    one = StateGraph(Plain).add_node("go", go).add_edge(START, "go").compile()
    builder = (
        StateGraph(Plain).add_node("left", one).add_node("right", one).add_node("other", lambda state: {"b": "done"})
    )
    with t.raises("two at once", culprit=["a"]):
        builder.add_edge(START, "left").add_edge(START, "right").compile().invoke({"a": "x"})

    seen = []

    def route(state):
        seen.append(dict(state))
        return "routed"

    builder = (
        StateGraph(Plain)
        .add_node("sub", one)
        .add_node("other", lambda state: {"b": "other"})
        .add_node("routed", lambda s: {})
    )
    builder.add_edge(START, "sub").add_conditional_edges("sub", route, ["routed"])
    t.record("router", [builder.compile().invoke({"a": "x"}), seen])

    def asks(state):
        where = interrupt("where to?")
        return Command(graph=Command.PARENT, goto=where, update={"log": [f"to {where}"]})

    inner = (
        StateGraph(State)
        .add_node("asks", asks)
        .add_node(*says("never"))
        .add_edge(START, "asks")
        .add_edge("asks", "never")
    )
    builder = StateGraph(State).add_node("sub", inner.compile()).add_node(*says("after")).add_node(*says("other"))
    app = builder.add_edge(START, "sub").add_edge("sub", "after").compile(checkpointer=t.saver())
    config = t.thread()
    t.record("asks", app.invoke({"log": ["in"]}, config))
    t.record("answered", app.invoke(Command(resume="other"), config))
    t.history("history", app.get_state_history(config))

    broken = [True]

    def breaks(state):
        if broken:
            broken.pop()
            raise ValueError("boom")
        return Command(graph=Command.PARENT, goto="other", update={"log": ["mended"]})

    inner = (
        StateGraph(State)
        .add_node(*says("first"))
        .add_node("breaks", breaks)
        .add_edge(START, "first")
        .add_edge("first", "breaks")
    )
    builder = StateGraph(State).add_node("sub", inner.compile()).add_node(*says("other")).add_edge(START, "sub")
    app, config = builder.compile(checkpointer=t.saver()), t.thread()
    with t.raises("fails"):
        app.invoke({"log": ["in"]}, config)
    t.record("mended", app.invoke(None, config))
