"""build: Private channels

A node's input annotation may declare keys outside the state class; they pass between nodes that know them, are kept by
the checkpointer, and do not appear in the output when the state schema lacks them.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict):
    total: int


class Scratch(TypedDict):
    parts: Annotated[list[int], operator.add]


def make(state: State) -> Scratch:
    return {"parts": [state["total"], 2]}


def more(state: Scratch) -> Scratch:
    return {"parts": [len(state["parts"])]}


def add_up(state: Scratch) -> State:
    return {"total": sum(state["parts"])}


def outsider(state: State) -> dict:
    return {"total": state["total"] * (1 if "parts" in state else 10)}


def main(t):
    builder = StateGraph(State).add_sequence([make, more, add_up, outsider]).add_edge(START, "make")
    app = builder.compile(checkpointer=t.saver())
    thread = t.thread()
    t.record("invoke", app.invoke({"total": 1}, thread))
    t.record("next run keeps the scratch", app.invoke({"total": 1}, thread))
    t.chunks("values", app.stream({"total": 1}, t.thread(), stream_mode="values"))
    t.chunks("updates", app.stream({"total": 1}, t.thread(), stream_mode="updates"))
    t.record("private key in the input", app.invoke({"total": 1, "parts": [100]}, t.thread()))
    t.history("history", app.get_state_history(thread))
