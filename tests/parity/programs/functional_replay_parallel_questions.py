"""functional: Replay

Tasks that ask at once: each is answered by its id, finished ones are not run again.
"""

from __future__ import annotations

import asyncio

from actograph.func import entrypoint, task
from actograph.types import Command, interrupt


def main(t):
    log = []

    @task
    async def ask(text):
        log.append(f"ask {text}")
        return interrupt(text)

    @task
    async def work(number):
        log.append(f"work {number}")
        return number

    @entrypoint(checkpointer=t.saver())
    async def flow(_):
        done = work(1)
        first, second = ask("first"), ask("second")
        return [await done, await first, await second]

    asyncio.run(drive(t, flow))
    t.record("log", sorted(log))


async def drive(t, flow):
    config = t.thread()
    await flow.ainvoke(0, config)
    state = await flow.aget_state(config)
    t.record("next", list(state.next))
    t.record("asked first", state.interrupts[0].value)
    result = await flow.ainvoke(Command(resume={state.interrupts[0].id: "one"}), config)
    t.record("asked second", [question.value for question in result["__interrupt__"]])
    t.record("result", await flow.ainvoke(Command(resume={result["__interrupt__"][0].id: "two"}), config))
