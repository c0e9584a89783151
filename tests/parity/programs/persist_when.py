"""persist: When
persist: History

One checkpoint a superstep: the input at step -1, then 0, 1, ...: n + 2 for a chain of n nodes; a second run on the
thread counts on.
"""

from __future__ import annotations

import asyncio
import itertools
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
    t.record(f"{label}: first run", app.invoke({"x": 1}, config))
    assert len(list(app.get_state_history(config))) == 5
    t.record(f"{label}: second run", app.invoke({"x": 2}, config))
    history = list(app.get_state_history(config))
    t.history(f"{label}: history", history)
    assert all(newer.parent_config == older.config for newer, older in itertools.pairwise(history))


async def adrive(t, label, app):
    config = t.thread()
    await app.ainvoke({"x": 1}, config)
    await app.ainvoke({"x": 2}, config)
    t.history(f"{label}: history", [item async for item in app.aget_state_history(config)])


def main(t):
    drive(t, "memory", graph(t.saver()))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", graph(saver))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", graph(t.saver()))
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", graph(saver))
