"""hitl: New input while paused
state: Input rules

An answer on a thread with nothing to answer: a finished thread gives its state and runs nothing; an empty thread
starts as from `{}`.
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
    app = graph(t.saver())
    config = t.thread()
    app.invoke({"x": 1}, config)
    app.invoke(Command(resume=2), config)
    t.record("finished, answer", app.invoke(Command(resume=3), config))
    t.chunks("finished, chunks", app.stream(Command(resume=3), config, stream_mode=["values", "updates"]))
    t.record("finished, None", app.invoke(None, config))
    t.chunks("finished, None, chunks", app.stream(None, config, stream_mode=["values", "updates"]))
    t.record("checkpoints", [item.metadata["step"] for item in app.get_state_history(config)])
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    app = graph(t.saver())
    config = t.thread()
    await app.ainvoke({"x": 1}, config)
    await app.ainvoke(Command(resume=2), config)
    t.record("async finished, answer", await app.ainvoke(Command(resume=3), config))
    t.record("async finished, None", await app.ainvoke(None, config))
    t.record("async checkpoints", [item.metadata["step"] async for item in app.aget_state_history(config)])
