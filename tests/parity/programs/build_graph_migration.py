"""build: Graph migration

A thread goes on with a changed graph: ended threads with any topology, paused ones with new nodes and edges around the
pending node; new keys start empty, removed ones are not shown.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class Old(TypedDict, total=False):
    x: int
    gone: str
    log: Annotated[list[str], operator.add]


class New(TypedDict, total=False):
    x: int
    fresh: Annotated[list[int], operator.add]
    log: Annotated[list[str], operator.add]


def asks(state):
    return {"log": [f"asks {interrupt('?')} {sorted(state)}"]}


def old(saver):
    builder = StateGraph(Old).add_sequence(
        [("first", lambda state: {"gone": "soon", "log": ["first"]}), ("asks", asks)]
    )
    return builder.add_edge(START, "first").compile(checkpointer=saver)


def new(saver):
    builder = StateGraph(New).add_sequence(
        [
            ("opening", lambda state: {"log": ["opening"]}),
            ("asks", asks),
            ("closing", lambda state: {"fresh": [1], "log": ["closing"]}),
        ]
    )
    return builder.add_edge(START, "opening").compile(checkpointer=saver)


def main(t):
    saver = t.saver()
    paused, ended = t.thread(), t.thread()
    old(saver).invoke({"x": 1}, paused)
    old(saver).invoke({"x": 2}, ended)
    old(saver).invoke(Command(resume="old"), ended)
    changed = new(saver)
    t.snapshot("paused", changed.get_state(paused))
    t.record("resumed", changed.invoke(Command(resume="new"), paused))
    t.record("ended", changed.get_state(ended).values)
    t.record("run again", changed.invoke({"x": 3}, ended))
    t.record("and resumed", changed.invoke(Command(resume="!"), ended))
    t.record(
        "history",
        [(snap.metadata["step"], snap.next, sorted(snap.values)) for snap in changed.get_state_history(ended)],
    )
