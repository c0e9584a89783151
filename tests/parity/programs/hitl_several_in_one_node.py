"""hitl: Several in one node

Questions are asked one at a time, each pause with an id of its own, on one and the same checkpoint; answers are kept
and given back in call order each time the node starts again.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.graph import END, START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    total: int
    log: Annotated[list[str], operator.add]


def ask(state):
    first = interrupt("first?")
    second = interrupt({"second?": first})
    third = interrupt(["third?", first, second])
    return {"total": first + second + third, "log": [f"{first} {second} {third}"]}


def graph(saver):
    builder = StateGraph(State)
    builder.add_node("ask", ask)
    builder.add_edge(START, "ask")
    builder.add_edge("ask", END)
    return builder.compile(checkpointer=saver)


def drive(t, label, app):
    config = t.thread()
    ids = []
    for number, step in enumerate([{"total": 0}, Command(resume=1), Command(resume=20)]):
        paused = app.invoke(step, config)
        ids.append(paused["__interrupt__"][0].id)
        t.record(f"{label}: pause {number}", paused)
        t.snapshot(f"{label}: snapshot {number}", app.get_state(config))
    assert len(set(ids)) == 3
    t.record(f"{label}: end", app.invoke(Command(resume=300), config))
    t.history(f"{label}: history", app.get_state_history(config))


async def adrive(t, label, app):
    config = t.thread()
    for number, step in enumerate([{"total": 0}, Command(resume=1), Command(resume=20), Command(resume=300)]):
        stream = app.astream(step, config, stream_mode=["values", "updates"])
        t.chunks(f"{label}: chunks {number}", [chunk async for chunk in stream])
        t.snapshot(f"{label}: snapshot {number}", await app.aget_state(config))


def main(t):
    drive(t, "memory", graph(t.saver()))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", graph(saver))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", graph(t.saver()))
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", graph(saver))
