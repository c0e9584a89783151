"""cache: Node/task cache

`key_func` gets the node's input and may return text or bytes; the default key tells inputs apart by value, of any data; a key function
that fails or returns something else fails the run; `ttl=0` never hits.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import Annotated, Any, TypedDict

from actograph.cache.memory import InMemoryCache
from actograph.graph import START, StateGraph
from actograph.types import CachePolicy


class State(TypedDict, total=False):
    x: Any
    log: Annotated[list[str], operator.add]


@dataclass
class Point:
    x: int
    y: int = 0


def main(t):
    calls = []

    def node(state):
        calls.append(1)
        return {"log": [f"run {len(calls)}"]}

    def graph(policy):
        calls.clear()
        return (
            StateGraph(State)
            .add_node("n", node, cache_policy=policy)
            .add_edge(START, "n")
            .compile(cache=InMemoryCache())
        )

    def logs(policy, *values):
        app = graph(policy)
        return [app.invoke({"x": value})["log"] for value in values]

    given = []

    def constant(*args, **kwargs):
        given.append([list(args), kwargs])
        return "the same"

    t.record("one key for all", logs(CachePolicy(key_func=constant), 1, 2, "three"))
    t.record("key_func was given", given)
    t.record(
        "by a part",
        logs(CachePolicy(key_func=lambda state: state["x"]["id"]), {"id": "a", "at": 1}, {"id": "a", "at": 2}),
    )
    t.record("bytes", logs(CachePolicy(key_func=lambda state: str(state["x"]).encode()), 1, 1, 2))
    t.record("default key", logs(CachePolicy(), 1, 1, "1", 1.5, None, None, True))
    t.record(
        "containers", logs(CachePolicy(), [1, (2, 3)], [1, (2, 3)], {"a": {1}}, {"a": {1}}, {"a": {2}}, b"x", b"x")
    )
    t.record("dataclasses", logs(CachePolicy(), Point(1), Point(1), Point(1, 2)))
    t.record("ttl 0", logs(CachePolicy(ttl=0), 1, 1))
    t.record("long ttl", logs(CachePolicy(ttl=600), 1, 1))

    def broken(state):
        raise KeyError("no key")

    with t.raises("broken key_func"):
        logs(CachePolicy(key_func=broken), 1)
    with t.raises("a number as key", culprit=["'n'"]):
        logs(CachePolicy(key_func=lambda state: 17), 1)
    t.record("policy", [CachePolicy().ttl, CachePolicy(ttl=3).ttl])
