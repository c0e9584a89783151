"""persist: Saver interface
control: Super-step is a transaction

What a saver holds for an unfinished superstep: the writes of a finished node, the error of a failed one, the question
of a paused one.
"""

from __future__ import annotations

import asyncio
import operator
import time
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import interrupt


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def fail(state):
    time.sleep(0.01)
    raise ValueError("broken")


def ask(state):
    return {"log": [interrupt("?")]}


def graph(saver, other):
    builder = StateGraph(State)
    builder.add_node("fine", lambda state: {"log": ["fine"]})
    builder.add_node("other", other)
    builder.add_edge(START, "fine")
    builder.add_edge(START, "other")
    return builder.compile(checkpointer=saver)


def plain(channel, value):
    return repr(value) if channel == "__error__" else list(value) if channel == "__interrupt__" else value


def writes(found):
    return sorted((channel, plain(channel, value)) for _, channel, value in found.pending_writes)


def main(t):
    app = graph(t.saver(), fail)
    config = t.thread()
    with t.raises("failed"):
        app.invoke({"log": []}, config)
    t.record("fine and error", [channel for channel, _ in writes(app.checkpointer.get_tuple(config))])
    t.record("fine", dict(writes(app.checkpointer.get_tuple(config)))["log"])
    app = graph(t.saver(), ask)
    config = t.thread()
    app.invoke({"log": []}, config)
    t.record("fine and question", writes(app.checkpointer.get_tuple(config)))
    tasks = {task for task, _, _ in app.checkpointer.get_tuple(config).pending_writes}
    t.record("by task", tasks == {task.id for task in app.get_state(config).tasks})
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    app = graph(t.saver(), ask)
    config = t.thread()
    await app.ainvoke({"log": []}, config)
    t.record("async fine and question", writes(await app.checkpointer.aget_tuple(config)))
