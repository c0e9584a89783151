"""travel: Replay
persist: get_state

A checkpoint id that does not exist: an empty snapshot, and nothing to replay.
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


def main(t):
    app = graph(t.saver())
    config = t.thread()
    app.invoke({"x": 1}, config)
    unknown = t.thread()
    unknown["configurable"] = {**config["configurable"], "checkpoint_id": "00000000-0000-0000-0000-000000000000"}
    t.snapshot("snapshot", app.get_state(unknown))
    t.record("history", list(app.get_state_history(unknown)))
    with t.raises("replay"):
        app.invoke(None, unknown)
    asyncio.run(in_a_loop(t, app, unknown))


async def in_a_loop(t, app, unknown):
    t.snapshot("async snapshot", await app.aget_state(unknown))
    with t.raises("async replay"):
        await app.ainvoke(None, unknown)
