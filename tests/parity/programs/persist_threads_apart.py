"""persist: Checkpointer

Threads of one graph and one saver do not see each other, nor do ids with odd characters; one thread remembers between
runs.
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
    builder.add_node("a", lambda state: {"log": ["a"]})
    builder.add_edge(START, "a")
    return builder.compile(checkpointer=saver)


NAMES = ["one", "two", "ünï %_'\"; --", "a/b|c:d", "1"]


def drive(t, label, app):
    for name in NAMES:
        t.record(f"{label} {name}: first", app.invoke({"x": len(name)}, {"configurable": {"thread_id": name}}))
    for name in NAMES[:2]:
        t.record(f"{label} {name}: second", app.invoke({}, {"configurable": {"thread_id": name}}))
    for name in NAMES:
        t.record(f"{label} {name}: values", app.get_state({"configurable": {"thread_id": name}}).values)


async def adrive(t, label, app):
    for name in NAMES[:3]:
        await app.ainvoke({"x": len(name)}, {"configurable": {"thread_id": name}})
    for name in NAMES[:3]:
        t.snapshot(f"{label} {name}", await app.aget_state({"configurable": {"thread_id": name}}))


def main(t):
    drive(t, "memory", graph(t.saver()))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", graph(saver))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", graph(t.saver()))
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", graph(saver))
