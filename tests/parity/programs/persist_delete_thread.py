"""persist: Delete

`delete_thread` forgets the thread and no other; a new run starts at step -1 again.
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
    config, other = t.thread(), t.thread()
    app.invoke({"x": 1}, config)
    app.invoke({"x": 2}, other)
    app.checkpointer.delete_thread(config["configurable"]["thread_id"])
    t.snapshot(f"{label}: deleted", app.get_state(config))
    t.snapshot(f"{label}: other", app.get_state(other))
    t.record(f"{label}: fresh", app.invoke({"x": 3}, config))
    t.record(f"{label}: steps", [item.metadata["step"] for item in app.get_state_history(config)])
    app.checkpointer.delete_thread("never seen")


async def adrive(t, label, app):
    config, other = t.thread(), t.thread()
    await app.ainvoke({"x": 1}, config)
    await app.ainvoke({"x": 2}, other)
    await app.checkpointer.adelete_thread(config["configurable"]["thread_id"])
    t.snapshot(f"{label}: deleted", await app.aget_state(config))
    t.snapshot(f"{label}: other", await app.aget_state(other))


def main(t):
    drive(t, "memory", graph(t.saver()))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", graph(saver))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", graph(t.saver()))
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", graph(saver))
