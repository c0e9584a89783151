"""functional: task; exec: Context accessors

A call sees a copy of its caller's context variables, sync and async; what it sets stays with it.
"""

from __future__ import annotations

import asyncio
import contextvars

from actograph.func import entrypoint, task

LEVEL = contextvars.ContextVar("LEVEL", default=0)


@task
def look():
    seen = LEVEL.get()
    LEVEL.set(seen + 100)
    return seen


@task
async def alook():
    seen = LEVEL.get()
    LEVEL.set(seen + 100)
    return seen


@task
def deeper():
    LEVEL.set(LEVEL.get() + 1)
    return look().result()


@entrypoint()
def flow(level):
    LEVEL.set(level)
    return [look().result(), LEVEL.get(), look().result(), deeper().result()]


@entrypoint()
async def aflow(level):
    LEVEL.set(level)
    return [await alook(), await look(), LEVEL.get(), await deeper()]


def main(t):
    t.record("sync", flow.invoke(5))
    t.record("async", asyncio.run(aflow.ainvoke(5)))
    t.record("outside", LEVEL.get())
