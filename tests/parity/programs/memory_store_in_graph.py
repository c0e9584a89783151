"""memory: Store

`compile(store=)`: nodes and routers get it as `store`, from their runtime and from `get_store()`, sync and async; sub-graphs get their
parent's, whatever they were compiled with; without one it is None.
"""

from __future__ import annotations

import asyncio
from typing import Optional, TypedDict

from actograph.config import get_store
from actograph.graph import END, START, StateGraph
from actograph.runtime import Runtime
from actograph.store.base import BaseStore
from actograph.store.memory import InMemoryStore


class State(TypedDict):
    x: int


SEEN = []


def named(state, store):
    SEEN.append(("named", store))


def keyword(state, *, store: BaseStore):
    SEEN.append(("keyword", store))


def optional(state, config, *, store: Optional[BaseStore] = None):
    SEEN.append(("optional", store))


def accessor(state):
    SEEN.append(("accessor", get_store()))


def runtime(state, runtime: Runtime):
    SEEN.append(("runtime", runtime.store))


def unrelated(state, store: int = 5):
    SEEN.append(("another store", store))


async def asynchronous(state, *, store: BaseStore):
    SEEN.append(("async", store))
    SEEN.append(("async accessor", get_store()))


def route(state, *, store: BaseStore):
    SEEN.append(("router", store))
    return END


def build(inner):
    builder = StateGraph(State)
    nodes = [named, keyword, optional, accessor, runtime, unrelated, asynchronous]
    builder.add_sequence(nodes).add_edge(START, "named")
    builder.add_node("inner", inner).add_node("calls", lambda state: inner.invoke(state))
    builder.add_edge("asynchronous", "inner").add_edge("inner", "calls").add_conditional_edges("calls", route)
    return builder


def main(t):
    mine, other = InMemoryStore(), InMemoryStore()
    for label, theirs in {"none": None, "its own": other}.items():
        inner = StateGraph(State).add_node(keyword).add_edge(START, "keyword").compile(store=theirs)
        SEEN.clear()
        asyncio.run(build(inner).compile(store=mine).ainvoke({"x": 1}))
        names = {id(mine): "mine", id(other): "other"}
        t.record(f"sub-graph compiled with {label}", [(how, names.get(id(store), store)) for how, store in SEEN])
    inner = StateGraph(State).add_node(keyword).add_edge(START, "keyword").compile()
    SEEN.clear()
    asyncio.run(build(inner).compile().ainvoke({"x": 1}))
    t.record("no store", list(SEEN))
    with t.raises("outside of a run"):
        get_store()
