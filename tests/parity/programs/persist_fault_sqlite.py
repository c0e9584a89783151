"""persist: Fault recovery

A node fails, the database is closed, and another graph object goes on with `None` where the first one failed.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def graph(saver, broken):
    def shaky(state):
        if broken:
            raise RuntimeError("disk on fire")
        return {"log": ["shaky"]}

    builder = StateGraph(State)
    builder.add_node("first", lambda state: {"log": ["first"]})
    builder.add_node("shaky", shaky)
    builder.add_edge(START, "first")
    builder.add_edge("first", "shaky")
    return builder.compile(checkpointer=saver)


def main(t):
    path, config = t.sqlite_path(), t.thread()
    with SqliteSaver.from_conn_string(path) as saver, t.raises("failure", culprit=["disk on fire"]):
        graph(saver, True).invoke({"log": []}, config)
    with SqliteSaver.from_conn_string(path) as saver:
        app = graph(saver, False)
        t.snapshot("failed", app.get_state(config))
        t.record("recovered", app.invoke(None, config))
        t.history("history", app.get_state_history(config))
    asyncio.run(in_a_loop(t, path))


async def in_a_loop(t, path):
    config = t.thread()
    async with AsyncSqliteSaver.from_conn_string(path) as saver:
        with t.raises("async failure"):
            await graph(saver, True).ainvoke({"log": []}, config)
    async with AsyncSqliteSaver.from_conn_string(path) as saver:
        t.record("async recovered", await graph(saver, False).ainvoke(None, config))
