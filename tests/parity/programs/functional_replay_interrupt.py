"""functional: Replay; durability: Determinism

A workflow that is resumed starts again at its first line; finished tasks give their saved results, matched by the order of the calls.
"""

from __future__ import annotations

import asyncio

from actograph.func import entrypoint, task
from actograph.types import Command, interrupt

MODES = ["updates", "values"]


def main(t):
    log = []

    @task
    def step(number):
        log.append(f"step {number}")
        return number * 10

    def flow(number):
        log.append("flow")
        results = [step(number).result()]
        for index in range(2):
            results.append(interrupt(f"question {index}"))
            results.append(step(index).result())
        return results

    async def aflow(number):
        log.append("aflow")
        first = await step(number)
        answer = interrupt({"seen": first})
        return [first, answer, await step(answer)]

    app = entrypoint(checkpointer=t.saver())(flow)
    config = t.thread()
    t.record("to the first question", list(app.stream(7, config, stream_mode=MODES)))
    t.snapshot("paused", app.get_state(config))
    t.record("to the second", list(app.stream(Command(resume="a"), config, stream_mode=MODES)))
    t.record("to the end", list(app.stream(Command(resume="b"), config, stream_mode=MODES)))
    t.snapshot("ended", app.get_state(config))
    t.history("history", app.get_state_history(config))
    t.record("log", log[:])
    log.clear()
    asyncio.run(in_a_loop(t, entrypoint(checkpointer=t.saver())(aflow)))
    t.record("async log", log)


async def in_a_loop(t, app):
    config = t.thread()
    t.record("async, paused", [chunk async for chunk in app.astream(3, config, stream_mode=MODES)])
    t.record("async, resumed", [chunk async for chunk in app.astream(Command(resume=4), config, stream_mode=MODES)])
    t.history("async history", [item async for item in app.aget_state_history(config)])
