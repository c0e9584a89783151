"""durability: Modes
exec: Run parameters

The three modes give the same results; `sync` and `async` the same history; `exit` one row for the run.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def graph(saver):
    builder = StateGraph(State)
    for name in ("a", "b"):
        builder.add_node(name, lambda state, name=name: {"log": [name]})
    builder.add_edge(START, "a")
    builder.add_edge("a", "b")
    return builder.compile(checkpointer=saver)


def drive(t, label, app):
    for mode in ("sync", "async", "exit"):
        config = t.thread()
        t.record(f"{label} {mode}: result", app.invoke({"x": 1}, config, durability=mode))
        t.chunks(
            f"{label} {mode}: chunks", app.stream({"x": 2}, config, stream_mode=["values", "updates"], durability=mode)
        )
        t.history(f"{label} {mode}: history", app.get_state_history(config))


async def adrive(t, label, app):
    for mode in ("sync", "async", "exit"):
        config = t.thread()
        t.record(f"{label} {mode}: result", await app.ainvoke({"x": 1}, config, durability=mode))
        t.history(f"{label} {mode}: history", [item async for item in app.aget_state_history(config)])


def main(t):
    drive(t, "memory", graph(t.saver()))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", graph(saver))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", graph(t.saver()))
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", graph(saver))
