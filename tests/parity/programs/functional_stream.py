"""functional: Stream

An update for each task and then the entrypoint's; values shows the final value; custom chunks of both come as they are written.
"""

from __future__ import annotations

import asyncio

from actograph.config import get_stream_writer
from actograph.func import entrypoint, task


@task
def fetch(number):
    get_stream_writer()(f"fetch: {number}")
    return [number] * number


@task
async def afetch(number):
    get_stream_writer()(f"afetch: {number}")
    return number


@task
def nothing():
    return None


@entrypoint()
def flow(number):
    get_stream_writer()("flow: begins")
    result = [fetch(1).result(), fetch(number).result(), nothing().result()]
    get_stream_writer()("flow: ends")
    return result


@entrypoint()
async def aflow(number):
    get_stream_writer()("aflow: begins")
    return await asyncio.gather(*[afetch(index) for index in range(number)])


def main(t):
    for mode in ("updates", "values", "custom", ["updates", "values", "custom"]):
        t.record(f"sync {mode}", list(flow.stream(2, stream_mode=mode)))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    for mode in ("updates", "values"):
        t.chunks(f"async {mode}", [chunk async for chunk in aflow.astream(3, stream_mode=mode)], parallel=[["afetch"]])
    t.record("sync function in a loop", [chunk async for chunk in flow.astream(1, stream_mode=["updates", "custom"])])
