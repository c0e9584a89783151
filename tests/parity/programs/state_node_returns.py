"""state: Input rules [obs]; errors: Codes

What a node may return: a dict, None, a Command, a list with a Command in it; anything else is InvalidUpdateError and
names the node.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


GOOD = {
    "none": None,
    "empty": {},
    "dict": {"x": 1},
    "unknown key": {"q": 1},
    "command": Command(update={"x": 2}),
    "command with pairs": Command(update=[("x", 3), ("log", ["p"])]),
    "empty command": Command(),
    "list with command": [Command(update={"x": 1}), {"log": ["z"]}],
    "list of commands": [Command(update={"log": ["a"]}), Command(update={"log": ["b"]})],
}
BAD = {
    "number": 5,
    "text": "str",
    "list of dicts": [{"x": 1}],
    "empty list": [],
    "tuple": ({"x": 1},),
    "none in list": [None],
}


def graph(value):
    return StateGraph(State).add_node("culprit", lambda state: value).add_edge(START, "culprit").compile()


def main(t):
    for label, value in GOOD.items():
        t.record(label, graph(value).invoke({"x": 0}))
        t.chunks(f"{label}, chunks", graph(value).stream({"x": 0}, stream_mode=["values", "updates"]))
        t.record(f"{label}, async", asyncio.run(graph(value).ainvoke({"x": 0})))
    for label, value in BAD.items():
        with t.raises(label, culprit=["culprit"]):
            graph(value).invoke({"x": 0})
