"""exec: Config keys; exec: Context accessors

What a node calls without passing a config on still has the node's callbacks, tags and metadata: models, runnables and
custom events, in sync and async nodes, and in threads and tasks that carry the context; without any callbacks it works
too.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypedDict

from actograph.config import get_config
from actograph.graph import START, StateGraph
from langchain_core.callbacks import adispatch_custom_event, dispatch_custom_event
from langchain_core.runnables import RunnableLambda
from langchain_core.runnables.config import ensure_config
from tests.parity.listener import Listener, model

chat = model()


class State(TypedDict, total=False):
    out: Any


def calls_model(state):
    return {"out": chat.invoke("x").content}


def calls_runnable(state):
    return {"out": RunnableLambda(lambda value, config: sorted(config["tags"])).with_config(tags=["inner"]).invoke(1)}


def in_thread(state):
    with ThreadPoolExecutor(1) as pool:
        return {"out": pool.submit(copy_context().run, chat.invoke, "x").result().content}


def finds(state):
    found = ensure_config()
    metadata = {key: found["metadata"].get(key) for key in ("langgraph_node", "langgraph_step", "m")}
    return {"out": [found["tags"], metadata, get_config()["metadata"]["langgraph_node"]]}


def dispatches(state):
    dispatch_custom_event("progress", {"done": 1})
    return {"out": 1}


async def acalls_model(state):
    return {"out": (await chat.ainvoke("x")).content}


async def in_task(state):
    return {"out": (await asyncio.create_task(chat.ainvoke("x"))).content}


async def adispatches(state):
    await adispatch_custom_event("progress", {"done": 1})
    return {"out": 1}


async def in_to_thread(state):
    return {"out": (await asyncio.to_thread(chat.invoke, "x")).content}


def main(t):
    config = {"tags": ["T"], "metadata": {"m": 1}}
    for node in (calls_model, calls_runnable, in_thread, finds, dispatches):
        app = StateGraph(State).add_node("n", node).add_edge(START, "n").compile()
        listener = Listener(metadata=True)
        t.record(f"{node.__name__}", app.invoke({}, {**config, "callbacks": [listener]}))
        t.record(f"{node.__name__}: heard", listener.heard)
        t.record(f"{node.__name__}: unheard", app.invoke({}, config))
    for node in (acalls_model, in_task, adispatches, in_to_thread, calls_model, dispatches):
        app = StateGraph(State).add_node("n", node).add_edge(START, "n").compile()
        listener = Listener(metadata=True)
        t.record(f"async {node.__name__}", asyncio.run(app.ainvoke({}, {**config, "callbacks": [listener]})))
        t.record(f"async {node.__name__}: heard", listener.heard)
        t.record(f"async {node.__name__}: unheard", asyncio.run(app.ainvoke({}, config)))
