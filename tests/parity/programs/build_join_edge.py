"""build: Join edge

An edge from a list of nodes waits for all of them, over paths of unequal length, once per round in a loop, and not at
all when one never comes; a join may end at END.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import END, START, StateGraph


class State(TypedDict):
    trail: Annotated[list[str], operator.add]


def nodes(*names):
    builder = StateGraph(State)
    for name in names:
        builder.add_node(name, lambda state, name=name: {"trail": [name]})
    return builder


def uneven():
    builder = nodes("a", "b", "b2", "c")
    builder.add_edge(START, "a").add_edge(START, "b").add_edge("b", "b2").add_edge(["a", "b2"], "c")
    return builder.compile()


def looping():
    builder = nodes("a", "b", "c")
    builder.add_edge(START, "a").add_edge("a", "b").add_edge(["a", "b"], "c")
    builder.add_conditional_edges("c", lambda state: "a" if len(state["trail"]) < 6 else END)
    return builder.compile()


def unmet():
    return nodes("a", "b", "c").add_edge(START, "a").add_edge(["a", "b"], "c").compile()


def to_end():
    return nodes("a", "b").add_edge(START, "a").add_edge(START, "b").add_edge(["a", "b"], END).compile()


def main(t):
    t.chunks("uneven", uneven().stream({"trail": []}, stream_mode=["values", "updates"]), parallel=[{"a", "b"}])
    t.record("uneven async", asyncio.run(uneven().ainvoke({"trail": []})))
    t.chunks("loop", looping().stream({"trail": []}))
    t.record("unmet", unmet().invoke({"trail": []}))
    t.record("to end", to_end().invoke({"trail": []}))
