"""stream: Several modes; errors: Classes

What the reader gets before a node's error: all chunks of earlier steps, the custom chunks of the failing task, the
updates of siblings that were done; then the error itself, and the stream is over.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def fails(state, writer):
    writer("about to fail")
    raise ValueError("as it said")


async def afails(state, writer):
    writer("about to fail")
    await asyncio.sleep(0.01)
    raise ValueError("as it said")


async def done(state):
    return {"log": ["done"]}


def main(t):
    builder = StateGraph(State).add_node("ok", lambda state: {"log": ["ok"]}).add_node("fails", fails)
    app = builder.add_edge(START, "ok").add_edge("ok", "fails").compile()
    seen, stream = [], app.stream({"log": ["in"]}, stream_mode=["values", "updates", "custom"])
    with t.raises("sync"):
        for chunk in stream:
            seen.append(chunk)
    t.chunks("sync, chunks", seen)
    t.record("over", list(stream))

    async def go():
        seen = []
        builder = StateGraph(State).add_node("done", done).add_node("fails", afails)
        app = builder.add_edge(START, "done").add_edge(START, "fails").compile()
        with t.raises("async"):
            async for chunk in app.astream({"log": ["in"]}, stream_mode=["values", "updates", "custom"]):
                seen.append(chunk)
        return seen

    t.chunks("async, chunks", asyncio.run(go()), parallel=[{"done", "about to fail"}])
