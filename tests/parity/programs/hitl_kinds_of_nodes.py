"""hitl: interrupt
build: Add node

The question asked from an async node, a callable object, a method, a partial, and a function called by the node.
"""

from __future__ import annotations

import functools
import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


class Asker:
    def __call__(self, state):
        return {"log": [f"object {interrupt('object?')}"]}

    def method(self, state):
        return {"log": [f"method {deeper('method?')}"]}


class AsyncAsker:
    async def __call__(self, state):
        return {"log": [f"async object {interrupt('async object?')}"]}


def deeper(question):
    return interrupt(question)


def parameterised(question, state):
    return {"log": [f"partial {interrupt(question)}"]}


async def coroutine(state):
    await asyncio.sleep(0)
    return {"log": [f"async {interrupt('async?')}"]}


SYNC = {"object": Asker(), "method": Asker().method, "partial": functools.partial(parameterised, "partial?")}
ASYNC = {**SYNC, "coroutine": coroutine, "async_object": AsyncAsker()}


def graph(saver, nodes):
    builder = StateGraph(State)
    builder.add_sequence(list(nodes.items()))
    builder.add_edge(START, next(iter(nodes)))
    return builder.compile(checkpointer=saver)


def main(t):
    app = graph(t.saver(), SYNC)
    config = t.thread()
    t.record("start", app.invoke({"log": []}, config))
    for number in range(len(SYNC)):
        t.record(f"answer {number}", app.invoke(Command(resume=number), config))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    app = graph(t.saver(), ASYNC)
    config = t.thread()
    t.record("async start", await app.ainvoke({"log": []}, config))
    for number in range(len(ASYNC)):
        stream = app.astream(Command(resume=number), config, stream_mode=["values", "updates"])
        t.chunks(f"async answer {number}", [chunk async for chunk in stream])
