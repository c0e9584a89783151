"""hitl: NodeInterrupt

The deprecated exception form pauses without a way to answer; the state is changed, and the node runs again.
"""

from __future__ import annotations

import asyncio
import operator
import warnings
from typing import Annotated, TypedDict

from actograph.errors import NodeInterrupt
from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def check(state):
    if state["x"] < 5:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            raise NodeInterrupt(f"{state['x']} is too small")
    return {"log": ["passed"]}


def graph(saver):
    builder = StateGraph(State)
    builder.add_node("check", check)
    builder.add_edge(START, "check")
    return builder.compile(checkpointer=saver)


def values_of(result):
    return [question.value for question in result.get("__interrupt__", [])]


def main(t):
    app = graph(t.saver())
    config = t.thread()
    t.record("paused", values_of(app.invoke({"x": 1}, config)))
    t.record("next", app.get_state(config).next)
    t.record("question", [question.value for question in app.get_state(config).interrupts])
    t.record("repeated", values_of(app.invoke(None, config)))
    app.update_state(config, {"x": 7})
    t.record("passed", app.invoke(None, config))
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    config = t.thread()
    t.record("async paused", values_of(await app.ainvoke({"x": 1}, config)))
    await app.aupdate_state(config, {"x": 7})
    t.record("async passed", await app.ainvoke(None, config))
