"""cache: Node/task cache

`compile(cache=)` with `cache_policy=` on a node: a second run with the same input takes the writes from the cache and does not run the
node; without a cache the policy does nothing; a node of the same name with other code has entries of its own.
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
    calls = []

    def node(state):
        calls.append(state["x"])
        return {"log": [f"n{state['x']}"]}

    async def anode(state):
        calls.append(state["x"])
        return {"log": [f"a{state['x']}"]}

    def other(state):
        calls.append("other")
        return {"log": ["other"]}

    def graph(action, cache, policy=CachePolicy()):
        return StateGraph(State).add_node("n", action, cache_policy=policy).add_edge(START, "n").compile(cache=cache)

    cache = InMemoryCache()
    app = graph(node, cache)
    for x in (1, 1, 2, 1):
        t.record(f"call {len(calls)} with {x}, after {len(t.entries)}", app.invoke({"x": x}))
    t.record("runs", list(calls))
    t.record("another graph with the same node", [graph(node, cache).invoke({"x": 1}), list(calls)])
    t.record("the same name, other code", [graph(other, cache).invoke({"x": 1}), list(calls)])
    t.record("async run of it", [asyncio.run(app.ainvoke({"x": 2})), list(calls)])

    calls.clear()
    app = graph(anode, InMemoryCache())
    t.record("async node", [asyncio.run(app.ainvoke({"x": 1})), asyncio.run(app.ainvoke({"x": 1})), list(calls)])
    calls.clear()
    app = graph(node, None)
    t.record("no cache", [app.invoke({"x": 1}), app.invoke({"x": 1}), list(calls)])
    calls.clear()
    app = graph(node, InMemoryCache(), None)
    t.record("no policy", [app.invoke({"x": 1}), app.invoke({"x": 1}), list(calls)])
