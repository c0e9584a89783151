"""durability: Modes
hitl: Resume

Under `exit` a pause and a breakpoint are stored when they end the run, and the thread goes on from there.
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
    return {"x": interrupt("x?"), "log": ["ask"]}


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
    t.record(f"{label}: paused", app.invoke({"x": 1}, config, durability="exit"))
    t.history(f"{label}: history while paused", app.get_state_history(config))
    t.record(f"{label}: answered", app.invoke(Command(resume=3), config, durability="exit"))
    t.record(
        f"{label}: steps", [(s.metadata["source"], s.metadata["step"], s.next) for s in app.get_state_history(config)]
    )
    config = t.thread()
    t.record(f"{label}: stopped", app.invoke({"x": 1}, config, durability="exit", interrupt_before=["ask"]))
    t.history(f"{label}: history at the stop", app.get_state_history(config))
    t.record(f"{label}: asked", app.invoke(None, config, durability="exit"))
    t.record(f"{label}: end", app.invoke(Command(resume=4), config, durability="exit"))


async def adrive(t, label, app):
    config = t.thread()
    t.record(f"{label}: paused", await app.ainvoke({"x": 1}, config, durability="exit"))
    t.record(f"{label}: answered", await app.ainvoke(Command(resume=3), config, durability="sync"))
    found = [item async for item in app.aget_state_history(config)]
    t.record(f"{label}: steps", [(s.metadata["source"], s.metadata["step"], s.next) for s in found])


def main(t):
    drive(t, "memory", graph(t.saver()))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", graph(saver))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", graph(t.saver()))
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", graph(saver))
