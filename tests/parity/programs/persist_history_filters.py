"""persist: History

`limit`, `before`, `filter` by source and by step, and a config that names one checkpoint.
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


def where(snapshots):
    return [(item.metadata["source"], item.metadata["step"]) for item in snapshots]


def drive(t, label, app):
    config = t.thread()
    app.invoke({"x": 1}, config)
    app.update_state(config, {"x": 2})
    app.invoke({"x": 3}, config)
    history = list(app.get_state_history(config))
    cases = {
        "all": {},
        "limit": {"limit": 3},
        "limit over": {"limit": 99},
        "input": {"filter": {"source": "input"}},
        "update": {"filter": {"source": "update"}},
        "step": {"filter": {"step": 2}},
        "source and step": {"filter": {"source": "loop", "step": 1}},
        "nothing": {"filter": {"source": "fork"}},
        "before": {"before": history[4].config},
        "before, limit": {"before": history[4].config, "limit": 2},
        "before, filter": {"before": history[2].config, "filter": {"source": "loop"}, "limit": 2},
    }
    for name, arguments in cases.items():
        t.record(f"{label}: {name}", where(app.get_state_history(config, **arguments)))
    t.record(f"{label}: one", where(app.get_state_history(history[3].config)))


async def adrive(t, label, app):
    config = t.thread()
    await app.ainvoke({"x": 1}, config)
    await app.aupdate_state(config, {"x": 2})
    history = [item async for item in app.aget_state_history(config)]
    t.record(f"{label}: limit", where([item async for item in app.aget_state_history(config, limit=2)]))
    found = [item async for item in app.aget_state_history(config, filter={"source": "input"})]
    t.record(f"{label}: input", where(found))
    found = [item async for item in app.aget_state_history(config, before=history[2].config, limit=2)]
    t.record(f"{label}: before", where(found))


def main(t):
    drive(t, "memory", graph(t.saver()))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", graph(saver))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", graph(t.saver()))
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", graph(saver))
