"""travel: Bulk

`bulk_update_state`: one checkpoint for each inner list, its updates folded together; empty lists are errors.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.graph import START, StateGraph
from actograph.types import StateUpdate


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
    steps = [
        [StateUpdate({"x": 1}, "__start__")],
        [StateUpdate({"log": ["one"]}, "a"), StateUpdate({"log": ["two"]}, "b")],
        [StateUpdate({"x": 3}, "c")],
    ]
    t.record(f"{label}: config", app.bulk_update_state(config, steps))
    t.history(f"{label}: history", app.get_state_history(config))
    with t.raises(f"{label}: no steps"):
        app.bulk_update_state(config, [])
    with t.raises(f"{label}: empty step"):
        app.bulk_update_state(config, [[]])


async def adrive(t, label, app):
    config = t.thread()
    await app.ainvoke({"x": 0}, config)
    steps = [[StateUpdate({"log": ["one"]}, "a")], [StateUpdate({"log": ["two"]}, "a")]]
    await app.abulk_update_state(config, steps)
    t.history(f"{label}: history", [item async for item in app.aget_state_history(config)])
    t.record(f"{label}: run", await app.ainvoke(None, config))


def main(t):
    drive(t, "memory", graph(t.saver()))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", graph(saver))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", graph(t.saver()))
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", graph(saver))
