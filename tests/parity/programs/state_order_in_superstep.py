"""state: Order in a super-step [obs]

Writes are folded in task order, by node name for edges and then Sends in their order, whatever finishes first.
"""

from __future__ import annotations

import asyncio
import operator
import time
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Send


class State(TypedDict):
    log: Annotated[list[str], operator.add]


DELAY = {"a": 0.012, "b": 0.004, "z": 0.0}


def slow(name):
    def node(state):
        time.sleep(DELAY[name])
        return {"log": [name]}

    return node


def slow_async(name):
    async def node(state):
        await asyncio.sleep(DELAY[name])
        return {"log": [name]}

    return node


async def sent(state):
    await asyncio.sleep(0.008 - 0.004 * state["index"])
    return {"log": [f"sent{state['index']}"]}


def graph(make):
    builder = StateGraph(State)
    for name in ("z", "b", "a"):
        builder.add_node(name, make(name)).add_edge(START, name)
    return builder


def main(t):
    app = graph(slow).compile()
    t.record("sync", app.invoke({"log": []}))
    chunks = list(app.stream({"log": []}, stream_mode=["updates", "values"]))
    t.chunks("values", [chunk for chunk in chunks if chunk[0] == "values"])
    t.record("updates", sorted(next(iter(chunk[1])) for chunk in chunks if chunk[0] == "updates"))
    t.record("async", asyncio.run(graph(slow_async).compile().ainvoke({"log": []})))

    builder = graph(slow_async).add_node("sent", sent)
    builder.add_conditional_edges(START, lambda state: [Send("sent", {"index": index}) for index in range(3)])
    t.record("edges, then sends", asyncio.run(builder.compile().ainvoke({"log": []})))
