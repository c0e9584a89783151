"""exec: Config keys
persist: History

What a run's config leaves in checkpoint metadata: its `metadata` and plain configurable values, but no objects, lists
or private keys; in every checkpoint of the run, and in those of `update_state`.
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


CONFIGURABLE = {
    "user": "u-1",
    "level": 3,
    "share": 0.5,
    "paid": True,
    "roles": ["x"],
    "thing": object(),
    "__hidden": "h",
}


def drive(t, label, app):
    thread = t.thread()
    config = {**t.thread(), "metadata": {"origin": "test", "nested": {"k": [1]}}, "tags": ["tag"]}
    config["configurable"] = {**thread["configurable"], **CONFIGURABLE}
    app.invoke({"x": 1}, config)
    t.record(f"{label}: run", [item.metadata for item in app.get_state_history(thread)])
    changed = {"configurable": {**thread["configurable"], "user": "u-2"}, "metadata": {"why": "fix"}}
    app.update_state(changed, {"x": 2})
    t.snapshot(f"{label}: update", app.get_state(thread))
    found = app.get_state_history(thread, filter={"user": "u-1"})
    t.record(f"{label}: filter", [item.metadata["step"] for item in found])
    found = app.get_state_history(thread, filter={"why": "fix", "source": "update"})
    t.record(f"{label}: filter on both", [item.metadata["step"] for item in found])


async def adrive(t, label, app):
    thread = t.thread()
    config = {"configurable": {**thread["configurable"], **CONFIGURABLE}, "metadata": {"origin": "test"}}
    await app.ainvoke({"x": 1}, config)
    t.record(f"{label}: run", [item.metadata async for item in app.aget_state_history(thread)])


def main(t):
    drive(t, "memory", graph(t.saver()))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", graph(saver))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", graph(t.saver()))
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", graph(saver))
