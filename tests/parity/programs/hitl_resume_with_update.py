"""hitl: Resume with update

`Command(resume=, update=)`: the update is in the state before the node starts again, goes through the reducers,
belongs to the paused checkpoint, and is no chunk of its own.
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
    app.invoke({"x": 1}, config)
    command = Command(resume=5, update={"x": 100, "log": ["updated"]})
    t.chunks(f"{label}: resumed", app.stream(command, config, stream_mode=["values", "updates"]))
    assert app.get_state(config).values["log"] == ["first", "updated", "ask 100 5", "last"]
    t.history(f"{label}: history", app.get_state_history(config))


async def adrive(t, label, app):
    config = t.thread()
    await app.ainvoke({"x": 1}, config)
    command = Command(resume=5, update={"x": 100, "log": ["updated"]})
    t.record(f"{label}: resumed", await app.ainvoke(command, config))
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
