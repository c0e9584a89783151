"""build: Join edge

Two single edges of unequal path length run their target twice; of equal length once.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict):
    trail: Annotated[list[str], operator.add]


def graph(*edges):
    builder = StateGraph(State)
    for name in ("a", "b", "b2", "c"):
        builder.add_node(name, lambda state, name=name: {"trail": [name]})
    for left, right in edges:
        builder.add_edge(left, right)
    return builder.compile()


def main(t):
    unequal = graph((START, "a"), (START, "b"), ("b", "b2"), ("a", "c"), ("b2", "c"))
    t.record("unequal", unequal.invoke({"trail": []}))
    t.chunks(
        "unequal chunks", unequal.stream({"trail": []}, stream_mode=["values", "updates"]), [{"a", "b"}, {"b2", "c"}]
    )
    equal = graph((START, "a"), (START, "b"), ("a", "c"), ("b", "c"), ("c", "b2"))
    t.record("equal", equal.invoke({"trail": []}))
