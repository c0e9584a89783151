"""build: Node options; build: Several schemas

`metadata` of a node is seen in its config, `input_schema` decides what it reads, `destinations` changes nothing at run
time.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command


class State(TypedDict):
    a: int
    b: int
    seen: Annotated[list, operator.add]


class OnlyA(TypedDict):
    a: int


def looks(state, config):
    return {"seen": [sorted(state), config["metadata"].get("owner")]}


def jumps(state):
    return Command(goto="last")


def main(t):
    builder = StateGraph(State)
    builder.add_node("looks", looks, metadata={"owner": "desk"}, input_schema=OnlyA)
    builder.add_node("plain", looks)
    builder.add_node("jumps", jumps, destinations=("last", "never"))
    builder.add_node("last", lambda state: {"seen": ["last"]})
    builder.add_node("never", lambda state: {"seen": ["never"]})
    builder.add_edge(START, "looks").add_edge("looks", "plain").add_edge("plain", "jumps")
    t.record("invoke", builder.compile().invoke({"a": 1, "b": 2}))
