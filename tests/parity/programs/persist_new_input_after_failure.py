"""persist: Fault recovery
hitl: New input while paused

A new input on a failed thread starts over; the failed checkpoint keeps its error in the history.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def check(state):
    if state["x"] < 0:
        raise ValueError(f"{state['x']} is negative")
    return {"log": [f"checked {state['x']}"]}


def graph(saver):
    builder = StateGraph(State)
    builder.add_node("check", check)
    builder.add_edge(START, "check")
    return builder.compile(checkpointer=saver)


def main(t):
    app = graph(t.saver())
    config = t.thread()
    with t.raises("failure", culprit=["-1 is negative"]):
        app.invoke({"x": -1}, config)
    t.snapshot("failed", app.get_state(config))
    t.record("new input", app.invoke({"x": 5}, config))
    t.history("history", app.get_state_history(config))

    config = t.thread()
    with t.raises("second failure"):
        app.invoke({"x": -1}, config)
    app.update_state(config, {"x": 1}, as_node="__start__")
    t.record("mended", app.invoke(None, config))
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    config = t.thread()
    with t.raises("async failure"):
        await app.ainvoke({"x": -1}, config)
    t.record("async new input", await app.ainvoke({"x": 5}, config))
    t.history("async history", [item async for item in app.aget_state_history(config)])
