"""hitl: Static breakpoints
exec: Run parameters

Breakpoints given to a run: they hold for that run, stand in for those of compile, and unknown names are ignored; at
compile an unknown name is an error.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

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
    app = graph(t.saver())
    config = t.thread()
    t.chunks("before c", app.stream({"x": 0}, config, stream_mode="updates", interrupt_before=["c"]))
    t.record("continued", app.invoke(None, config))
    config = t.thread()
    t.record("after a", app.invoke({"x": 0}, config, interrupt_after=["a"]))
    t.record("all, once more", app.invoke(None, config, interrupt_after="*"))
    t.record("to the end", app.invoke(None, config))
    t.record("unknown name", app.invoke({"x": 0}, t.thread(), interrupt_before=["nobody"]))

    app = graph(t.saver(), interrupt_before=["b"])
    t.record("in place of those of compile", app.invoke({"x": 0}, t.thread(), interrupt_before=["c"]))
    with t.raises("unknown at compile", culprit=["nobody"]):
        graph(t.saver(), interrupt_before=["nobody"])
    with t.raises("unknown at compile, after", culprit=["nobody"]):
        graph(t.saver(), interrupt_after=["nobody"])
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    app = graph(t.saver())
    config = t.thread()
    t.record("async before b", await app.ainvoke({"x": 0}, config, interrupt_before=["b"]))
    stream = app.astream(None, config, interrupt_after=["b"], stream_mode="updates")
    t.chunks("async after b", [chunk async for chunk in stream])
    t.snapshot("async snapshot", await app.aget_state(config))
