"""build: Node arguments; errors: Classes

A node with no parameter, or with a required one that nobody fills, fails with TypeError when it is called.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict):
    x: int


def no_state():
    return {"x": 1}


def unknown(state, settings):
    return {"x": 1}


def app(node):
    return StateGraph(State).add_node("node", node).add_edge(START, "node").compile()


def main(t):
    with t.raises("no parameter"):
        app(no_state).invoke({"x": 0})
    with t.raises("unknown parameter", culprit=["settings"]):
        app(unknown).invoke({"x": 0})
