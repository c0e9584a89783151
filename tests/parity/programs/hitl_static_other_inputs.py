"""hitl: Static breakpoints
hitl: New input while paused

At a breakpoint, a resume value goes on as `None` does, and a new input starts over, up to the breakpoint. Without a
checkpointer a breakpoint ends the run.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command


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


def main(t):
    app = graph(t.saver(), interrupt_before=["b"])
    config = t.thread()
    app.invoke({"x": 0}, config)
    t.chunks("resume value", app.stream(Command(resume="unused"), config, stream_mode=MODES))
    config = t.thread()
    app.invoke({"x": 0}, config)
    t.chunks("new input", app.stream({"x": 1}, config, stream_mode=MODES))
    t.history("history", app.get_state_history(config))
    app = graph(None, interrupt_before=["b"])
    t.record("no checkpointer", app.invoke({"x": 0}))
    t.chunks("no checkpointer, chunks", app.stream({"x": 0}, stream_mode=MODES))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    app = graph(t.saver(), interrupt_after=["a"])
    config = t.thread()
    await app.ainvoke({"x": 0}, config)
    t.record("async new input", await app.ainvoke({"x": 1}, config))
    t.record("async resume value", await app.ainvoke(Command(resume="unused"), config))
    t.history("async history", [item async for item in app.aget_state_history(config)])
