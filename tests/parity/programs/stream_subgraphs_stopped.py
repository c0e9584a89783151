"""stream: Subgraphs

The reader may stop at any chunk of a sub-graph; what has ended is kept, and the thread goes on with None.
"""

from __future__ import annotations

import asyncio
import operator
from contextlib import aclosing
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def main(t):
    inner = StateGraph(State).add_node("i", lambda state: {"log": ["i"]}).add_edge(START, "i").compile()
    app = StateGraph(State).add_node("a", lambda state: {"log": ["a"]}).add_node("sub", inner)
    app = app.add_edge(START, "a").add_edge("a", "sub").compile(checkpointer=t.saver())
    total = len(list(app.stream({"x": 0}, t.thread(), stream_mode=["values", "updates"], subgraphs=True)))
    t.record("chunks", total)
    for stop in range(1, total + 1):
        config = t.thread()
        chunks = app.stream({"x": 0}, config, stream_mode=["values", "updates"], subgraphs=True)
        for _ in range(stop):
            last = next(chunks)
        chunks.close()
        t.record(f"stopped at {stop}", last)
        t.record(f"then {stop}", app.invoke(None, config))

    async def go(stop):
        config = t.thread()
        async with aclosing(app.astream({"x": 0}, config, stream_mode=["values", "updates"], subgraphs=True)) as chunks:
            for _ in range(stop):
                last = await anext(chunks)
        return [last, await app.ainvoke(None, config)]

    for stop in range(1, total + 1):
        t.record(f"async: stopped at {stop}", asyncio.run(go(stop)))
