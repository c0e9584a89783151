"""state: Two writers, no reducer
errors: Codes

Two nodes of a superstep write a key without reducer: an error that names the key, and nothing of that step is stored.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    total: int
    log: Annotated[list[str], operator.add]


def graph(saver):
    builder = StateGraph(State)
    builder.add_node("left", lambda state: {"total": 1, "log": ["left"]})
    builder.add_node("right", lambda state: {"total": 2, "log": ["right"]})
    builder.add_edge(START, "left")
    builder.add_edge(START, "right")
    return builder.compile(checkpointer=saver)


def main(t):
    app = graph(t.saver())
    config = t.thread()
    chunks = []
    with t.raises("two writers", culprit=["total", "left", "right"]):
        for chunk in app.stream({"log": ["in"]}, config, stream_mode=["values", "updates"]):
            chunks.append(chunk)
    t.chunks("chunks before it", chunks, parallel=[{"left", "right"}])
    stored = list(app.checkpointer.list(config))
    t.record("steps", [item.metadata["step"] for item in stored])
    t.record("stored", stored[0].checkpoint["channel_values"].get("log"))
    with t.raises("without a checkpointer", culprit=["total"]):
        graph(None).invoke({"log": []})
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    app = graph(t.saver())
    config = t.thread()
    with t.raises("async two writers", culprit=["total"]):
        await app.ainvoke({"log": ["in"]}, config)
    t.record("async steps", [item.metadata["step"] async for item in app.checkpointer.alist(config)])
