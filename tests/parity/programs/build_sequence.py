"""build: Sequence shorthand

`add_sequence` adds functions by name and pairs, linked in order; it may be linked on; it wants at least one node and no
name twice.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict):
    trail: Annotated[list[str], operator.add]


def first(state):
    return {"trail": ["first"]}


def second(state):
    return {"trail": ["second"]}


def main(t):
    builder = StateGraph(State)
    builder.add_sequence([first, second, ("third", lambda state: {"trail": ["third"]})])
    builder.add_node("fourth", lambda state: {"trail": ["fourth"]})
    builder.add_edge(START, "first").add_edge("third", "fourth")
    t.record("names", list(builder.nodes))
    t.chunks("stream", builder.compile().stream({"trail": []}))
    with t.raises("empty"):
        StateGraph(State).add_sequence([])
    with t.raises("twice", culprit=["first"]):
        StateGraph(State).add_sequence([first, first])
