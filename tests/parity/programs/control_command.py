"""control: Command

A node's `Command(update, goto)` writes and routes; goto is a name, END, a list, a `Send` or a mix; names twice are one
task; an empty goto goes nowhere; Commands compare by value.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, Literal, TypedDict

from actograph.graph import END, START, StateGraph
from actograph.types import Command, Send


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def graph(command):
    def a(state) -> Command[Literal["b", "c"]]:
        return command

    builder = StateGraph(State).add_node("a", a)
    for name in ("b", "c"):
        builder.add_node(name, lambda state, name=name: {"log": [f"{name}{state.get('x')}"]})
    return builder.add_edge(START, "a").compile()


GOTO = {
    "name": "b",
    "end": END,
    "list": ["c", "b"],
    "twice": ["b", "b"],
    "send": Send("b", {"x": 7}),
    "mix": [Send("b", {"x": 7}), Send("b", {"x": 8}), "b", "c"],
    "nowhere": (),
    "end and name": [END, "b"],
}


def main(t):
    for label, goto in GOTO.items():
        app = graph(Command(update={"x": 1, "log": ["a"]}, goto=goto))
        t.record(label, app.invoke({"x": 0}))
        t.record(f"{label}, async", asyncio.run(app.ainvoke({"x": 0})))
    app = graph(Command(goto=["b", "c"]))
    t.chunks("no update", app.stream({"x": 0}, stream_mode=["values", "updates"]), parallel=[{"b", "c"}])
    with t.raises("goto None"):
        graph(Command(goto=None)).invoke({"x": 0})
    t.record("defaults", Command())
    t.record("fields", Command(update={"x": 1}, goto=[Send("b", 1)], resume="r", graph="g"))
    t.record("equal", [Command(goto="b") == Command(goto="b"), Command(goto="b") == Command(goto="c"), Command.PARENT])
