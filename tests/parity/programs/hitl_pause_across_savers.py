"""hitl: interrupt
persist: Savers

A run pauses, its database is closed, and another graph object on another connection answers: sync first, async
second, and the other way round is the same file in the same state.
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


def main(t):
    path = t.sqlite_path()
    config = t.thread()
    with SqliteSaver.from_conn_string(path) as saver:
        t.record("paused", graph(saver).invoke({"x": 1}, config))
    with SqliteSaver.from_conn_string(path) as saver:
        t.snapshot("reopened", graph(saver).get_state(config))
    other = t.thread()
    asyncio.run(in_a_loop(t, path, config, other))
    with SqliteSaver.from_conn_string(path) as saver:
        app = graph(saver)
        t.record("the async pause answered", app.invoke(Command(resume=8), other))
        t.history("history", app.get_state_history(config))
        t.history("other history", app.get_state_history(other))


async def in_a_loop(t, path, config, other):
    async with AsyncSqliteSaver.from_conn_string(path) as saver:
        app = graph(saver)
        t.record("answered", await app.ainvoke(Command(resume=7), config))
        t.record("async paused", await app.ainvoke({"x": 2}, other))
