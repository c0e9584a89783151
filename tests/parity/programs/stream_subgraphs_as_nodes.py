"""stream: Subgraphs

With `subgraphs=True` each chunk comes after its namespace: empty for the graph itself, `node:task_id` for each graph around the
one it is from. Without it the chunks of sub-graphs, also those that their nodes write, are not seen.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def node(name):
    def run(state, writer):
        writer(f"{name}: written")
        return {"log": [name]}

    return run


def main(t):
    leaf = StateGraph(State).add_node("leaf", node("leaf")).add_edge(START, "leaf").compile()
    middle = StateGraph(State).add_node("in", node("in")).add_node("deep", leaf)
    middle = middle.add_edge(START, "in").add_edge("in", "deep").compile()
    app = StateGraph(State).add_node("out", node("out")).add_node("sub", middle)
    app = app.add_edge(START, "out").add_edge("out", "sub").compile()
    several = ["values", "updates", "custom", "tasks"]
    for mode in (*several, "debug", several):
        label = mode if isinstance(mode, str) else "several"
        t.record(f"without: {label}", list(app.stream({"x": 0}, stream_mode=mode)))
        t.record(f"with: {label}", list(app.stream({"x": 0}, stream_mode=mode, subgraphs=True)))
    t.record("default", list(app.stream({"x": 0}, subgraphs=True)))

    async def go(**options):
        return [chunk async for chunk in app.astream({"x": 0}, stream_mode=several, **options)]

    t.record("async without", asyncio.run(go()))
    t.record("async with", asyncio.run(go(subgraphs=True)))
    t.record(
        "output_keys", list(app.stream({"x": 0}, stream_mode=["values", "updates"], subgraphs=True, output_keys=["x"]))
    )
    ids = {
        chunk["id"]: chunk["name"] for ns, chunk in app.stream({"x": 0}, stream_mode="tasks", subgraphs=True) if not ns
    }
    t.record("names of the tasks", list(ids.values()))
