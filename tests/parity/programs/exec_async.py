"""exec: Async

Under `ainvoke` async nodes run on the loop, sync nodes in threads beside it; several at once overlap; `stream` from a
running loop works too.
"""

from __future__ import annotations

import asyncio
import operator
import threading
from typing import Annotated, Any, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict):
    log: Annotated[list[Any], operator.add]


def sync_node(state):
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        running = False
    else:
        running = True
    return {"log": [["sync", threading.current_thread() is threading.main_thread(), running]]}


async def async_node(state):
    await asyncio.sleep(0)
    return {"log": [["async", threading.current_thread() is threading.main_thread(), True]]}


class Meeting:
    """Two nodes that each wait for the other: only overlapping tasks get through."""

    def __init__(self):
        self.left, self.right = asyncio.Event(), asyncio.Event()

    async def one(self, state):
        self.left.set()
        await asyncio.wait_for(self.right.wait(), 5)
        return {"log": ["one met two"]}

    async def two(self, state):
        self.right.set()
        await asyncio.wait_for(self.left.wait(), 5)
        return {"log": ["two met one"]}


async def main(t):
    mixed = StateGraph(State).add_sequence([sync_node, async_node]).add_edge(START, "sync_node").compile()
    t.record("mixed", await mixed.ainvoke({"log": []}))
    t.chunks("mixed, chunks", [chunk async for chunk in mixed.astream({"log": []}, stream_mode=["values", "updates"])])

    meeting = Meeting()
    overlapping = StateGraph(State).add_node("one", meeting.one).add_node("two", meeting.two)
    overlapping.add_edge(START, "one").add_edge(START, "two")
    t.record("overlap", await overlapping.compile().ainvoke({"log": []}))

    barrier = threading.Barrier(2, timeout=5)

    def meet(state):
        barrier.wait()
        return {"log": ["met"]}

    threads = (
        StateGraph(State).add_node("one", meet).add_node("two", meet).add_edge(START, "one").add_edge(START, "two")
    )
    t.record("sync nodes overlap", await threads.compile().ainvoke({"log": []}))

    only_sync = StateGraph(State).add_node("n", lambda state: {"log": ["n"]}).add_edge(START, "n").compile()
    t.record("invoke inside a running loop", only_sync.invoke({"log": []}))
    t.chunks("stream inside a running loop", only_sync.stream({"log": []}))
