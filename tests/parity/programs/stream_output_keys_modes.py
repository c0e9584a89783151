"""exec: Run parameters

`output_keys` narrows values and updates; starts and ends of tasks, checkpoints and what nodes write are whole.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    y: int
    log: Annotated[list[str], operator.add]


def node(state, writer):
    writer({"task": "node", "y": 1})
    return {"y": 1, "log": ["node"]}


def main(t):
    app = StateGraph(State).add_node("node", node).add_node("x", lambda state: {"x": 5})
    app = app.add_edge(START, "node").add_edge("node", "x").compile(checkpointer=t.saver())
    modes = ["values", "updates", "tasks", "checkpoints", "debug", "custom"]
    for label, keys in {"x": "x", "[x]": ["x"], "[log, x]": ["log", "x"], "[]": []}.items():
        t.record(f"several: {label}", list(app.stream({"x": 0}, t.thread(), stream_mode=modes, output_keys=keys)))
        t.record(f"invoke: {label}", app.invoke({"x": 0}, t.thread(), output_keys=keys))
        t.record(f"invoke updates: {label}", app.invoke({"x": 0}, t.thread(), stream_mode="updates", output_keys=keys))

    async def go():
        return [chunk async for chunk in app.astream({"x": 0}, t.thread(), stream_mode=modes, output_keys=["log"])]

    t.record("async", asyncio.run(go()))
