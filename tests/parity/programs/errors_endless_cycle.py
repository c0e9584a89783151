"""control: Loops, recursion limit

A cycle that never ends is stopped by the limit, with and without a checkpointer; what it did so far is in the state.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.errors import GraphRecursionError
from actograph.graph import START, StateGraph
from actograph.types import Command


class State(TypedDict, total=False):
    log: Annotated[list[int], operator.add]


def graph(saver, edges):
    builder = StateGraph(State)
    if edges:
        builder.add_node("step", lambda state: {"log": [len(state["log"])]})
        builder.add_conditional_edges("step", lambda state: "step", ["step"])
    else:
        builder.add_node("step", lambda state: Command(goto="step", update={"log": [len(state["log"])]}))
    builder.add_edge(START, "step")
    return builder.compile(checkpointer=saver)


def main(t):
    for edges in (True, False):
        app = graph(t.saver(), edges)
        config = {**t.thread(), "recursion_limit": 7}
        with t.raises(f"{edges}: error", culprit=["7"]):
            app.invoke({"log": []}, config)
        t.snapshot(f"{edges}: snapshot", app.get_state(config))
        try:
            graph(None, edges).invoke({"log": []}, {"recursion_limit": 3})
        except GraphRecursionError as error:
            t.record(f"{edges}: class", isinstance(error, RecursionError))
    asyncio.run(in_a_loop(t))


async def in_a_loop(t):
    app = graph(None, True)
    chunks = []
    with t.raises("async error", culprit=["3"]):
        async for chunk in app.astream({"log": []}, {"recursion_limit": 3}, stream_mode=["values", "updates"]):
            chunks.append(chunk)
    t.chunks("async chunks", chunks)
