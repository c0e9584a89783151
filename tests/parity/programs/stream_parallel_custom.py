"""stream: custom; stream: updates

Tasks of one superstep: each one's custom chunks in its own order and before its update, all before the next values.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Send


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def speak(name):
    def node(state, writer):
        for index in range(3):
            writer({"task": name, "index": index})
        return {"log": [name]}

    return node


def aspeak(name):
    async def node(state, writer):
        for index in range(3):
            writer({"task": name, "index": index})
            await asyncio.sleep(0)
        return {"log": [name]}

    return node


async def worker(state, writer):
    for index in range(2):
        writer({"task": f"worker {state['id']}", "index": index})
        await asyncio.sleep(0)
    return {"log": [f"worker {state['id']}"]}


def graph(make):
    builder = StateGraph(State)
    for name in ("a", "b", "c"):
        builder.add_node(name, make(name)).add_edge(START, name)
    builder.add_node("end", make("end")).add_edge(["a", "b", "c"], "end")
    return builder.compile()


def main(t):
    modes = ["custom", "updates", "values"]
    together = [{"a", "b", "c"}]
    t.chunks("sync", graph(speak).stream({"log": []}, stream_mode=modes), parallel=together)
    t.chunks("sync, custom", graph(speak).stream({}, stream_mode="custom"), parallel=together)

    async def go():
        return [chunk async for chunk in graph(aspeak).astream({"log": []}, stream_mode=modes)]

    t.chunks("async", asyncio.run(go()), parallel=together)

    async def fan():
        builder = StateGraph(State).add_node("worker", worker)
        builder.add_conditional_edges(START, lambda state: [Send("worker", {"id": number}) for number in range(3)])
        return [chunk async for chunk in builder.compile().astream({"log": []}, stream_mode=modes)]

    t.chunks("sends", asyncio.run(fan()), parallel=[{"worker", "worker 0", "worker 1", "worker 2"}])
