"""hitl: Several in one node

A node that asks two questions at once, and in another order when it runs again: there an answer goes by the order of
calls, and reaches the wrong question; here it belongs to its question, and an order that changed is an error.
"""

from __future__ import annotations

import asyncio
from typing import TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    answers: dict[str, str]


def main(t):
    runs = 0

    async def node(state: State):
        nonlocal runs
        runs += 1

        async def ask(name):
            return name, interrupt(name)

        names = ["left", "right"] if runs == 1 else ["right", "left"]
        found = await asyncio.gather(*map(ask, names), return_exceptions=True)
        for one in found:
            if isinstance(one, BaseException):
                raise one
        return {"answers": dict(found)}

    async def go():
        app = StateGraph(State).add_node("node", node).add_edge(START, "node").compile(checkpointer=t.saver())
        thread = t.thread()
        paused = await app.ainvoke({}, thread)
        asked = paused["__interrupt__"]
        t.record("asked", [question.value for question in asked])
        try:
            while "__interrupt__" in paused:
                given = {question.id: f"to {question.value}" for question in paused["__interrupt__"]}
                paused = await app.ainvoke(Command(resume=given), thread)
            outcome = paused["answers"]
        except RuntimeError as error:
            outcome = type(error).__name__
        t.record("outcome", outcome)

    asyncio.run(go())
