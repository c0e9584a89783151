"""state: Reducers
errors: Classes

A reducer that fails: on the input, on a node's write, and in `update_state`; what was stored before stays.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


def add_positive(left, right):
    if right < 0:
        raise ArithmeticError(f"{right} is negative")
    return left + right


class State(TypedDict, total=False):
    total: Annotated[int, add_positive]
    log: Annotated[list[str], operator.add]


def graph(saver, amount):
    builder = StateGraph(State)
    builder.add_node("first", lambda state: {"total": 1})
    builder.add_node("second", lambda state: {"total": amount, "log": ["second"]})
    builder.add_edge(START, "first")
    builder.add_edge("first", "second")
    return builder.compile(checkpointer=saver)


def steps(app, config):
    return [(item.metadata["source"], item.metadata["step"]) for item in app.checkpointer.list(config)]


def main(t):
    app = graph(t.saver(), -5)
    config = t.thread()
    with t.raises("node", culprit=["-5 is negative"]):
        app.invoke({"total": 2}, config)
    t.record("node: steps", steps(app, config))
    config = t.thread()
    with t.raises("input", culprit=["-1 is negative"]):
        app.invoke({"total": -1}, config)
    t.record("input: steps", steps(app, config))
    app = graph(t.saver(), 5)
    config = t.thread()
    app.invoke({"total": 2}, config)
    with t.raises("update_state", culprit=["-9 is negative"]):
        app.update_state(config, {"total": -9})
    t.snapshot("update_state: unchanged", app.get_state(config))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    app = graph(t.saver(), -5)
    config = t.thread()
    with t.raises("async node"):
        await app.ainvoke({"total": 2}, config)
    t.record("async steps", steps(app, config))
