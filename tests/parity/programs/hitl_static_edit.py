"""hitl: Static breakpoints
travel: update_state

Edit the state at a breakpoint, then go on: the update is a checkpoint of its own, `next` stays, and the stop is not
made twice.
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
    app = graph(t.saver(), interrupt_before=["b"])
    config = t.thread()
    app.invoke({"x": 0}, config)
    app.update_state(config, {"x": 9, "log": ["edited"]})
    t.snapshot("edited", app.get_state(config))
    t.chunks("continued", app.stream(None, config, stream_mode=["values", "updates"]))
    t.history("history", app.get_state_history(config))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    app = graph(t.saver(), interrupt_after=["a"])
    config = t.thread()
    await app.ainvoke({"x": 0}, config)
    await app.aupdate_state(config, {"x": 9, "log": ["edited"]})
    t.snapshot("async edited", await app.aget_state(config))
    t.record("async continued", await app.ainvoke(None, config))
    t.history("async history", [item async for item in app.aget_state_history(config)])
