"""travel: update_state
state: Reducers

Values go through the reducers, count as a write of the last writer, and make a checkpoint of source `update`; unknown
keys are dropped, `None` makes a checkpoint too.
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
        builder.add_node(name, lambda state, name=name: {"log": [f"{name}{state['x']}"]})
    builder.add_edge(START, "a")
    builder.add_edge("a", "b")
    builder.add_edge("b", "c")
    return builder.compile(checkpointer=saver)


def drive(t, label, app):
    config = t.thread()
    app.invoke({"x": 1}, config)
    t.record(f"{label}: config", app.update_state(config, {"x": 5, "log": ["p", "q"]}))
    t.snapshot(f"{label}: updated", app.get_state(config))
    app.update_state(config, {"unknown": 1})
    t.snapshot(f"{label}: unknown key", app.get_state(config))
    app.update_state(config, None)
    t.snapshot(f"{label}: None", app.get_state(config))
    t.record(f"{label}: nothing to run", app.invoke(None, config))
    t.history(f"{label}: history", app.get_state_history(config))


async def adrive(t, label, app):
    config = t.thread()
    await app.ainvoke({"x": 1}, config)
    t.record(f"{label}: config", await app.aupdate_state(config, {"x": 5, "log": ["p", "q"]}))
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
