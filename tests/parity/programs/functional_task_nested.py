"""functional: task; functional: Stream

Tasks that call tasks, several levels deep, sync and async mixed; each shows its update when it ends, the inner ones first.
"""

from __future__ import annotations

import asyncio

from actograph.func import entrypoint, task


@task
def leaf(number):
    return number + 1


@task
def branch(number):
    return leaf(number).result() + leaf(number + 10).result()


@task
async def atrunk(number):
    one = await branch(number)
    return one + await leaf(100)


@task
def factorial(number):
    return 1 if number < 2 else number * factorial(number - 1).result()


def main(t):
    saver = t.saver()

    @entrypoint(checkpointer=saver)
    def tree(number):
        return branch(number).result()

    @entrypoint(checkpointer=saver)
    async def atree(number):
        return await atrunk(number)

    @entrypoint(checkpointer=saver)
    def deep(number):
        return factorial(number).result()

    t.record("sync", list(tree.stream(1, t.thread(), stream_mode=["updates", "values"])))
    config = t.thread()
    t.record("async", asyncio.run(collect(atree.astream(1, config))))
    t.record("recursion", list(deep.stream(3, t.thread())))
    t.history("history", tree.get_state_history(config))


async def collect(stream):
    return [chunk async for chunk in stream]
