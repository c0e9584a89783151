"""state: Schema kinds
errors: Classes

A Pydantic state is checked on the way into a node: a bad input, and a bad write of a node before, raise the model's
error.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated

import pydantic

from actograph.graph import START, StateGraph


class State(pydantic.BaseModel):
    count: int = 0
    log: Annotated[list[str], operator.add] = []


def graph(saver, value):
    builder = StateGraph(State)
    builder.add_node("first", lambda state: {"count": value, "log": ["first"]})
    builder.add_node("second", lambda state: {"log": [f"second {state.count}"]})
    builder.add_edge(START, "first")
    builder.add_edge("first", "second")
    return builder.compile(checkpointer=saver)


def main(t):
    t.record("fine", graph(t.saver(), 2).invoke({"count": 1}, t.thread()))
    t.record("converted", graph(t.saver(), "3").invoke({"count": "1"}, t.thread()))
    with t.raises("bad input", culprit=["count"]):
        graph(t.saver(), 2).invoke({"count": "many"}, t.thread())
    with t.raises("bad write", culprit=["count"]):
        graph(t.saver(), "many").invoke({"count": 1}, t.thread())
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    t.record("async fine", await graph(t.saver(), 2).ainvoke({"count": 1}, t.thread()))
    with t.raises("async bad input", culprit=["count"]):
        await graph(t.saver(), 2).ainvoke({"count": "many"}, t.thread())
