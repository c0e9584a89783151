"""functional: task; cache: Node/task cache

Results of tasks and of entrypoints from a cache: by their arguments, across threads, until the cache is cleared.
LangGraph stores a result some time after it has returned it, so each is asked for again in another run only.
"""

from __future__ import annotations

import asyncio

from actograph.cache.memory import InMemoryCache
from actograph.func import entrypoint, task
from actograph.types import CachePolicy

MODES = ["updates", "values"]


def main(t):
    log = []

    @task(cache_policy=CachePolicy())
    def triple(number, *, extra=0):
        log.append(number)
        return number * 3 + extra

    @task(cache_policy=CachePolicy(key_func=lambda number: str(number % 2)))
    async def parity(number):
        log.append(f"parity {number}")
        return "odd" if number % 2 else "even"

    @entrypoint(checkpointer=t.saver(), cache=InMemoryCache())
    def flow(number):
        return [triple(number).result(), triple(number, extra=1).result()]

    @entrypoint(cache=InMemoryCache())
    async def aflow(number):
        return [await parity(number), await parity(number + 1)]

    t.record("first", list(flow.stream(1, t.thread(), stream_mode=MODES)))
    t.record("second", list(flow.stream(1, t.thread(), stream_mode=MODES)))
    triple.clear_cache(flow.cache)
    t.record("cleared", list(flow.stream(1, t.thread(), stream_mode=MODES)))
    for number in (1, 3):
        t.record(f"async {number}", asyncio.run(collect(aflow.astream(number, stream_mode=MODES))))
    t.record("log", log)

    @entrypoint(cache=InMemoryCache(), cache_policy=CachePolicy())
    def whole(number):
        log.append("whole")
        return number

    log.clear()
    t.record("entrypoint", [list(whole.stream(n, stream_mode=MODES)) for n in (1, 1, 2)])
    t.record("entered", log)

    @entrypoint()
    def without(number):
        return [triple(number).result(), triple(number).result()]

    log.clear()
    t.record("no cache", [without.invoke(5), log])


async def collect(stream):
    return [chunk async for chunk in stream]
