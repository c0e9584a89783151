"""hitl: Resume with update
control: Command

`Command(resume=, goto=)`: the target runs beside the node that is answered, in the same superstep; the node's own
edge still fires.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.graph import START, StateGraph
from actograph.types import Command, Send, interrupt


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


STEP = [{"ask", "last"}]


def outline(history):
    """Without tasks: whether a paused checkpoint lists what a goto added to it is nobody's business here."""
    return [(item.metadata["source"], item.metadata["step"], item.values) for item in history]


def drive(t, label, app):
    targets = {"name": "last", "send": Send("last", {"x": 3}), "list": ["last"]}
    for name, goto in targets.items():
        config = t.thread()
        app.invoke({"x": 1}, config)
        stream = app.stream(Command(resume=5, goto=goto), config, stream_mode="updates")
        t.chunks(f"{label} {name}: resumed", stream, STEP)
        t.record(f"{label} {name}: history", outline(app.get_state_history(config)))


async def adrive(t, label, app):
    config = t.thread()
    await app.ainvoke({"x": 1}, config)
    t.record(f"{label}: resumed", await app.ainvoke(Command(resume=5, update={"x": 2}, goto="last"), config))
    t.record(f"{label}: history", outline([item async for item in app.aget_state_history(config)]))


def main(t):
    drive(t, "memory", graph(t.saver()))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", graph(saver))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", graph(t.saver()))
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", graph(saver))
