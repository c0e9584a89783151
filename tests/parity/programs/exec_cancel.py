"""exec: Async

Cancelling the caller cancels the nodes; a timeout around `ainvoke` leaves the thread resumable, with what was finished.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


async def main(t):
    cancelled, waiting, hold = [], asyncio.Event(), [True]

    async def slow(state):
        try:
            waiting.set()
            if hold[0]:
                await asyncio.sleep(10)
        except asyncio.CancelledError:
            cancelled.append("slow")
            raise
        return {"log": ["slow"]}

    builder = StateGraph(State).add_node("first", lambda state: {"log": ["first"]}).add_node("slow", slow)
    builder.add_edge(START, "first").add_edge("first", "slow")
    app, thread = builder.compile(checkpointer=t.saver()), t.thread()

    async def expire(limit):
        await waiting.wait()
        limit.reschedule(asyncio.get_running_loop().time())

    with t.raises("timeout"):
        async with asyncio.timeout(None) as limit:
            timer = asyncio.create_task(expire(limit))
            await app.ainvoke({"log": ["in"]}, thread)
    await timer
    t.record("node was cancelled", list(cancelled))
    state = await app.aget_state(thread)
    t.record("state", [state.values, state.next])
    waiting.clear()
    task = asyncio.create_task(app.ainvoke(None, thread))
    await waiting.wait()
    task.cancel()
    with t.raises("cancel"):
        await task
    t.record("cancelled again", list(cancelled))
    hold[0] = False
    t.record("resumed", await app.ainvoke(None, thread))
