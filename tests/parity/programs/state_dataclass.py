"""state: Schema kinds; state: Output type

Dataclass: a node gets an instance with defaults filled in, the output is a dict of what was written; an instance as
input or as return value writes all its fields; a missing required field fails at the first node.
"""

from __future__ import annotations

import asyncio
import operator
from dataclasses import dataclass, field
from typing import Annotated

from actograph.graph import END, START, StateGraph
from actograph.types import Command


@dataclass
class State:
    x: int
    y: int = 7
    log: Annotated[list[str], operator.add] = field(default_factory=list)


def look(state: State):
    return {"x": state.x + state.y, "log": [f"{type(state).__name__} {state.x} {state.y} {state.log}"]}


def route(state: State):
    return END if isinstance(state, State) and state.x == 8 else "look"


def graph(node):
    return StateGraph(State).add_node("node", node).add_edge(START, "node").compile()


def main(t):
    t.record("dict in", graph(look).invoke({"x": 1}))
    t.record("instance in", graph(look).invoke(State(1)))
    t.record("async", asyncio.run(graph(look).ainvoke(State(1, 2, ["in"]))))
    t.chunks("values", graph(look).stream(State(1), stream_mode="values"))
    t.chunks("updates", graph(look).stream({"x": 1}, stream_mode="updates"))
    t.chunks("instance out", graph(lambda state: State(5)).stream({"x": 1}, stream_mode=["values", "updates"]))
    t.chunks(
        "in a command",
        graph(lambda state: Command(update=State(5, 6))).stream({"x": 1}, stream_mode=["values", "updates"]),
    )
    with t.raises("missing field", culprit=["x"]):
        graph(look).invoke({"y": 1})
    with t.raises("empty input", culprit=["x"]):
        graph(look).invoke({})
    routed = StateGraph(State).add_node("look", look).add_edge(START, "look").add_conditional_edges("look", route)
    t.record("router gets an instance", routed.compile().invoke({"x": 1}))
