"""subgraph: Checkpointer

A sub-graph inherits the parent's saver, also when it has one of its own; given a thread of its own it is a run of its own, with its own
saver or none; without a saver around it nothing is stored. Memory, SQLite, sync and async.
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


def chain(*nodes, **options):
    builder = StateGraph(State).add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).compile(**options)


def says(name):
    return name, lambda state: {"log": [name]}


def spaces(saver, config):
    found = [(entry.config["configurable"]["checkpoint_ns"], entry.metadata["step"]) for entry in saver.list(config)]
    return sorted(found, key=lambda entry: (bool(entry[0]), entry[1]))


def main(t):
    own, saver, config = t.saver(), t.saver(), t.thread()
    kept = chain(says("one"), checkpointer=own)
    app = chain(says("first"), ("sub", kept), checkpointer=saver)
    t.record("own saver", [app.invoke({}, config), spaces(saver, config), spaces(own, config)])

    elsewhere = {"configurable": {"thread_id": "elsewhere"}}
    app = chain(("sub", lambda state: {"log": kept.invoke({"log": ["in"]}, elsewhere)["log"]}), checkpointer=saver)
    config = t.thread()
    t.record("own thread", [app.invoke({}, config), spaces(saver, config), spaces(own, elsewhere)])
    t.record("own thread again", [app.invoke({}, config), spaces(own, elsewhere)])

    bare = chain(says("one"))
    app = chain(("sub", lambda state: {"log": bare.invoke({"log": ["in"]}, elsewhere)["log"]}), checkpointer=saver)
    config = t.thread()
    t.record("own thread, no saver", [app.invoke({}, config), spaces(saver, config), spaces(saver, elsewhere)])

    config = t.thread()
    app = chain(("sub", kept))
    t.record("no saver around it", [app.invoke({}, config), spaces(own, config)])

    with SqliteSaver.from_conn_string(t.sqlite_path()) as sqlite:
        config = t.thread()
        app = chain(says("first"), ("sub", bare), checkpointer=sqlite)
        t.record("sqlite", [app.invoke({}, config), spaces(sqlite, config)])
        t.history("sqlite history", app.get_state_history(config))
    asyncio.run(in_a_loop(t, bare))


async def in_a_loop(t, bare):
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as sqlite:
        config = t.thread()
        app = chain(says("first"), ("sub", bare), checkpointer=sqlite)
        t.record("async sqlite", await app.ainvoke({}, config))
        t.record("async spaces", [entry.config async for entry in sqlite.alist(config)])
        t.history("async history", [found async for found in app.aget_state_history(config)])
