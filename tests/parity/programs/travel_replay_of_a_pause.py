"""travel: Replay
hitl: interrupt

Replaying from before, or at, a question that was answered: it is asked again under a new id, and another answer makes
another branch.
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
    builder.add_node("a", lambda state: {"log": ["a"]})
    builder.add_node("ask", ask)
    builder.add_node("last", lambda state: {"log": ["last"]})
    builder.add_edge(START, "a")
    builder.add_edge("a", "ask")
    builder.add_edge("ask", "last")
    return builder.compile(checkpointer=saver)


def standing_before(history, node):
    return next(item for item in history if item.next == (node,))


def drive(t, label, app):
    for node in ("ask", "a"):
        config = t.thread()
        app.invoke({"x": 0}, config)
        app.invoke(Command(resume=1), config)
        past = standing_before(app.get_state_history(config), node)
        t.chunks(f"{label} {node}: replay", app.stream(None, past.config, stream_mode=["values", "updates"]))
        t.history(f"{label} {node}: asked again", app.get_state_history(config))
        t.record(f"{label} {node}: other answer", app.invoke(Command(resume=2), config))
        t.history(f"{label} {node}: history", app.get_state_history(config))


async def adrive(t, label, app):
    config = t.thread()
    await app.ainvoke({"x": 0}, config)
    await app.ainvoke(Command(resume=1), config)
    past = standing_before([item async for item in app.aget_state_history(config)], "ask")
    fork = await app.aupdate_state(past.config, {"log": ["forked"]})
    t.record(f"{label}: asked again", await app.ainvoke(None, fork))
    t.record(f"{label}: other answer", await app.ainvoke(Command(resume=2), config))
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
