"""persist: Saver interface
persist: Checkpoint content

`get_tuple`, `list` and their async forms on what a run left: the fields of a `CheckpointTuple`, the values and
versions of a checkpoint, parents, and the order of a listing.
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


def shape(found):
    checkpoint = found.checkpoint
    return {
        "fields": type(found)._fields,
        "config": found.config,
        "parent": found.parent_config,
        "metadata": found.metadata,
        "id is the config's": checkpoint["id"] == found.config["configurable"]["checkpoint_id"],
        "keys": sorted(checkpoint),
        "values": {
            key: checkpoint["channel_values"][key] for key in ("x", "log") if key in checkpoint["channel_values"]
        },
        "versions": {"x", "log"} & set(checkpoint["channel_versions"]),
        "seen": {"a", "b", "c"} & set(checkpoint["versions_seen"]),
    }


def drive(t, label, app):
    saver, config = app.checkpointer, t.thread()
    t.record(f"{label}: nothing", saver.get_tuple(config))
    t.record(f"{label}: nothing listed", list(saver.list(config)))
    app.invoke({"x": 1}, config)
    newest = saver.get_tuple(config)
    t.record(f"{label}: newest", shape(newest))
    t.record(f"{label}: listed", [shape(item) for item in saver.list(config)])
    t.record(f"{label}: by id", shape(saver.get_tuple(newest.parent_config)))
    t.record(f"{label}: checkpoint", saver.get(config)["channel_values"]["log"])
    t.record(f"{label}: limit", [item.metadata["step"] for item in saver.list(config, limit=2)])
    t.record(f"{label}: before", [item.metadata["step"] for item in saver.list(config, before=newest.parent_config)])
    found = saver.list(config, filter={"source": "loop", "step": 1})
    t.record(f"{label}: filter", [item.metadata["step"] for item in found])
    ids = [item.checkpoint["id"] for item in saver.list(config)]
    assert ids == sorted(ids, reverse=True)


async def adrive(t, label, app):
    saver, config = app.checkpointer, t.thread()
    t.record(f"{label}: nothing", await saver.aget_tuple(config))
    await app.ainvoke({"x": 1}, config)
    t.record(f"{label}: newest", shape(await saver.aget_tuple(config)))
    t.record(f"{label}: listed", [shape(item) async for item in saver.alist(config)])
    t.record(f"{label}: checkpoint", (await saver.aget(config))["channel_values"]["log"])
    t.record(f"{label}: limit", [item.metadata["step"] async for item in saver.alist(config, limit=2)])


def main(t):
    drive(t, "memory", graph(t.saver()))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", graph(saver))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", graph(t.saver()))
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", graph(saver))
