"""functional: task

Errors of tasks come out where the call is awaited: caught there, or the run fails with them; the other calls are cancelled or heard.
"""

from __future__ import annotations

import asyncio

from actograph.func import entrypoint, task


@task
def fail(text):
    raise ValueError(text)


@task
async def afail(text):
    raise KeyError(text)


@task
async def forever(log):
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        log.append("cancelled")
        raise


@entrypoint()
def catches(text):
    try:
        fail(text).result()
    except ValueError as error:
        return f"caught {error}"


@entrypoint()
async def gathers(text):
    return [type(error).__name__ for error in await asyncio.gather(fail(text), afail(text), return_exceptions=True)]


@entrypoint()
def looks(text):
    return type(fail(text).exception()).__name__


def main(t):
    t.record("caught", catches.invoke("a"))
    t.record("gathered", asyncio.run(gathers.ainvoke("b")))
    t.record("looked at", looks.invoke("c"))
    with t.raises("sync", culprit=["wrong"]):
        entrypoint()(lambda text: fail(text).result()).invoke("wrong")
    log = []

    @entrypoint(checkpointer=t.saver())
    async def others_run(text):
        waiting = forever(log)
        await asyncio.sleep(0.01)
        await afail(text)
        return await waiting

    with t.raises("async, others run"):
        asyncio.run(others_run.ainvoke("d", t.thread()))
    t.record("the other", log)

    @entrypoint()
    async def cancels(_):
        future = forever(log)
        await asyncio.sleep(0.01)
        future.cancel()
        try:
            await future
        except asyncio.CancelledError:
            return "cancelled by hand"

    t.record("cancelled", asyncio.run(cancels.ainvoke(1)))
    t.record("both", log)

    @entrypoint()
    async def gives_up(_):
        try:
            await asyncio.wait_for(forever(log), 0.05)
        except asyncio.TimeoutError:
            return "too long"

    t.record("given up", asyncio.run(gives_up.ainvoke(1)))
    t.record("all", log)
