"""persist: Savers

`MemorySaver` is `InMemorySaver`; it works as a context manager in both forms; graphs share it.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.checkpoint.memory import InMemorySaver, MemorySaver
from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def graph(saver):
    builder = StateGraph(State)
    for name in ("a", "b", "c"):
        builder.add_node(name, lambda state, name=name: {"log": [name]})
    builder.add_edge(START, "a")
    builder.add_edge("a", "b")
    builder.add_edge("b", "c")
    return builder.compile(checkpointer=saver)


def main(t):
    t.record("same", MemorySaver is InMemorySaver)
    config = t.thread()
    with InMemorySaver() as saver:
        t.record("with", graph(saver).invoke({"x": 1}, config))
    saver = InMemorySaver()
    t.record("one graph", graph(saver).invoke({"x": 1}, config))
    t.record("another graph", graph(saver).invoke({"x": 2}, config))
    t.snapshot("shared", graph(saver).get_state(config))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    config = t.thread()
    async with InMemorySaver() as saver:
        t.record("async with", await graph(saver).ainvoke({"x": 1}, config))
        t.record("from a thread", await asyncio.to_thread(graph(saver).invoke, {"x": 2}, config))
