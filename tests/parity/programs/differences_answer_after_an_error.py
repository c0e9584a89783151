"""functional: Replay; hitl: Several in one node

A function that caught the error of one task, and calls two that ask, one after the other: there one answer without an id is given to
both; here the second is asked. Deliberate: docs/decisions/0005.
"""

from __future__ import annotations

import asyncio

from actograph.func import entrypoint, task
from actograph.types import Command, interrupt


@task
async def fails():
    raise ValueError("no")


@task
async def ask(text):
    return interrupt(text)


async def drive(t):
    @entrypoint(checkpointer=t.saver())
    async def flow(_):
        try:
            await fails()
        except ValueError:
            pass
        return [await ask("delete?"), await ask("send?")]

    thread = t.thread()
    result = await flow.ainvoke(0, thread)
    t.record("first", [question.value for question in result["__interrupt__"]])
    result = await flow.ainvoke(Command(resume="yes, delete"), thread)
    t.record("second", result if isinstance(result, list) else [question.value for question in result["__interrupt__"]])


def main(t):
    asyncio.run(drive(t))
