"""runtime: Context

The context belongs to a run, not to the thread: it is not stored, a resumed run brings its own, and parallel runs do
not see each other's.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


async def asks(state, runtime):
    before = runtime.context["user"]
    answer = interrupt("?")
    return {"log": [f"{before} {runtime.context['user']} {answer}"]}


async def says(state, runtime):
    await asyncio.sleep(0)
    return {"log": [runtime.context["user"]]}


async def main(t):
    app = StateGraph(State).add_node("asks", asks).add_edge(START, "asks").compile(checkpointer=t.saver())
    thread = t.thread()
    await app.ainvoke({}, thread, context={"user": "ada"})
    t.record("resumed by another", await app.ainvoke(Command(resume="!"), thread, context={"user": "eve"}))
    t.record("metadata", (await app.aget_state(thread)).metadata)
    talk = (
        StateGraph(State)
        .add_node("says", says)
        .add_node("again", says)
        .add_edge(START, "says")
        .add_edge("says", "again")
    )
    compiled = talk.compile()
    results = await asyncio.gather(*(compiled.ainvoke({}, context={"user": str(number)}) for number in range(8)))
    t.record("at once", [result["log"] for result in results])
