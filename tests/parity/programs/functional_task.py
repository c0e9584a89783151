"""functional: task

Calls run beside their caller and give futures: `result()` in sync code, `await` in async code, gathered, in loops, of several tasks.
"""

from __future__ import annotations

import asyncio
import concurrent.futures

from actograph.func import entrypoint, task


@task
def add(one: int, other: int = 1) -> int:
    """Adds."""
    return one + other


@task(name="times two")
async def double(number: int) -> int:
    await asyncio.sleep(0)
    return number * 2


@entrypoint()
def in_threads(number: int):
    futures = [add(number), add(number, 10), add(one=number, other=20)]
    kinds = [isinstance(future, concurrent.futures.Future) for future in futures]
    return [future.result() for future in futures], kinds, add(1).result(timeout=30)


@entrypoint()
async def in_a_loop(number: int):
    first = double(number)
    kinds = [isinstance(first, asyncio.Future)]
    gathered = await asyncio.gather(double(1), add(2), double(3))
    return await first, gathered, await add(number), kinds


def main(t):
    t.record("sync", in_threads.invoke(1))
    t.record("sync, in a loop", asyncio.run(in_threads.ainvoke(1)))
    t.record("async", asyncio.run(in_a_loop.ainvoke(5)))
    t.record("looks", [add.__name__, add.__doc__.strip(), add.func(1, 2)])
    with t.raises("outside of a run", culprit=["add"]):
        add(1)
