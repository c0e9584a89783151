"""cache: Node/task cache

`clear_cache()` drops all entries of the graph's nodes, `clear_cache(nodes)` those of some; names of no node change nothing; without a
cache it raises; `aclear_cache`.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.cache.memory import InMemoryCache
from actograph.graph import START, StateGraph
from actograph.types import CachePolicy


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    calls = []

    def one(state):
        calls.append("one")
        return {"log": ["one"]}

    def two(state):
        calls.append("two")
        return {"log": ["two"]}

    def builder():
        made = StateGraph(State).set_node_defaults(cache_policy=CachePolicy())
        return made.add_node(one).add_node(two).add_edge(START, "one").add_edge("one", "two")

    app = builder().compile(cache=InMemoryCache())

    def runs():
        calls.clear()
        app.invoke({"log": []})
        return list(calls)

    t.record("first", runs())
    t.record("cached", runs())
    app.clear_cache(["one"])
    t.record("one cleared", runs())
    app.clear_cache(["nobody"])
    t.record("nobody cleared", runs())
    app.clear_cache()
    t.record("all cleared", runs())
    asyncio.run(app.aclear_cache(["two"]))
    t.record("two cleared", runs())
    asyncio.run(app.aclear_cache())
    t.record("all cleared, async", runs())
    with t.raises("without a cache"):
        builder().compile().clear_cache()
    with t.raises("without a cache, async"):
        asyncio.run(builder().compile().aclear_cache())
