"""exec: Config keys

Callbacks hear of the graph, of each node below it and of each router below its node: names, inputs, outputs, tags,
metadata; the caller's run name and run id are the graph's.
"""

from __future__ import annotations

import asyncio
import operator
import uuid
from typing import Annotated, TypedDict

from actograph.graph import END, START, StateGraph
from tests.parity.listener import Listener


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def a(state):
    return {"log": ["a"]}


def b(state):
    return {"log": ["b"]}


def route(state):
    return "b"


def enter(state):
    return ["a"]


def stay(state):
    return END


def main(t):
    builder = StateGraph(State).add_node("a", a, metadata={"owner": "me"}).add_node("b", b).add_node("c", a)
    builder.add_conditional_edges(START, enter).add_conditional_edges("a", route).add_edge("b", "c")
    builder.add_conditional_edges("b", stay).add_conditional_edges("c", stay)
    app = builder.compile(name="G")
    config = {
        "tags": ["T"],
        "metadata": {"m": 1},
        "run_name": "first",
        "configurable": {"user": "u", "thread_id": "7", "many": [1]},
    }
    listener = Listener(metadata=True)
    app.invoke({"x": 1}, {**config, "run_id": uuid.UUID(int=5), "callbacks": [listener]})
    t.record("sync", listener.heard)
    t.record("its run id", uuid.UUID(int=5) in listener._numbers)
    listener = Listener(metadata=True)
    asyncio.run(app.ainvoke({"x": 1}, {**config, "callbacks": [listener]}))
    t.record("async", listener.heard)
    listener = Listener()
    t.chunks("stream", app.stream({"x": 1}, {"callbacks": [listener]}))
    t.record("streamed", listener.heard)
    listener = Listener()
    t.record("output keys", app.invoke({"x": 1}, {"callbacks": [listener]}, output_keys="log"))
    t.record("the graph's output then", listener.heard[-1])
