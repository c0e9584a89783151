"""control: Super-step is a transaction; persist: get_state while paused or failed

When one node fails, no update of that superstep is committed; a sibling that had finished is kept as a pending write,
shown in the tasks, and not run again when the thread goes on.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


class Flaky:
    """`good` counts its calls, `bad` fails until it is told to stop, and waits for `good` to be over first."""

    def __init__(self):
        self.calls = []
        self.failing = True

    async def good(self, state):
        self.calls.append("good")
        return {"log": ["good"]}

    async def bad(self, state):
        self.calls.append("bad")
        await asyncio.sleep(0.01)
        if self.failing:
            raise ValueError("bad is failing")
        return {"log": ["bad"]}


async def main(t):
    flaky = Flaky()
    builder = StateGraph(State).add_node("first", lambda state: {"log": ["first"]})
    builder.add_node("good", flaky.good).add_node("bad", flaky.bad).add_node("after", lambda state: {"log": ["after"]})
    builder.add_edge(START, "first").add_edge("first", "good").add_edge("first", "bad").add_edge(
        ["good", "bad"], "after"
    )
    app, thread = builder.compile(checkpointer=t.saver()), t.thread()
    seen = []
    with t.raises("fails"):
        async for chunk in app.astream({"log": ["in"]}, thread, stream_mode=["values", "updates"]):
            seen.append(chunk)
    t.chunks("chunks", seen)
    t.snapshot("state", await app.aget_state(thread))
    t.history("history", [snap async for snap in app.aget_state_history(thread)])
    with t.raises("fails again"):
        await app.ainvoke(None, thread)
    flaky.failing = False
    t.chunks("goes on", [chunk async for chunk in app.astream(None, thread, stream_mode=["values", "updates"])])
    t.record("calls", sorted(flaky.calls))
    t.snapshot("end", await app.aget_state(thread))
