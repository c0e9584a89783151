"""stream: stream_events
functional: Stream

The event stream of an entrypoint, sync and async, with tasks and a pause.
"""

from __future__ import annotations

import asyncio

from actograph.checkpoint.memory import InMemorySaver
from actograph.func import entrypoint, task
from actograph.stream import TasksTransformer, UpdatesTransformer
from actograph.types import Command, interrupt


@task
def double(number):
    return number * 2


@task
async def triple(number):
    return number * 3


@entrypoint()
def doubled(number):
    return double(double(number).result()).result()


@entrypoint(checkpointer=InMemorySaver())
async def asked(number):
    return await triple(number) + interrupt("how much more?")


def main(t):
    run = doubled.stream_events(3, version="v3", transformers=[UpdatesTransformer, TasksTransformer])
    t.record("items", list(run.interleave("values", "updates", "tasks", "lifecycle")))
    t.record("told", [run.output, run.interrupted, run.interrupts])
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    config = t.thread()
    for label, given in (("paused", 3), ("resumed", Command(resume=4))):
        run = await asked.astream_events(given, config, version="v3", transformers=[UpdatesTransformer])
        t.record(label, [event["method"] async for event in run])
        t.record(f"{label}: told", [await run.output(), await run.interrupted(), await run.interrupts()])
