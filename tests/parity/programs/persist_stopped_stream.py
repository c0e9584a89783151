"""persist: When
exec: Run methods

A reader that stops after a chunk stops the run: the superstep of that chunk is stored, the next has not run, and
`None` goes on.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def graph(saver):
    builder = StateGraph(State)
    for name in ("a", "b", "c"):
        builder.add_node(name, lambda state, name=name: {"log": [name]})
    builder.add_edge(START, "a")
    builder.add_edge("a", "b")
    builder.add_edge("b", "c")
    return builder.compile(checkpointer=saver)


def main(t):
    app = graph(t.saver())
    config = t.thread()
    for chunk in app.stream({"x": 1}, config, stream_mode="updates"):
        t.record("first chunk", chunk)
        break
    t.history("stopped", app.get_state_history(config))
    t.record("continued", app.invoke(None, config))
    config = t.thread()
    stream = app.stream({"x": 1}, config, stream_mode="values", durability="sync")
    t.record("first values", next(stream))
    t.record("second values", next(stream))
    stream.close()
    t.history("closed", app.get_state_history(config))
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    config = t.thread()
    stream = app.astream({"x": 1}, config, stream_mode="updates", durability="sync")
    t.record("async first chunk", await anext(stream))
    await stream.aclose()
    t.history("async closed", [item async for item in app.aget_state_history(config)])
    t.record("async continued", await app.ainvoke(None, config))
