"""control: Loops, recursion limit
errors: Codes

The limit counts supersteps of a run: at n a chain of n nodes has run but the run fails, at n + 1 it passes; what ran
is stored and `None` goes on; a limit under 1 is refused.
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
        builder.add_node(name, lambda state, name=name: {"log": [f"{name}{state['x']}"]})
    builder.add_edge(START, "a")
    builder.add_edge("a", "b")
    builder.add_edge("b", "c")
    return builder.compile(checkpointer=saver)


def main(t):
    app = graph(t.saver())
    for limit in (1, 2, 3, 4):
        config = {**t.thread(), "recursion_limit": limit}
        if limit < 4:
            with t.raises(f"{limit}: error", culprit=[str(limit), "recursion_limit"]):
                app.invoke({"x": 0}, config)
        else:
            t.record(f"{limit}: result", app.invoke({"x": 0}, config))
        t.snapshot(f"{limit}: snapshot", app.get_state(config))
        t.record(f"{limit}: continued", app.invoke(None, {"configurable": config["configurable"]}))
    for limit in (0, -1):
        with t.raises(f"limit {limit}", culprit=["recursion_limit"]):
            app.invoke({"x": 0}, {**t.thread(), "recursion_limit": limit})
    with t.raises("while streaming"):
        chunks = []
        for chunk in app.stream({"x": 0}, {**t.thread(), "recursion_limit": 2}, stream_mode=["values", "updates"]):
            chunks.append(chunk)
    t.chunks("chunks before it", chunks)
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    config = {**t.thread(), "recursion_limit": 2}
    with t.raises("async error", culprit=["2"]):
        await app.ainvoke({"x": 0}, config)
    t.snapshot("async snapshot", await app.aget_state(config))
    with t.raises("async limit 0"):
        await app.ainvoke({"x": 0}, {**t.thread(), "recursion_limit": 0})
