"""timeout: Node timeout
build: Node options

What `timeout=` refuses: sync nodes, at compile, also by a default; limits that are not above 0; and what `TimeoutPolicy.coerce` makes.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Send, TimeoutPolicy


class State(TypedDict, total=False):
    x: int


def main(t):
    def sync(state):
        return {"x": 1}

    async def node(state):
        return {"x": 2}

    builder = StateGraph(State).add_node("n", sync, timeout=1).add_edge(START, "n")
    with t.raises("sync node", culprit=["'n'", "sync"]):
        builder.compile()
    builder = StateGraph(State).set_node_defaults(timeout=1).add_node("n", sync).add_edge(START, "n")
    with t.raises("sync node by default", culprit=["'n'", "sync"]):
        builder.compile()
    builder = StateGraph(State).set_node_defaults(timeout=30).add_node("n", node).add_edge(START, "n")
    t.record("async node by default", asyncio.run(builder.compile().ainvoke({})))
    builder = StateGraph(State).add_node("n", node, timeout=TimeoutPolicy()).add_edge(START, "n")
    t.record("a policy without limits", asyncio.run(builder.compile().ainvoke({})))
    for label, value in (
        ("zero", 0),
        ("negative", -1),
        ("no time", timedelta(0)),
        ("no number", "soon"),
        ("negative idle", TimeoutPolicy(idle_timeout=-1)),
        ("unknown refresh_on", TimeoutPolicy(idle_timeout=1, refresh_on="anything")),
    ):
        with t.raises(f"{label}, node"):
            StateGraph(State).add_node("n", node, timeout=value).add_edge(START, "n").compile()
        with t.raises(f"{label}, Send"):
            Send("n", {}, timeout=value)
        with t.raises(f"{label}, coerce"):
            TimeoutPolicy.coerce(value)
    for value in (
        2,
        0.5,
        timedelta(seconds=3),
        TimeoutPolicy(idle_timeout=timedelta(seconds=4)),
        None,
        TimeoutPolicy(),
    ):
        t.record(f"coerced {value}", TimeoutPolicy.coerce(value))
