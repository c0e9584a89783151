"""control: Loops, recursion limit

A cycle through a router, and a node that loops to itself by Command, run until they say stop; 200 rounds at the default
limit.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import END, START, StateGraph
from actograph.types import Command


class State(TypedDict):
    count: Annotated[int, operator.add]
    log: Annotated[list[str], operator.add]


def again(state):
    return "a" if state["count"] < 6 else END


def until(limit):
    def node(state):
        return Command(update={"count": 1}, goto=END if state["count"] + 1 >= limit else "n")

    return node


def main(t):
    builder = StateGraph(State)
    for name in ("a", "b"):
        builder.add_node(name, lambda state, name=name: {"count": 1, "log": [f"{name}{state['count']}"]})
    builder.add_edge(START, "a").add_edge("a", "b").add_conditional_edges("b", again)
    app = builder.compile()
    t.record("cycle", app.invoke({"count": 0}))
    t.chunks("cycle, chunks", app.stream({"count": 0}))
    t.record("cycle, async", asyncio.run(app.ainvoke({"count": 3})))
    long = StateGraph(State).add_node("n", until(200)).add_edge(START, "n").compile()
    t.record("200 rounds", long.invoke({"count": 0}))
