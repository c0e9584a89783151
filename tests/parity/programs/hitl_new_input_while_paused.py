"""hitl: New input while paused

A plain input on a paused thread starts a new run from START with the state so far; the old question stays in the
history, unanswered, and a resume goes to the new one.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
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


def drive(t, label, app):
    config = t.thread()
    old = app.invoke({"x": 1}, config)["__interrupt__"][0]
    t.chunks(f"{label}: new input", app.stream({"x": 2}, config, stream_mode=["values", "updates"]))
    new = app.get_state(config).interrupts[0]
    assert old.id != new.id
    t.record(f"{label}: ids", [old.id, new.id])
    t.history(f"{label}: history", app.get_state_history(config))
    t.record(f"{label}: resumed", app.invoke(Command(resume=7), config))
    t.snapshot(f"{label}: end", app.get_state(config))


async def adrive(t, label, app):
    config = t.thread()
    await app.ainvoke({"x": 1}, config)
    t.record(f"{label}: new input", await app.ainvoke({"x": 2}, config))
    t.record(f"{label}: empty input", await app.ainvoke({}, config))
    t.record(f"{label}: resumed", await app.ainvoke(Command(resume=7), config))
    t.history(f"{label}: history", [item async for item in app.aget_state_history(config)])


def main(t):
    drive(t, "memory", graph(t.saver()))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", graph(saver))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", graph(t.saver()))
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", graph(saver))
