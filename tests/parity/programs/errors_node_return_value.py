"""errors: Codes
state: Input rules

A node that returns no mapping is an error that names the node and shows in its task; `None` and unknown keys are
fine.
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


def graph(saver, value):
    builder = StateGraph(State)
    builder.add_node("odd_node", lambda state: value)
    builder.add_edge(START, "odd_node")
    return builder.compile(checkpointer=saver)


BAD = {"int": 3, "str": "text", "set": {1}, "list of int": [1, 2], "list of dicts": [{"x": 2}, {"log": ["l"]}]}
FINE = {
    "None": None,
    "empty": {},
    "unknown": {"zzz": 1},
    "half": {"zzz": 1, "x": 9},
    "list with a command": [Command(update={"x": 2}), {"log": ["l"]}],
}


def main(t):
    for name, value in BAD.items():
        app = graph(t.saver(), value)
        config = t.thread()
        with t.raises(f"{name}: error", culprit=["odd_node"]):
            app.invoke({"x": 1}, config)
        snapshot = app.get_state(config)
        t.record(f"{name}: next", snapshot.next)
        t.record(f"{name}: task", [(task.name, task.error is None, task.result) for task in snapshot.tasks])
    for name, value in FINE.items():
        app = graph(t.saver(), value)
        t.chunks(f"{name}: chunks", app.stream({"x": 1}, t.thread(), stream_mode=["values", "updates"]))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    with t.raises("async error", culprit=["odd_node"]):
        await graph(t.saver(), 3).ainvoke({"x": 1}, t.thread())
    t.record("async fine", await graph(t.saver(), {"zzz": 1}).ainvoke({"x": 1}, t.thread()))
