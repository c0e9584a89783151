"""functional: task; functional: entrypoint

Retry policies of tasks and entrypoints, and time limits of async ones: what is tried again, what a caller sees, what is shown.
"""

from __future__ import annotations

import asyncio

from actograph.errors import NodeTimeoutError
from actograph.func import entrypoint, task
from actograph.types import RetryPolicy

QUICK = RetryPolicy(initial_interval=0.001, jitter=False, max_attempts=3, retry_on=ValueError)


def main(t):
    tries = {"task": 0, "entry": 0, "inner": 0, "other": 0}

    @task(retry_policy=QUICK)
    def flaky(number):
        tries["task"] += 1
        if tries["task"] < 3:
            raise ValueError("not yet")
        return number

    @task
    def inner(number):
        tries["inner"] += 1
        return number

    @task(retry_policy=[RetryPolicy(retry_on=KeyError), QUICK])
    async def hopeless(number):
        tries["other"] += 1
        raise ValueError("never")

    @entrypoint(checkpointer=t.saver())
    def uses(number):
        return flaky(number).result()

    @entrypoint(checkpointer=t.saver(), retry_policy=QUICK)
    def again(number):
        tries["entry"] += 1
        result = inner(number).result()
        if tries["entry"] < 3:
            raise ValueError("again")
        return result

    @entrypoint()
    async def gives_up(number):
        return await hopeless(number)

    t.record("task", list(uses.stream(1, t.thread())))
    t.record("entrypoint", list(again.stream(2, t.thread())))
    with t.raises("out of attempts"):
        asyncio.run(gives_up.ainvoke(1))
    t.record("tries", tries)

    @task(timeout=0.05)
    async def slow():
        await asyncio.sleep(30)

    @entrypoint()
    async def waits(_):
        try:
            await slow()
        except NodeTimeoutError as error:
            return [error.node, error.kind]

    t.record("time limit of a task", asyncio.run(waits.ainvoke(1)))

    @entrypoint(timeout=0.05)
    async def dawdles(_):
        await asyncio.sleep(30)

    with t.raises("time limit of an entrypoint", culprit=["dawdles"]):
        asyncio.run(dawdles.ainvoke(1))
    with t.raises("time limit of a sync task", culprit=["sync_task"]):
        task(timeout=1)(sync_task)


def sync_task():
    return 1
