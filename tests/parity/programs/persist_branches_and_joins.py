"""persist: When
persist: PregelTask

Checkpoints of a graph with parallel nodes, a join and `Send`s: the tasks of each superstep, their paths and results.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.checkpoint.sqlite import SqliteSaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.graph import START, StateGraph
from actograph.types import Send


class State(TypedDict, total=False):
    items: list[int]
    log: Annotated[list[str], operator.add]


def graph(saver):
    builder = StateGraph(State)
    builder.add_node("split", lambda state: {"items": [1, 2, 3]})
    builder.add_node("other", lambda state: {"log": ["other"]})
    builder.add_node("work", lambda state: {"log": [f"work {state['item']}"]})
    builder.add_node("join", lambda state: None)
    builder.add_edge(START, "split")
    builder.add_edge("split", "other")
    builder.add_conditional_edges("split", lambda state: [Send("work", {"item": n}) for n in state["items"]], ["work"])
    builder.add_edge(["work", "other"], "join")
    return builder.compile(checkpointer=saver)


def drive(t, label, app):
    config = t.thread()
    t.record(f"{label}: result", app.invoke({"log": []}, config))
    t.history(f"{label}: history", app.get_state_history(config))


async def adrive(t, label, app):
    config = t.thread()
    t.record(f"{label}: result", await app.ainvoke({"log": []}, config))
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
