"""travel: Replay
hitl: New input while paused

A plain input with the config of a past checkpoint starts a run from START with the state of then.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def graph(saver):
    builder = StateGraph(State)
    for name in ("a", "b", "c"):
        builder.add_node(name, lambda state, name=name: {"log": [f"{name}{state['x']}"]})
    builder.add_edge(START, "a")
    builder.add_edge("a", "b")
    builder.add_edge("b", "c")
    return builder.compile(checkpointer=saver)


def standing_before(history, node):
    return next(item for item in history if item.next == (node,))


def main(t):
    app = graph(t.saver())
    config = t.thread()
    app.invoke({"x": 1}, config)
    past = standing_before(app.get_state_history(config), "b")
    t.chunks("run", app.stream({"x": 5}, past.config, stream_mode=["values", "updates"]))
    t.history("history", app.get_state_history(config))
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    config = t.thread()
    await app.ainvoke({"x": 1}, config)
    past = standing_before([item async for item in app.aget_state_history(config)], "c")
    t.record("async run", await app.ainvoke({"x": 5}, past.config))
    t.history("async history", [item async for item in app.aget_state_history(config)])
