"""hitl: Static breakpoints

A breakpoint on one of two parallel nodes stops both; the superstep runs as a whole when the run goes on.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def graph(saver, **breakpoints):
    builder = StateGraph(State)
    for name in ("a", "left", "right", "end"):
        builder.add_node(name, lambda state, name=name: {"log": [name]})
    builder.add_edge(START, "a")
    builder.add_edge("a", "left")
    builder.add_edge("a", "right")
    builder.add_edge(["left", "right"], "end")
    return builder.compile(checkpointer=saver, **breakpoints)


STEP = [{"left", "right"}]


def main(t):
    for where in ("interrupt_before", "interrupt_after"):
        app = graph(t.saver(), **{where: ["right"]})
        config = t.thread()
        t.chunks(f"{where}: to the stop", app.stream({"log": []}, config, stream_mode="updates"), STEP)
        t.snapshot(f"{where}: snapshot", app.get_state(config))
        t.chunks(f"{where}: continued", app.stream(None, config, stream_mode="updates"), STEP)
        t.history(f"{where}: history", app.get_state_history(config))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    app = graph(t.saver(), interrupt_before=["left", "end"])
    config = t.thread()
    for number in range(3):
        t.record(f"async {number}", await app.ainvoke({"log": []} if number == 0 else None, config))
        t.record(f"async next {number}", (await app.aget_state(config)).next)
