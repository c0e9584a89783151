"""stream: Subgraphs

A node that streams a graph itself sees its chunks, and so does the reader of the whole; what a graph's nodes write goes to the
nearest stream that reads `custom`. Namespaces are the same for all who read.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.config import get_stream_writer
from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def leaf(state):
    get_stream_writer()("leaf")
    return {"log": ["leaf"]}


def nested(options):
    """Three graphs, each streamed by a node of the next; what the inner two streams gave is collected."""
    seen = {}
    deep = StateGraph(State).add_node("leaf", leaf).add_edge(START, "leaf").compile()

    def middle(state):
        get_stream_writer()("middle")
        seen["deep"] = list(deep.stream({"x": 2}, **options))
        return {"log": ["middle"]}

    inner = StateGraph(State).add_node("middle", middle).add_edge(START, "middle").compile()

    def outer(state):
        get_stream_writer()("outer")
        seen["inner"] = list(inner.stream({"x": 1}, **options))
        return {"log": ["outer"]}

    return StateGraph(State).add_node("outer", outer).add_edge(START, "outer").compile(), seen


def main(t):
    for label, options in {
        "plain": {},
        "subgraphs": {"subgraphs": True},
        "custom": {"stream_mode": ["custom", "updates"]},
        "custom and subgraphs": {"stream_mode": ["custom", "updates"], "subgraphs": True},
        "values": {"stream_mode": "values", "subgraphs": True},
    }.items():
        for whole in (False, True):
            app, seen = nested(options)
            chunks = list(app.stream({"x": 0}, stream_mode=["custom", "updates", "values"], subgraphs=whole))
            t.record(f"{label}, whole {whole}: read", chunks)
            t.record(f"{label}, whole {whole}: deep", seen["deep"])
            t.record(f"{label}, whole {whole}: inner", seen["inner"])
        app, seen = nested(options)
        app.invoke({"x": 0})
        t.record(f"{label}, nobody reads the whole", [seen["deep"], seen["inner"]])
