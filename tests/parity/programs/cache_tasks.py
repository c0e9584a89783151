"""cache: Node/task cache
functional: task

`@task(cache_policy=)` in an entrypoint with `cache=`, and in a node of a graph with one: a call with known arguments is not run; the key is
made of all arguments; `clear_cache` of the task; `@entrypoint(cache_policy=)`.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.cache.memory import InMemoryCache
from actograph.func import entrypoint, task
from actograph.graph import START, StateGraph
from actograph.types import CachePolicy


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    calls = []

    @task(cache_policy=CachePolicy())
    def double(x, *, times=2):
        calls.append([x, times])
        return x * times

    @task(cache_policy=CachePolicy(key_func=lambda x: str(x % 10)))
    async def digit(x):
        calls.append(x)
        return x

    cache = InMemoryCache()

    @entrypoint(cache=cache)
    def workflow(numbers):
        return [double(number).result() for number in numbers]

    @entrypoint(cache=cache)
    async def keyed(numbers):
        return [await digit(number) for number in numbers]

    @entrypoint()
    def without(numbers):
        return [double(number).result() for number in numbers]

    def runs(label, run):
        calls.clear()
        t.record(label, [run(), list(calls)])

    runs("first", lambda: workflow.invoke([1, 2, 1]))
    runs("again, and a new one", lambda: workflow.invoke([2, 3]))
    runs("no cache", lambda: without.invoke([1, 1]))
    runs("async, by a key of its own", lambda: asyncio.run(keyed.ainvoke([1, 12, 21, 32])))
    t.chunks("stream of hits", workflow.stream([1, 2], stream_mode=["updates", "values"]))
    t.chunks("stream of both", workflow.stream([7], stream_mode="updates"))
    double.clear_cache(cache)
    runs("cleared", lambda: workflow.invoke([1]))
    asyncio.run(digit.aclear_cache(cache))
    runs("cleared, async", lambda: asyncio.run(keyed.ainvoke([1])))

    @entrypoint(cache=cache)
    def more(number):
        return [double(number).result(), double(number, times=3).result(), double(number, times=2).result()]

    runs("all arguments count", lambda: more.invoke(50))

    @entrypoint(cache=cache, cache_policy=CachePolicy())
    def whole(number):
        calls.append("whole")
        return number + 1

    runs("entrypoint", lambda: whole.invoke(1))
    runs("entrypoint again", lambda: whole.invoke(1))
    t.chunks("entrypoint, stream", whole.stream(1, stream_mode=["updates", "values"]))

    def node(state):
        return {"log": [str(double(100).result())]}

    app = StateGraph(State).add_node("n", node).add_edge(START, "n").compile(cache=cache)
    runs("in a node", lambda: app.invoke({"log": []}))
    runs("in a node again", lambda: app.invoke({"log": []}))

    @task(cache_policy=CachePolicy())
    def fails(x):
        calls.append("fails")
        raise ValueError("failed")

    @entrypoint(cache=cache)
    def failing(x):
        return fails(x).result()

    for attempt in (1, 2):
        with t.raises(f"failure {attempt}"):
            failing.invoke(1)
    t.record("not cached", calls.count("fails"))
