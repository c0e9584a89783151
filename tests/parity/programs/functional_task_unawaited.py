"""functional: task; functional: Stream

Calls that nobody waits for still run to their end before the run does, and are shown; a failure of one is not the run's.
"""

from __future__ import annotations

import asyncio
import threading

from actograph.func import entrypoint, task


def main(t):
    done = []
    gate = threading.Event()

    @task
    def slow(number):
        gate.wait(30)
        done.append(number)
        return number

    @task
    async def aslow(number):
        await asyncio.sleep(0.05)
        done.append(number)
        return number

    @entrypoint(checkpointer=t.saver())
    def leaves(number):
        slow(number)
        threading.Timer(0.1, gate.set).start()
        return "left"

    @entrypoint(checkpointer=t.saver())
    async def aleaves(number):
        aslow(number)
        return "left"

    @entrypoint(checkpointer=t.saver())
    async def late(number):
        aslow(number)
        await asyncio.sleep(0)
        return "late"

    config = t.thread()
    t.record("sync", list(leaves.stream(1, config, stream_mode=["updates", "values"])))
    t.snapshot("state", leaves.get_state(config))
    t.record("async", asyncio.run(collect(aleaves.astream(2, t.thread(), stream_mode=["updates", "values"]))))
    t.record(
        "awaited something else", asyncio.run(collect(late.astream(3, t.thread(), stream_mode=["updates", "values"])))
    )
    t.record("done", done)

    @task
    def fail():
        raise ValueError("unheard")

    @entrypoint(checkpointer=t.saver())
    def ignores(number):
        fail()
        return number

    config = t.thread()
    t.record("a failure nobody waits for", list(ignores.stream(1, config, stream_mode=["updates", "values"])))
    t.snapshot("its state", ignores.get_state(config))


async def collect(stream):
    return [chunk async for chunk in stream]
