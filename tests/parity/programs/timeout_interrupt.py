"""timeout: Node timeout
hitl: interrupt

Time limits and questions: a limited node may be paused and answered, with its whole time for the attempt after the answer.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, TimeoutPolicy, interrupt


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    calls = []

    async def asks(state):
        calls.append("asks")
        answer = interrupt("?")
        await asyncio.sleep(30 if answer == "slow" else 0)
        return {"log": [answer]}

    def graph(timeout):
        return StateGraph(State).add_node("n", asks, timeout=timeout).add_edge(START, "n").compile(t.saver())

    async def go():
        app, thread = graph(TimeoutPolicy(run_timeout=30, idle_timeout=30)), t.thread()
        t.record("paused", await app.ainvoke({"log": ["in"]}, thread))
        t.record("answered", await app.ainvoke(Command(resume="quick"), thread))
        app, thread = graph(0.3), t.thread()
        await app.ainvoke({"log": ["in"]}, thread)
        with t.raises("answered, then too slow", culprit=["'n'"]):
            await app.ainvoke(Command(resume="slow"), thread)
        snapshot = await app.aget_state(thread)
        t.record("after it", [snapshot.next, snapshot.values])
        with t.raises("again: the answer is remembered"):
            await app.ainvoke(None, thread)
        t.record("calls", list(calls))

    asyncio.run(go())
