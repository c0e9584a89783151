"""cache: Node/task cache

`InMemoryCache` and `SqliteCache` alone: get, set, clear by namespace, time to live, their async forms; a file serves another object; any
`BaseCache` serves a graph, async runs by its async methods.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.cache.base import BaseCache
from actograph.cache.memory import InMemoryCache
from actograph.cache.sqlite import SqliteCache
from actograph.graph import START, StateGraph
from actograph.types import CachePolicy

AB, A, ABC = ("a", "b"), ("a",), ("a", "bc")


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def found(cache, *keys):
    return sorted([list(space), key, value] for (space, key), value in cache.get(list(keys)).items())


class Logged(BaseCache):
    def __init__(self):
        super().__init__()
        self.kept, self.calls = {}, []

    def get(self, keys):
        self.calls.append("get")
        return {key: self.kept[key] for key in keys if key in self.kept}

    async def aget(self, keys):
        self.calls.append("aget")
        return {key: self.kept[key] for key in keys if key in self.kept}

    def set(self, pairs):
        self.calls.append("set")
        self.kept.update({key: value for key, (value, ttl) in pairs.items()})

    async def aset(self, pairs):
        self.calls.append("aset")
        self.kept.update({key: value for key, (value, ttl) in pairs.items()})

    def clear(self, namespaces=None):
        self.kept.clear()

    async def aclear(self, namespaces=None):
        self.kept.clear()


def main(t):
    path = t.sqlite_path()
    for name, cache in (("memory", InMemoryCache()), ("sqlite", SqliteCache(path=path))):
        cache.set(
            {(AB, "k"): (1, None), (A, "k"): ({"two": [2]}, 600), (ABC, "k"): ("three", 0), (A, "z"): (None, None)}
        )
        t.record(f"{name}: found", found(cache, (AB, "k"), (A, "k"), (ABC, "k"), (A, "z"), (A, "none")))
        t.record(f"{name}: no keys", cache.get([]))
        cache.clear([A])
        t.record(f"{name}: a namespace cleared", found(cache, (AB, "k"), (A, "k"), (A, "z")))
        cache.set({(AB, "k"): ("new", None)})
        t.record(f"{name}: replaced", found(cache, (AB, "k")))

        async def go(cache=cache):
            await cache.aset({(A, "k"): (b"x", None)})
            before = await cache.aget([(A, "k"), (AB, "k")])
            await cache.aclear()
            return [sorted(map(repr, before.values())), await cache.aget([(A, "k"), (AB, "k")])]

        t.record(f"{name}: async", asyncio.run(go()))
    SqliteCache(path=path).set({(A, "kept"): ([1, "x"], None)})
    t.record("another object on the file", found(SqliteCache(path=path), (A, "kept")))

    calls = []

    def node(state):
        calls.append(1)
        return {"log": ["n"]}

    for cache in (SqliteCache(path=t.sqlite_path()), Logged()):
        name = type(cache).__name__
        app = (
            StateGraph(State).add_node("n", node, cache_policy=CachePolicy()).add_edge(START, "n").compile(cache=cache)
        )
        calls.clear()
        t.record(f"{name}: runs", [app.invoke({"log": []}), app.invoke({"log": []}), len(calls)])
        t.record(
            f"{name}: async runs",
            [asyncio.run(app.ainvoke({"log": []})), asyncio.run(app.ainvoke({"log": ["x"]})), len(calls)],
        )
    t.record("methods called", cache.calls)
