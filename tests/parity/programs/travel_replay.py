"""travel: Replay

`None` with the config of a past checkpoint: a checkpoint of source `fork` is added behind it, later steps run again,
and the old history stays.
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
    old = list(app.get_state_history(config))
    past = standing_before(old, "b")
    t.chunks(f"{label}: replay", app.stream(None, past.config, stream_mode=["values", "updates"]))
    history = list(app.get_state_history(config))
    t.history(f"{label}: history", history)
    assert history[-len(old) :] == old
    t.record(f"{label}: from the input", app.invoke(None, old[-1].config))
    t.record(f"{label}: from the end", app.invoke(None, old[0].config))
    found = app.get_state_history(config)
    t.record(f"{label}: steps", [(item.metadata["source"], item.metadata["step"], item.next) for item in found])


async def adrive(t, label, app):
    config = t.thread()
    await app.ainvoke({"x": 1}, config)
    past = standing_before([item async for item in app.aget_state_history(config)], "c")
    t.record(f"{label}: replay", await app.ainvoke(None, past.config))
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
