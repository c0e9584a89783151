"""stream: Several modes

A list of modes gives `(mode, chunk)`, whatever its order and length; one string gives bare chunks; a tuple of modes is
a list too; an empty list gives nothing; invoke with a list returns the pairs.
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
    writer("custom")
    return {"log": ["n"]}


def main(t):
    app = StateGraph(State).add_node("n", node).add_node("m", node).add_edge(START, "n").add_edge("n", "m").compile()
    for modes in (["values"], ["updates"], ["custom"], ["updates", "values"], ["values", "updates", "custom"], []):
        label = " ".join(modes) or "none"
        t.chunks(f"list: {label}", app.stream({"x": 1}, stream_mode=modes))
        t.record(f"invoke: {label}", app.invoke({"x": 1}, stream_mode=modes))
    for mode in ("values", "updates", "custom"):
        t.chunks(f"string: {mode}", app.stream({"x": 1}, stream_mode=mode))

    async def go(modes):
        return [chunk async for chunk in app.astream({"x": 1}, stream_mode=modes)]

    t.chunks("async list", asyncio.run(go(["custom", "updates", "values"])))
    t.chunks("async string", asyncio.run(go("values")))
