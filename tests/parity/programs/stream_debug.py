"""stream: debug
exec: Run parameters

`debug` wraps starts and ends of tasks and checkpoints with superstep, time and type; without a checkpointer only tasks.
"""

from __future__ import annotations

import asyncio
import datetime
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def main(t):
    def ask(state):
        return {"log": [interrupt("?")]}

    builder = StateGraph(State).add_node("a", lambda state: {"log": ["a"]}).add_node("ask", ask)
    builder = builder.add_edge(START, "a").add_edge("a", "ask")
    app = builder.compile(checkpointer=t.saver())
    config = t.thread()
    chunks = list(app.stream({"x": 0}, config, stream_mode="debug"))
    t.record("pause", chunks)
    t.record("keys", [list(chunk) for chunk in chunks])
    stamps = [datetime.datetime.fromisoformat(chunk["timestamp"]) for chunk in chunks]
    t.record(
        "times are in order, with a zone", [stamps == sorted(stamps), {stamp.tzinfo is not None for stamp in stamps}]
    )
    t.record("resume", list(app.stream(Command(resume="r"), config, stream_mode="debug")))
    t.record("again", list(app.stream({"x": 1}, config, stream_mode=["debug", "updates"])))
    plain = StateGraph(State).add_node("a", lambda state: {"log": ["a"]}).add_edge(START, "a").compile()
    t.record("no checkpointer", list(plain.stream({"x": 0}, stream_mode="debug")))
    t.record("invoke", plain.invoke({"x": 0}, stream_mode="debug"))

    async def go():
        return [chunk async for chunk in app.astream({"x": 0}, t.thread(), stream_mode="debug")]

    t.record("async", asyncio.run(go()))
