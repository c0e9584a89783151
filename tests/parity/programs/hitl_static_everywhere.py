"""hitl: Static breakpoints

`"*"` stops before, or after, every node; stops before one node and after the one before it are one stop.
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


CASES = {
    "before all": {"interrupt_before": "*"},
    "after all": {"interrupt_after": "*"},
    "on both sides": {"interrupt_before": ["b", "c"], "interrupt_after": ["b"]},
    "first and last": {"interrupt_before": ["a"], "interrupt_after": ["c"]},
}
MODES = ["values", "updates"]


def main(t):
    for name, breakpoints in CASES.items():
        app = graph(t.saver(), **breakpoints)
        config = t.thread()
        for number in range(6):
            stream = app.stream({"x": 0} if number == 0 else None, config, stream_mode=MODES)
            t.chunks(f"{name}: {number}", stream)
            t.record(f"{name}: next {number}", app.get_state(config).next)
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    app = graph(t.saver(), interrupt_before="*")
    config = t.thread()
    for number in range(5):
        t.record(f"async {number}", await app.ainvoke({"x": 0} if number == 0 else None, config))
        t.record(f"async next {number}", (await app.aget_state(config)).next)
