"""persist: Savers

A database file outlives its connection and its graph object; `:memory:` does not; `setup()` may be called any number
of times.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def graph(saver, **breakpoints):
    builder = StateGraph(State)
    for name in ("a", "b", "c"):
        builder.add_node(name, lambda state, name=name: {"log": [name]})
    builder.add_edge(START, "a")
    builder.add_edge("a", "b")
    builder.add_edge("b", "c")
    return builder.compile(checkpointer=saver, **breakpoints)


def main(t):
    path, config = t.sqlite_path(), t.thread()
    with SqliteSaver.from_conn_string(path) as saver:
        saver.setup()
        saver.setup()
        t.record("stopped", graph(saver, interrupt_before=["b"]).invoke({"x": 1}, config))
    with SqliteSaver.from_conn_string(path) as saver:
        app = graph(saver, interrupt_before=["b"])
        t.snapshot("reopened", app.get_state(config))
        t.record("continued", app.invoke(None, config))
    with SqliteSaver.from_conn_string(path) as saver:
        t.history("history", graph(saver).get_state_history(config))
    for number in range(2):
        with SqliteSaver.from_conn_string(":memory:") as saver:
            app = graph(saver)
            t.record(f"memory {number}: before", app.get_state(config).values)
            t.record(f"memory {number}: after", app.invoke({"x": 1}, config))
            t.record(f"memory {number}: again", app.invoke({}, config))
    asyncio.run(in_a_loop(t, path, config))


async def in_a_loop(t, path, config):
    async with AsyncSqliteSaver.from_conn_string(path) as saver:
        await saver.setup()
        t.snapshot("async reopened", await graph(saver).aget_state(config))
        t.record("async run", await graph(saver).ainvoke({}, config))
    async with AsyncSqliteSaver.from_conn_string(":memory:") as saver:
        t.record("async memory", await graph(saver).ainvoke({"x": 1}, config))
        t.snapshot("async memory snapshot", await graph(saver).aget_state(config))
