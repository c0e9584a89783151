"""stream: Subgraphs

A sub-graph that asks shows its question in its own namespace and in those around it; on resume it goes on inside.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def main(t):
    def ask(state):
        return {"log": [interrupt("?")]}

    inner = StateGraph(State).add_node("first", lambda state: {"log": ["first"]}).add_node("ask", ask)
    inner = inner.add_edge(START, "first").add_edge("first", "ask").compile()
    app = StateGraph(State).add_node("sub", inner).add_node("last", lambda state: {"log": ["last"]})
    app = app.add_edge(START, "sub").add_edge("sub", "last").compile(checkpointer=t.saver())
    for modes in (["values", "updates"], ["values", "updates", "tasks", "checkpoints"]):
        for whole in (False, True):
            config = t.thread()
            label = f"{len(modes)} modes, whole {whole}"
            t.record(f"{label}: pause", list(app.stream({"x": 0}, config, stream_mode=modes, subgraphs=whole)))
            t.record(
                f"{label}: resume", list(app.stream(Command(resume="r"), config, stream_mode=modes, subgraphs=whole))
            )

    async def go(given, config):
        return [
            chunk async for chunk in app.astream(given, config, stream_mode="updates", subgraphs=True, version="v2")
        ]

    config = t.thread()
    t.record("async: pause", asyncio.run(go({"x": 0}, config)))
    t.record("async: resume", asyncio.run(go(Command(resume="r"), config)))
