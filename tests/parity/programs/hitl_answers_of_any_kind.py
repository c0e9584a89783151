"""hitl: Resume
hitl: interrupt

Questions and answers of any kind: false ones count as answers, and containers come back as they were given.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, Any, TypedDict

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


VALUES = [0, "", False, [], 1.5, "text", ["a", 1], {"a": {"b": [1, None]}}, b"bytes"]


class State(TypedDict, total=False):
    answer: Any
    log: Annotated[list[str], operator.add]


def ask(state):
    answer = interrupt(state["answer"])
    return {"answer": answer, "log": [repr(answer)]}


def graph(saver):
    builder = StateGraph(State)
    builder.add_node("ask", ask)
    builder.add_edge(START, "ask")
    return builder.compile(checkpointer=saver)


def drive(t, label, app):
    for value in VALUES:
        config = t.thread()
        t.record(f"{label} {value!r}: paused", app.invoke({"answer": value}, config))
        t.record(f"{label} {value!r}: question", app.get_state(config).interrupts[0].value)
        t.record(f"{label} {value!r}: answered", app.invoke(Command(resume=value), config))


async def adrive(t, label, app):
    for value in VALUES[:3]:
        config = t.thread()
        await app.ainvoke({"answer": value}, config)
        t.record(f"{label} {value!r}: answered", await app.ainvoke(Command(resume=value), config))


def main(t):
    drive(t, "memory", graph(t.saver()))
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", graph(saver))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", graph(t.saver()))
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", graph(saver))
