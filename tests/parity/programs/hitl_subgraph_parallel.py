"""hitl: In subgraphs

Several sub-graphs pause in one superstep (from Sends, and as two nodes): all their questions are shown; answered by id, one after the
other in any order, or all at once.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, Send, interrupt


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def chain(*nodes, **options):
    builder = StateGraph(State).add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).compile(**options)


class Logged(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    def ask(state):
        return {"log": [f"{state['x']}: {interrupt(state['x'])}"]}

    builder = StateGraph(State, output_schema=Logged).add_node("before", lambda state: {}).add_node("ask", ask)
    inner = builder.add_edge(START, "before").add_edge("before", "ask").compile()

    class Only(TypedDict, total=False):
        x: int

    def graph(kind):
        outer = StateGraph(State)
        if kind == "sends":
            outer.add_node("sub", inner)
            outer.add_conditional_edges(
                START, lambda state: [Send("sub", {"x": n, "log": []}) for n in range(3)], ["sub"]
            )
        else:
            for name in ("left", "middle", "right"):
                outer.add_node(name, inner, input_schema=Only).add_edge(START, name)
        return outer.compile(checkpointer=t.saver())

    for kind in ("sends", "nodes"):
        app, config = graph(kind), t.thread()
        paused = asyncio.run(app.ainvoke({"x": 5, "log": []}, config))
        t.record(f"{kind}: pause", sorted(question.value for question in paused["__interrupt__"]))
        ids = [question.id for question in app.get_state(config).interrupts]
        assert len(set(ids)) == 3
        assert set(ids) == {question.id for question in paused["__interrupt__"]}
        t.snapshot(f"{kind}: state", app.get_state(config, subgraphs=True))
        once = asyncio.run(app.ainvoke(Command(resume={ids[2]: "c"}), config))
        t.record(
            f"{kind}: the last", [once["log"], {question.id for question in once["__interrupt__"]} == set(ids[:2])]
        )
        t.snapshot(f"{kind}: state after one", app.get_state(config, subgraphs=True))
        with t.raises(f"{kind}: which"):
            app.invoke(Command(resume="?"), config)
        t.record(f"{kind}: the others", app.invoke(Command(resume={ids[0]: "a", ids[1]: "b"}), config))
        t.history(f"{kind}: history", app.get_state_history(config))
        app, config = graph(kind), t.thread()
        app.invoke({"x": 5, "log": []}, config)
        ids = [question.id for question in app.get_state(config).interrupts]
        t.record(f"{kind}: all at once", app.invoke(Command(resume=dict(zip(ids, "abc", strict=True))), config))
