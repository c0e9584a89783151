"""exec: Run methods

A lone sync node of an `invoke` may use a loop of its own: no running loop is visible to it.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict):
    log: Annotated[list[str], operator.add]


async def fetch(name):
    await asyncio.sleep(0)
    return f"fetched {name}"


def own_loop(state):
    return {"log": [asyncio.run(fetch(f"after {len(state['log'])}"))]}


def main(t):
    builder = StateGraph(State).add_sequence([("a", own_loop), ("b", own_loop)]).add_edge(START, "a")
    builder.add_node("c", own_loop).add_node("d", own_loop).add_edge("b", "c").add_edge("b", "d")
    app = builder.compile()
    t.record("invoke", app.invoke({"log": []}))
    t.record("ainvoke", asyncio.run(app.ainvoke({"log": []})))
    t.chunks("stream", app.stream({"log": []}, stream_mode=["values", "custom", "updates"]), parallel=[{"c", "d"}])
