"""hitl: Static breakpoints
stream: updates

`interrupt_before` at compile: the run stops there without a question (`__interrupt__` is `()` in updates and absent
from the result), `next` says where it stands, and `None` goes on.
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


MODES = ["values", "updates"]


def drive(t, label, saver):
    app = graph(saver, interrupt_before=["b"])
    config = t.thread()
    t.chunks(f"{label}: to the stop", app.stream({"x": 0}, config, stream_mode=MODES))
    t.snapshot(f"{label}: snapshot", app.get_state(config))
    assert app.get_state(config).next == ("b",)
    t.chunks(f"{label}: continued", app.stream(None, config, stream_mode=MODES))
    t.history(f"{label}: history", app.get_state_history(config))
    config = t.thread()
    t.record(f"{label}: result at the stop", app.invoke({"x": 0}, config))
    t.record(f"{label}: result at the end", app.invoke(None, config))
    t.record(f"{label}: nothing left", app.invoke(None, config))
    t.record(f"{label}: updates at the stop", app.invoke({"x": 0}, t.thread(), stream_mode="updates"))


async def adrive(t, label, saver):
    app = graph(saver, interrupt_before=["b"])
    config = t.thread()
    stream = app.astream({"x": 0}, config, stream_mode=MODES)
    t.chunks(f"{label}: to the stop", [chunk async for chunk in stream])
    t.snapshot(f"{label}: snapshot", await app.aget_state(config))
    t.record(f"{label}: result at the end", await app.ainvoke(None, config))
    t.history(f"{label}: history", [item async for item in app.aget_state_history(config)])


def main(t):
    drive(t, "memory", t.saver())
    with SqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        drive(t, "sqlite", saver)
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    await adrive(t, "async memory", t.saver())
    async with AsyncSqliteSaver.from_conn_string(t.sqlite_path()) as saver:
        await adrive(t, "async sqlite", saver)
