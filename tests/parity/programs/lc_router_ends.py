"""exec: Config keys

The chain run of a router ends however the router does: with a question, a failure or a cancellation, sync and async.
"""

from __future__ import annotations

import asyncio
from typing import TypedDict

from actograph.checkpoint.memory import InMemorySaver
from actograph.graph import END, START, StateGraph
from actograph.types import interrupt
from langchain_core.callbacks import AsyncCallbackHandler


class State(TypedDict):
    x: int


class Listener(AsyncCallbackHandler):
    def __init__(self):
        self.heard = []
        self.names = {}

    async def on_chain_start(self, serialized, inputs, *, run_id, name=None, **kwargs):
        self.names[run_id] = name
        self.heard.append(("start", name))

    async def on_chain_end(self, outputs, *, run_id, **kwargs):
        self.heard.append(("end", self.names[run_id]))

    async def on_chain_error(self, error, *, run_id, **kwargs):
        self.heard.append(("error", self.names[run_id], type(error).__name__))


async def node(state):
    return {"x": 1}


async def main(t):
    reached = asyncio.Event()

    def asks(state):
        interrupt("q")
        return END

    async def aasks(state):
        interrupt("q")
        return END

    async def fails(state):
        raise ValueError("no way")

    async def waits(state):
        reached.set()
        await asyncio.Event().wait()

    for router in (asks, aasks, fails, waits):
        listener = Listener()
        graph = StateGraph(State).add_node("node", node).add_edge(START, "node").add_conditional_edges("node", router)
        app = graph.compile(checkpointer=InMemorySaver())
        config = {"configurable": {"thread_id": "1"}, "callbacks": [listener]}
        run = asyncio.ensure_future(app.ainvoke({"x": 0}, config))
        if router is waits:
            await reached.wait()
            run.cancel()
        await asyncio.gather(run, return_exceptions=True)
        t.record(router.__name__, listener.heard)
