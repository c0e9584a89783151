"""stream: custom

Custom chunks reach the reader while the node still runs, sync and async.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    answered: bool


def main(t):
    heard = threading.Event()

    def asks(state, writer):
        writer("can you hear me")
        return {"answered": heard.wait(5)}

    app = StateGraph(State).add_node("asks", asks).add_edge(START, "asks").compile()
    seen = []
    for chunk in app.stream({}, stream_mode=["custom", "updates"]):
        seen.append(chunk)
        heard.set()
    t.chunks("sync", seen)

    async def go():
        heard = asyncio.Event()

        async def asks(state, writer):
            writer("can you hear me")
            await asyncio.wait_for(heard.wait(), 5)
            return {"answered": True}

        app = StateGraph(State).add_node("asks", asks).add_edge(START, "asks").compile()
        seen = []
        async for chunk in app.astream({}, stream_mode=["custom", "updates"]):
            seen.append(chunk)
            heard.set()
        return seen

    t.chunks("async", asyncio.run(go()))
