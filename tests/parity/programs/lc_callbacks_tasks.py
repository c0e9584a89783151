"""exec: Config keys; functional: task

Callbacks hear of an entrypoint as of a graph with one node, and of task calls below their caller, with their arguments
by name; models in tasks are below the task.
"""

from __future__ import annotations

import asyncio

from actograph.func import entrypoint, task
from tests.parity.listener import Listener, model

chat = model()


@task
def add(x, y=1):
    return x + y


@task
def say(text):
    return chat.invoke(text).content


@task
async def asay(text):
    return (await chat.ainvoke(text)).content


@entrypoint()
def work(x):
    total = add(x, y=2).result()
    return f"{say('x').result()} {total}"


@entrypoint()
async def awork(x):
    return await asay("x")


@task
def fail():
    raise ValueError("no")


@entrypoint()
def failing(x):
    return fail().result()


def main(t):
    listener = Listener(metadata=True)
    t.record("result", work.invoke(1, {"callbacks": [listener], "tags": ["T"]}))
    t.record("heard", listener.heard)
    listener = Listener(metadata=True)
    t.record("async result", asyncio.run(awork.ainvoke(1, {"callbacks": [listener]})))
    t.record("async heard", listener.heard)
    listener = Listener()
    with t.raises("failed"):
        failing.invoke(1, {"callbacks": [listener]})
    t.record("failure heard", listener.heard)
