"""hitl: interrupt

Without a checkpointer a question still ends the run and shows in the result; an answer is refused.
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


def ask(state):
    answer = interrupt("x?")
    return {"x": answer, "log": [f"ask {state['x']} {answer}"]}


def graph(saver):
    builder = StateGraph(State)
    builder.add_node("first", lambda state: {"log": ["first"]})
    builder.add_node("ask", ask)
    builder.add_node("last", lambda state: {"log": ["last"]})
    builder.add_edge(START, "first")
    builder.add_edge("first", "ask")
    builder.add_edge("ask", "last")
    return builder.compile(checkpointer=saver)


def main(t):
    app = graph(None)
    t.record("paused", app.invoke({"x": 1}))
    t.chunks("chunks", app.stream({"x": 1}, stream_mode=["values", "updates"]))
    with t.raises("resume"):
        app.invoke(Command(resume=1))
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    t.record("async paused", await app.ainvoke({"x": 1}))
    with t.raises("async resume"):
        await app.ainvoke(Command(resume=1))
