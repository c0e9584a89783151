"""state: Schema kinds; state: Output type

TypedDict: nodes get plain dicts of the keys written so far, the output holds only those, in the schema's order, and
inherited keys count.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, NotRequired, Required, TypedDict

from actograph.graph import START, StateGraph


class Base(TypedDict):
    first: int
    items: Annotated[list[int], operator.add]


class State(Base, total=False):
    second: Required[int]
    third: NotRequired[Annotated[int, operator.add]]


def look(state):
    return {"second": len(state), "items": [len(state)], "first": sorted(state).index("items")}


def last(state):
    return {"third": state["third"] + 1}


def main(t):
    app = StateGraph(State).add_sequence([look, last]).add_edge(START, "look").compile()
    t.record("invoke", app.invoke({"first": 1}))
    t.record("ainvoke", asyncio.run(app.ainvoke({"first": 1})))
    t.chunks("values", app.stream({"items": [7]}, stream_mode="values"))
    t.record(
        "nothing written", StateGraph(State).add_node("n", lambda s: None).add_edge(START, "n").compile().invoke({})
    )
