"""exec: Async; exec: Context accessors

Nodes see the caller's context variables, in threads as well; what one sets, neither its successor nor its caller sees.
"""

from __future__ import annotations

import asyncio
import contextvars
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph

user = contextvars.ContextVar("user", default="nobody")


class State(TypedDict):
    log: Annotated[list[str], operator.add]


def sync_node(state):
    seen = user.get()
    user.set("sync_node")
    return {"log": [f"sync saw {seen}"]}


async def async_node(state):
    seen = user.get()
    user.set("async_node")
    await asyncio.sleep(0)
    return {"log": [f"async saw {seen}"]}


def main(t):
    one = (
        StateGraph(State)
        .add_node("a", sync_node)
        .add_node("b", sync_node)
        .add_edge(START, "a")
        .add_edge("a", "b")
        .compile()
    )
    two = (
        StateGraph(State)
        .add_node("c", sync_node)
        .add_node("d", sync_node)
        .add_edge(START, "c")
        .add_edge(START, "d")
        .compile()
    )
    user.set("ada")
    t.record("sequence", [one.invoke({"log": []}), user.get()])
    t.record("parallel", [two.invoke({"log": []}), user.get()])
    t.record("stream", [list(one.stream({"log": []})), user.get()])

    async def go():
        user.set("eve")
        builder = StateGraph(State).add_node("a", async_node).add_node("b", sync_node).add_node("c", async_node)
        builder.add_edge(START, "a").add_edge("a", "b").add_edge("b", "c")
        result = await builder.compile().ainvoke({"log": []})
        return [result, user.get()]

    t.record("async", asyncio.run(go()))
    t.record("afterwards", user.get())
