"""stream: updates, cached

After a resume, siblings that had finished before the pause are emitted again, marked as cached.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def graph(saver, calls):
    def quick(state):
        calls.append("quick")
        return {"log": ["quick"]}

    builder = StateGraph(State).add_node("asks", lambda state: {"log": [interrupt("?")]}).add_node("quick", quick)
    builder.add_node("after", lambda state: {"log": ["after"]})
    return (
        builder.add_edge(START, "asks")
        .add_edge(START, "quick")
        .add_edge(["asks", "quick"], "after")
        .compile(checkpointer=saver)
    )


def is_cached(chunk):
    return isinstance(chunk, dict) and "__metadata__" in chunk


def main(t):
    calls = []
    app, thread = graph(t.saver(), calls), t.thread()
    app.invoke({"log": ["in"]}, thread)
    t.chunks("resumed", app.stream(Command(resume="!"), thread, stream_mode="updates"), parallel=[{"asks", "quick"}])

    async def go():
        app, thread = graph(t.saver(), calls), t.thread()
        await app.ainvoke({"log": ["in"]}, thread)
        return [chunk async for chunk in app.astream(Command(resume="!"), thread, stream_mode=["updates", "values"])]

    t.chunks("resumed, async", asyncio.run(go()), parallel=[{"asks", "quick"}])
    t.record("calls", calls)
