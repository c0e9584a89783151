"""build: Edge

Several outgoing edges run their targets in one superstep, and their writes are folded in name order, sync and async.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import END, START, StateGraph


class State(TypedDict):
    trail: Annotated[list[str], operator.add]


def graph():
    builder = StateGraph(State)
    for name in ("a", "c", "b", "d"):
        builder.add_node(name, lambda state, name=name: {"trail": [name]})
    builder.add_edge(START, "a")
    builder.add_edge("a", "c")
    builder.add_edge("a", "b")
    builder.add_edge("b", "d")
    builder.add_edge("d", END)
    builder.add_edge("b", "d")  # the same edge twice is one edge
    return builder.compile()


def main(t):
    app = graph()
    t.record("invoke", app.invoke({"trail": ["in"]}))
    t.record("ainvoke", asyncio.run(app.ainvoke({"trail": ["in"]})))
    t.chunks("values", app.stream({"trail": []}, stream_mode="values"))
    t.chunks("updates", app.stream({"trail": []}, stream_mode="updates"), parallel=[{"b", "c"}])
    t.chunks("both", app.stream({"trail": []}, stream_mode=["values", "updates"]), parallel=[{"b", "c"}])
