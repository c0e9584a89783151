"""exec: Context accessors

`get_config`, `get_stream_writer` and `get_runtime` work in nodes without parameters for them, in helpers, in threads of
sync nodes, in routers, and raise RuntimeError outside a run; `get_store` is None without a store.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, Any, TypedDict

from actograph.config import get_config, get_store, get_stream_writer
from actograph.graph import END, START, StateGraph
from actograph.runtime import get_runtime


class State(TypedDict):
    log: Annotated[list[Any], operator.add]


def helper(who):
    get_stream_writer()(f"{who}: custom")
    config = get_config()
    return [
        who,
        config["configurable"]["user"],
        config["metadata"]["langgraph_node"],
        get_runtime().context,
        get_store(),
    ]


def sync_node(state):
    return {"log": [helper("sync_node")]}


async def async_node(state):
    before = helper("async_node")
    await asyncio.sleep(0)
    return {"log": [before, await asyncio.create_task(in_task())]}


async def in_task():
    return helper("async_node")


def route(state):
    get_stream_writer()("sync_node: from its router")
    return get_config()["configurable"].get("to", END)


def main(t):
    run = {"configurable": {"user": "ada"}}
    builder = StateGraph(State).add_node("sync_node", sync_node).add_edge(START, "sync_node")
    builder.add_conditional_edges("sync_node", route)
    app = builder.compile()
    t.record("invoke", app.invoke({"log": []}, run, context="ctx"))
    t.chunks("stream", app.stream({"log": []}, run, context="ctx", stream_mode=["custom", "updates"]))
    mixed = StateGraph(State).add_sequence([sync_node, async_node]).add_edge(START, "sync_node").compile()

    async def go():
        return [
            chunk async for chunk in mixed.astream({"log": []}, run, context="ctx", stream_mode=["custom", "updates"])
        ]

    t.chunks("astream", asyncio.run(go()))
    for accessor in (get_config, get_stream_writer, get_runtime, get_store):
        with t.raises(f"{accessor.__name__} outside"):
            accessor()
