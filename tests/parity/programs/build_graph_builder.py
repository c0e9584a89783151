"""build: Graph builder

Builder methods return the builder, so calls chain; one builder compiles several times, and a graph compiled before a
node was added does not see it.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import END, START, StateGraph


class State(TypedDict):
    trail: Annotated[list[str], operator.add]


def step(name):
    return lambda state: {"trail": [name]}


def main(t):
    builder = StateGraph(State)
    t.record("add_node returns self", builder.add_node("a", step("a")) is builder)
    t.record("add_edge returns self", builder.add_edge(START, "a") is builder)
    t.record("add_sequence returns self", builder.add_sequence([("s", step("s"))]) is builder)
    t.record("conditional returns self", builder.add_conditional_edges("a", lambda state: "s") is builder)
    t.record("set_finish_point returns self", builder.set_finish_point("s") is builder)
    first = builder.compile()
    builder.add_node("late", step("late")).add_edge("s", "late").add_edge("late", END)
    second = builder.compile()
    t.record("first", first.invoke({"trail": []}))
    t.record("second", second.invoke({"trail": []}))
    chained = (
        StateGraph(State).add_node("x", step("x")).set_entry_point("x").set_finish_point("x").compile(name="chained")
    )
    t.record("chained", [chained.name, first.name, chained.invoke({"trail": []})])
