"""cache: Node/task cache
stream: updates, cached

A hit shows in the "updates" stream with `__metadata__`; what the node writes itself is not repeated; "tasks" shows its start only.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.cache.memory import InMemoryCache
from actograph.graph import START, StateGraph
from actograph.types import CachePolicy


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def main(t):
    def node(state, writer):
        writer("custom of the node")
        return {"log": ["n"]}

    def graph():
        builder = StateGraph(State).add_node("n", node, cache_policy=CachePolicy())
        builder.add_node("after", lambda state: {"log": ["after"]})
        return builder.add_edge(START, "n").add_edge("n", "after").compile(cache=InMemoryCache())

    app = graph()
    modes = ["values", "updates", "custom"]
    t.chunks("first", app.stream({"x": 1}, stream_mode=modes))
    t.chunks("second", app.stream({"x": 1}, stream_mode=modes))
    t.chunks("updates alone", app.stream({"x": 1}))
    t.chunks("tasks", app.stream({"x": 1}, stream_mode="tasks"))

    async def go():
        return [chunk async for chunk in app.astream({"x": 1}, stream_mode=modes)]

    t.chunks("async", asyncio.run(go()))
