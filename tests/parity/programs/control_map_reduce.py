"""control: Send; control: Loops, recursion limit

Sends that send again: two levels of fan-out, each level one superstep, folded in path order.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import END, START, StateGraph
from actograph.types import Command, Send


class State(TypedDict, total=False):
    depth: int
    name: str
    log: Annotated[list[str], operator.add]


def split(state):
    log = {"log": [f"split {state['name']}"]}
    if state["depth"] == 0:
        return Command(update=log, goto="done")
    children = [Send("split", {"depth": state["depth"] - 1, "name": f"{state['name']}.{index}"}) for index in range(2)]
    return Command(update=log, goto=children)


def main(t):
    builder = (
        StateGraph(State)
        .add_node("split", split)
        .add_node("done", lambda state: {"log": [f"done {len(state['log'])}"]})
    )
    builder.add_edge(START, "split").add_edge("done", END)
    app = builder.compile()
    t.record("invoke", app.invoke({"depth": 2, "name": "r"}))
    t.record("ainvoke", asyncio.run(app.ainvoke({"depth": 2, "name": "r"})))
    t.chunks("values", app.stream({"depth": 2, "name": "r"}, stream_mode="values"))
    with t.raises("over the limit"):
        app.invoke({"depth": 2, "name": "r"}, {"recursion_limit": 3})
