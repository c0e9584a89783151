"""functional: Replay

Tasks that ask at once: LangGraph shows the question that the caller met first, though the others are open too and a
bare answer is refused for their sake; here all that is open is shown.
"""

from __future__ import annotations

import asyncio

from actograph.func import entrypoint, task
from actograph.types import Command, interrupt


@task
async def ask(text):
    return interrupt(text)


@task
async def unheard():
    return interrupt("anybody?")


def main(t):
    asyncio.run(drive(t))


async def drive(t):
    @entrypoint(checkpointer=t.saver())
    async def flow(_):
        first, second = ask("first"), ask("second")
        return [await first, await second]

    @entrypoint(checkpointer=t.saver())
    async def ignores(_):
        unheard()
        await asyncio.sleep(0.05)
        return "done"

    config = t.thread()
    result = await flow.ainvoke(0, config)
    t.record("asked", [question.value for question in result["__interrupt__"]])
    with t.raises("bare answer"):
        await flow.ainvoke(Command(resume="x"), config)
    try:
        t.record("nobody waits", await ignores.ainvoke(0, t.thread()))
    except RuntimeError as error:
        t.record("nobody waits", type(error).__name__)
