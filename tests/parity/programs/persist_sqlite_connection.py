"""persist: Savers

Savers made from a connection of the user's: `SqliteSaver(conn)`, `AsyncSqliteSaver(conn)`.
"""

from __future__ import annotations

import asyncio
import operator
import sqlite3
from typing import Annotated, TypedDict

import aiosqlite

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


def main(t):
    path, config = t.sqlite_path(), t.thread()
    connection = sqlite3.connect(path, check_same_thread=False)
    try:
        app = graph(SqliteSaver(connection))
        t.record("run", app.invoke({"x": 1}, config))
        t.record("again", app.invoke({}, config))
        t.snapshot("snapshot", app.get_state(config))
    finally:
        connection.close()
    asyncio.run(in_a_loop(t, path, config))


async def in_a_loop(t, path, config):
    async with aiosqlite.connect(path) as connection:
        app = graph(AsyncSqliteSaver(connection))
        t.snapshot("async snapshot", await app.aget_state(config))
        t.record("async run", await app.ainvoke({}, config))
