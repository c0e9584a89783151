"""stream: tasks

A task is seen twice: as it is sent off, with its input and triggers, and as it ends, with its result. The entry and nodes
that return nothing included; several tasks of a superstep, and those of `Send`, each by its id.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, Send


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def by_task(chunks):
    """Chunks by id of their task, as a list: starts in order, each with its ends."""
    tasks = {}
    for chunk in chunks:
        tasks.setdefault(chunk["id"], []).append(chunk)
    return list(tasks.values())


def main(t):
    app = (
        StateGraph(State)
        .add_node("a", lambda state: {"log": ["a"], "x": 1})
        .add_node("b", lambda state: None)
        .add_node("c", lambda state: {"log": ["c"]})
        .add_node("d", lambda state: [Command(update={"log": ["d1"]}), {"log": ["d2"]}])
        .add_edge(START, "a")
        .add_edge("a", "b")
        .add_edge("a", "c")
        .add_edge(["b", "c"], "d")
        .compile()
    )
    t.chunks("chain and fork", app.stream({"x": 0}, stream_mode="tasks"), parallel=[{"b", "c"}])
    t.chunks("as a list", app.stream({"x": 0}, stream_mode=["tasks"]), parallel=[{"b", "c"}])
    t.record("invoke", [chunk["name"] for chunk in app.invoke({"x": 0}, stream_mode="tasks") if "input" in chunk])

    async def go():
        return [chunk async for chunk in app.astream({"x": 0}, stream_mode="tasks")]

    t.chunks("async", asyncio.run(go()), parallel=[{"b", "c"}])
    fan = (
        StateGraph(State)
        .add_node("fan", lambda state: Command(goto=[Send("w", {"log": ["0"]}), Send("w", 5), "last"]))
        .add_node("w", lambda item: {"log": [str(item)]})
        .add_node("last", lambda state: {"x": 9})
        .add_edge(START, "fan")
        .compile()
    )
    t.record("sends", by_task(fan.stream({"x": 0}, stream_mode="tasks")))
    root = StateGraph(Annotated[list, operator.add]).add_node("a", lambda state: ["r"]).add_edge(START, "a").compile()
    t.chunks("root state", root.stream(["q"], stream_mode="tasks"))
