"""control: List of commands

A list with a Command in it applies every item in order: updates of a reducer key in turn, gotos together; the updates
chunk is a list when a key was written twice.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, Send


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def graph(result):
    builder = StateGraph(State).add_node("a", lambda state: result)
    for name in ("b", "c"):
        builder.add_node(name, lambda state, name=name: {"log": [f"{name}{state.get('x')}"]})
    return builder.add_edge(START, "a").compile()


CASES = {
    "gotos": [Command(goto="c"), {"x": 1}, Command(goto="b")],
    "updates in order": [Command(update={"log": ["1"]}), {"log": ["2"]}, Command(update={"log": ["3"]})],
    "sends": [Command(goto=Send("b", {"x": 1})), Command(goto=[Send("b", {"x": 2}), "c"], update={"x": 5})],
    "one command": [Command(update={"x": 3}, goto="b")],
    "tuple": (Command(update={"x": 3}, goto="b"), {"log": ["t"]}),
}


def main(t):
    for label, result in CASES.items():
        t.record(label, graph(result).invoke({"x": 0}))
        t.record(f"{label}, async", asyncio.run(graph(result).ainvoke({"x": 0})))
        t.chunks(
            f"{label}, chunks", graph(result).stream({"x": 0}, stream_mode=["values", "updates"]), parallel=[{"b", "c"}]
        )
