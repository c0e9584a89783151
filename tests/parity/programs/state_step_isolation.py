"""state: Reducers; exec: Run methods

Nodes of one superstep see the state as it was when the step began, not each other's updates.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict):
    x: int
    y: int
    log: Annotated[list[str], operator.add]


def main(t):
    builder = StateGraph(State)
    builder.add_node("a", lambda state: {"x": state["y"], "log": [f"a saw {state['x']} {state['y']} {state['log']}"]})
    builder.add_node("b", lambda state: {"y": state["x"], "log": [f"b saw {state['x']} {state['y']} {state['log']}"]})
    builder.add_edge(START, "a").add_edge(START, "b").add_edge("a", "c")
    builder.add_node("c", lambda state: {"log": [f"c saw {state['x']} {state['y']} {len(state['log'])}"]})
    t.record("swap", builder.compile().invoke({"x": 1, "y": 2, "log": []}))
    state = {"x": 1, "y": 2, "log": ["mine"]}
    builder.compile().invoke(state)
    t.record("the caller's input is untouched", state)
