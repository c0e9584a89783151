"""durability: Modes

One thread run under one mode after another: each run goes on from the last, and histories join.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def graph(saver, **breakpoints):
    builder = StateGraph(State)
    for name in ("a", "b", "c"):
        builder.add_node(name, lambda state, name=name: {"log": [name]})
    builder.add_edge(START, "a")
    builder.add_edge("a", "b")
    builder.add_edge("b", "c")
    return builder.compile(checkpointer=saver, **breakpoints)


def steps(history):
    return [(item.metadata["source"], item.metadata["step"], item.next) for item in history]


def main(t):
    app = graph(t.saver(), interrupt_before=["b"])
    config = t.thread()
    for number, mode in enumerate(("sync", "exit", "async", "sync")):
        t.record(f"{number} {mode}", app.invoke({"x": number} if number % 2 == 0 else None, config, durability=mode))
        t.record(f"{number} steps", steps(app.get_state_history(config)))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    app = graph(t.saver(), interrupt_before=["b"])
    config = t.thread()
    for number, mode in enumerate(("exit", "async", "exit", "exit")):
        value = await app.ainvoke({"x": number} if number % 2 == 0 else None, config, durability=mode)
        t.record(f"async {number} {mode}", value)
    t.record("async steps", steps([item async for item in app.aget_state_history(config)]))
