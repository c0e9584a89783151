"""errors: Classes

A node that raises `asyncio.CancelledError` by itself fails with `NodeCancelledError`, which names it.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def graph(saver, node):
    builder = StateGraph(State)
    builder.add_node("quitter", node)
    builder.add_edge(START, "quitter")
    return builder.compile(checkpointer=saver)


def quits(state):
    raise asyncio.CancelledError


async def aquits(state):
    await asyncio.sleep(0)
    raise asyncio.CancelledError


def main(t):
    app = graph(t.saver(), quits)
    config = t.thread()
    with t.raises("sync", culprit=["quitter"]):
        app.invoke({"log": []}, config)
    t.record("next", app.get_state(config).next)
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    app = graph(t.saver(), aquits)
    config = t.thread()
    with t.raises("async", culprit=["quitter"]):
        await app.ainvoke({"log": []}, config)
    t.record("async next", (await app.aget_state(config)).next)
