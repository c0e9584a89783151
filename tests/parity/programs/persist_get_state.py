"""persist: get_state

The snapshot of an unknown thread is empty; of a finished one it has the last values; with a checkpoint id it is that
of the past.
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
    for name in ("a", "b", "c"):
        builder.add_node(name, lambda state, name=name: {"log": [name]})
    builder.add_edge(START, "a")
    builder.add_edge("a", "b")
    builder.add_edge("b", "c")
    return builder.compile(checkpointer=saver)


def drive(t, label, app):
    config = t.thread()
    t.snapshot(f"{label}: unknown thread", app.get_state(config))
    t.record(f"{label}: unknown history", list(app.get_state_history(config)))
    app.invoke({"x": 1}, config)
    t.snapshot(f"{label}: finished", app.get_state(config))
    for number, item in enumerate(app.get_state_history(config)):
        past = app.get_state(item.config)
        t.snapshot(f"{label}: past {number}", past)
        assert past == item


async def adrive(t, label, app):
    config = t.thread()
    t.snapshot(f"{label}: unknown thread", await app.aget_state(config))
    await app.ainvoke({"x": 1}, config)
    t.snapshot(f"{label}: finished", await app.aget_state(config))
    async for item in app.aget_state_history(config):
        assert await app.aget_state(item.config) == item


def main(t):
    drive(t, "memory", graph(t.saver()))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", graph(saver))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", graph(t.saver()))
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", graph(saver))
