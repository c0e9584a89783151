"""travel: Fork

`update_state` on a past checkpoint makes a branch from there; run with `None` it ends in another state; both branches
are in the history.
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


def standing_before(history, node):
    return next(item for item in history if item.next == (node,))


def drive(t, label, app):
    config = t.thread()
    app.invoke({"x": 1}, config)
    past = standing_before(app.get_state_history(config), "b")
    fork = app.update_state(past.config, {"x": 9, "log": ["forked"]})
    t.record(f"{label}: fork", fork)
    t.snapshot(f"{label}: at the fork", app.get_state(fork))
    assert app.get_state(fork).parent_config == past.config
    t.snapshot(f"{label}: newest", app.get_state(config))
    t.chunks(f"{label}: run", app.stream(None, fork, stream_mode=["values", "updates"]))
    t.history(f"{label}: history", app.get_state_history(config))
    t.record(f"{label}: past is as it was", app.get_state(past.config) == past)


async def adrive(t, label, app):
    config = t.thread()
    await app.ainvoke({"x": 1}, config)
    past = standing_before([item async for item in app.aget_state_history(config)], "c")
    fork = await app.aupdate_state(past.config, {"x": 9})
    t.record(f"{label}: run", await app.ainvoke(None, fork))
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
