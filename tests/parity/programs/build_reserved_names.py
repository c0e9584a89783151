"""build: Reserved

Node names may not be START or END, nor contain `|` or `:`, nor be taken; a node may share the name of a state key.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.graph import END, START, StateGraph


class State(TypedDict):
    x: int


def step(state):
    return {"x": state["x"] + 1}


def main(t):
    for name in (START, END, "a|b", "a:b"):
        with t.raises(f"name {name}", culprit=[name] if name in (START, END) else [name[1]]):
            StateGraph(State).add_node(name, step)
    with t.raises("taken", culprit=["a"]):
        StateGraph(State).add_node("a", step).add_node("a", step)
    with t.raises("not callable", culprit=["int"]):
        StateGraph(State).add_node("a", 5)
    with t.raises("no action"):
        StateGraph(State).add_node("a", None)
    with t.raises("no name"):
        StateGraph(State).add_node(None, step)
    t.record("key name", StateGraph(State).add_node("x", step).add_edge(START, "x").compile().invoke({"x": 1}))
    odd = StateGraph(State).add_node("two words, ünïcode/and.dots", step).set_entry_point("two words, ünïcode/and.dots")
    t.chunks("odd name", odd.compile().stream({"x": 1}))
