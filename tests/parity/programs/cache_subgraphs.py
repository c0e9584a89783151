"""cache: Node/task cache

A sub-graph as a node is cached as a whole; policies of nodes inside a sub-graph need a cache of its own.
"""

from __future__ import annotations

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

    def inner(state):
        calls.append("inner")
        return {"log": ["inner"]}

    def sub(policy, cache=None):
        return (
            StateGraph(State)
            .add_node("inner", inner, cache_policy=policy)
            .add_edge(START, "inner")
            .compile(cache=cache)
        )

    def runs(node, policy, cache):
        calls.clear()
        app = StateGraph(State).add_node("sub", node, cache_policy=policy).add_edge(START, "sub").compile(cache=cache)
        return [app.invoke({"x": 1}), list(app.stream({"x": 1})), list(calls)]

    t.record("policy on the sub-graph's node", runs(sub(None), CachePolicy(), InMemoryCache()))
    t.record("policy inside, cache outside", runs(sub(CachePolicy()), None, InMemoryCache()))
    t.record("policy and cache inside", runs(sub(CachePolicy(), InMemoryCache()), None, None))
