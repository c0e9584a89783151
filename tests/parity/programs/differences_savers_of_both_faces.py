"""persist: Savers

`SqliteSaver` under `ainvoke`, and `AsyncSqliteSaver` under `invoke` in the loop that opened it: there each serves one
face; here both.
"""

from __future__ import annotations

import asyncio
from typing import TypedDict

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int


def graph(saver):
    return StateGraph(State).add_node("n", lambda state: {"x": 1}).add_edge(START, "n").compile(checkpointer=saver)


def main(t):
    async def with_sync_saver():
        with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
            return await graph(saver).ainvoke({"x": 0}, t.thread())

    async def with_async_saver():
        async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
            return graph(saver).invoke({"x": 0}, t.thread())

    for label, run in (("sync saver", with_sync_saver), ("async saver", with_async_saver)):
        try:
            outcome = asyncio.run(run())
        except Exception as error:
            outcome = type(error).__name__
        t.record(label, outcome)
