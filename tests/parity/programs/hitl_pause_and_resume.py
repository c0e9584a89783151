"""hitl: interrupt
hitl: Resume
exec: invoke result

A node asks, the run pauses: `__interrupt__` in the result, the question in the snapshot, no checkpoint for the pause
itself. The same thread goes on with `Command(resume=)`: the node runs again from its first line and gets the answer.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.graph import END, START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    answer: int
    log: Annotated[list[str], operator.add]


def ask(state):
    answer = interrupt("how many?")
    return {"answer": answer, "log": [f"asked, got {answer}"]}


def graph(saver):
    builder = StateGraph(State)
    builder.add_node("first", lambda state: {"log": ["first"]})
    builder.add_node("ask", ask)
    builder.add_node("last", lambda state: {"log": ["last"]})
    builder.add_edge(START, "first")
    builder.add_edge("first", "ask")
    builder.add_edge("ask", "last")
    builder.add_edge("last", END)
    return builder.compile(checkpointer=saver)


def drive(t, label, app):
    config = t.thread()
    t.record(f"{label}: paused", app.invoke({"answer": 0}, config))
    t.snapshot(f"{label}: snapshot while paused", app.get_state(config))
    t.history(f"{label}: history while paused", app.get_state_history(config))
    t.record(f"{label}: resumed", app.invoke(Command(resume=5), config))
    t.snapshot(f"{label}: snapshot at the end", app.get_state(config))
    t.history(f"{label}: history at the end", app.get_state_history(config))


async def adrive(t, label, app):
    config = t.thread()
    t.record(f"{label}: paused", await app.ainvoke({"answer": 0}, config))
    t.snapshot(f"{label}: snapshot while paused", await app.aget_state(config))
    t.record(f"{label}: resumed", await app.ainvoke(Command(resume=5), config))
    t.history(f"{label}: history at the end", [item async for item in app.aget_state_history(config)])


def main(t):
    drive(t, "memory", graph(t.saver()))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", graph(saver))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", graph(t.saver()))
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", graph(saver))
