"""travel: Empty thread

`update_state` on a thread that never ran counts as its first input, or as a write of the node it names.
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
    t.record(f"{label}: config", app.update_state(config, {"x": 1}))
    t.snapshot(f"{label}: snapshot", app.get_state(config))
    t.chunks(f"{label}: run", app.stream(None, config, stream_mode=["values", "updates"]))
    t.history(f"{label}: history", app.get_state_history(config))
    for node in ("a", "c", "__start__"):
        config = t.thread()
        app.update_state(config, {"x": 2}, as_node=node)
        t.snapshot(f"{label} as {node}: snapshot", app.get_state(config))
        t.record(f"{label} as {node}: run", app.invoke(None, config))


async def adrive(t, label, app):
    config = t.thread()
    await app.aupdate_state(config, {"x": 1})
    t.snapshot(f"{label}: snapshot", await app.aget_state(config))
    t.record(f"{label}: run", await app.ainvoke(None, config))
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
