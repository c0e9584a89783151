"""exec: Config keys; functional: task

A limit of one task at a time and a function that waits for its tasks: there the function holds the only place and
nothing ever ends; here a caller that waits lends its place. Deliberate: docs/decisions/0012.
"""

from __future__ import annotations

import asyncio

from actograph.func import entrypoint, task


@task
async def double(number):
    return number * 2


@entrypoint()
async def flow(number):
    return await double(number) + await double(number + 1)


def main(t):
    async def limited():
        try:
            return await asyncio.wait_for(flow.ainvoke(1, {"max_concurrency": 1}), timeout=5)
        except TimeoutError:
            return "never"

    t.record("free", asyncio.run(flow.ainvoke(1)))
    t.record("one at a time", asyncio.run(limited()))
