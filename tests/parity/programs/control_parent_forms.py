"""control: Parent navigation

Forms of the command: update only, pairs, lists of commands, a Send, END, an unknown node, unknown keys, another graph's name.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, Send


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def chain(*nodes, **options):
    builder = StateGraph(State).add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).compile(**options)


def says(name):
    return name, lambda state: {"log": [name]}


def graph(t, node, called=False, edges=(), saver=None, deep=False):
    inner = (
        StateGraph(State)
        .add_node("c1", node)
        .add_node(*says("c2"))
        .add_edge(START, "c1")
        .add_edge("c1", "c2")
        .compile()
    )
    if deep:
        mid = (
            StateGraph(State)
            .add_node("m1", inner)
            .add_node(*says("m2"))
            .add_node("other", lambda state: {"log": ["mid other"]})
        )
        inner = mid.add_edge(START, "m1").add_edge("m1", "m2").compile()

    def calls(state):
        found = inner.invoke({"x": state["x"], "log": []})
        return {"log": ["called", *found["log"]]}

    builder = StateGraph(State).add_node("sub", calls if called else inner)
    for name in ("after", "other"):
        builder.add_node(*says(name))
    builder.add_edge(START, "sub")
    for start, end in edges:
        builder.add_edge(start, end)
    return builder.compile(checkpointer=saver)


def main(t):
    def parent(**options):
        return Command(graph=Command.PARENT, **options)

    forms = {
        "update only": lambda: parent(update={"log": ["u"]}),
        "goto only": lambda: parent(goto="other"),
        "two": lambda: parent(goto=["other", "after"], update={"log": ["u"]}),
        "pairs": lambda: parent(update=[("log", ["a"]), ("log", ["b"])]),
        "send": lambda: parent(goto=Send("other", {"x": 9})),
        "sends": lambda: parent(goto=[Send("other", {"x": 8}), "after"], update={"x": 3}),
        "end": lambda: parent(goto="__end__", update={"log": ["u"]}),
        "unknown node": lambda: parent(goto="nowhere", update={"log": ["u"]}),
        "unknown key": lambda: parent(update={"nothing": 1}),
        "own, then parent": lambda: [Command(update={"log": ["own"]}), parent(goto="other", update={"log": ["p"]})],
        "two for the parent": lambda: [parent(update={"log": ["p1"]}), parent(goto="other", update={"log": ["p2"]})],
        "empty": lambda: parent(),
        "by name": lambda: Command(graph="some name", update={"log": ["own"]}),
    }
    for name, make in forms.items():
        for called in (False, True):
            app = graph(t, lambda state, make=make: make(), called, [("sub", "after")])
            t.record(f"{name} {called}", app.invoke({"x": 1, "log": ["in"]}))
            chunks = app.stream({"x": 1, "log": ["in"]}, stream_mode="updates")
            t.chunks(f"{name} {called}: chunks", chunks, parallel=[("after", "other")])
