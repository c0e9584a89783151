"""stream: Several modes

The order in which one event shows in several modes, whatever the order of the list: the checkpoint, then the starts, what nodes
write, each end (update, then result), the values; `debug` follows each of its kinds.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def node(state, writer):
    writer("n: written")
    return {"log": ["n"]}


MODES = ["values", "updates", "checkpoints", "tasks", "debug", "custom"]


def main(t):
    builder = StateGraph(State).add_node("n", node).add_node("m", lambda state: None)
    builder = builder.add_edge(START, "n").add_edge("n", "m")
    app = builder.compile(checkpointer=t.saver())
    t.record("all", list(app.stream({"x": 1}, t.thread(), stream_mode=MODES)))
    t.record("in any order", [mode for mode, _ in app.stream({"x": 1}, t.thread(), stream_mode=MODES[::-1])])
    t.record("twice the same", list(app.stream({"x": 1}, t.thread(), stream_mode=["updates", "updates"])))
    t.record("no checkpointer", list(builder.compile().stream({"x": 1}, stream_mode=MODES)))
    t.record("invoke", app.invoke({"x": 1}, t.thread(), stream_mode=MODES))

    async def go():
        return [chunk async for chunk in app.astream({"x": 1}, t.thread(), stream_mode=MODES)]

    t.record("async", asyncio.run(go()))
