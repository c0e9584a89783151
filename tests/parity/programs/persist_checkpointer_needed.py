"""persist: Checkpointer
errors: Classes

A compiled checkpointer needs a thread id; state methods need a checkpointer.
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
    with t.raises("invoke, no config", culprit=["thread_id"]):
        app.invoke({"x": 1})
    with t.raises("invoke, no thread", culprit=["thread_id"]):
        app.invoke({"x": 1}, {"configurable": {}})
    with t.raises("stream, no thread", culprit=["thread_id"]):
        list(app.stream({"x": 1}, {"configurable": {}}))
    bare = graph(None)
    t.record("no checkpointer", bare.invoke({"x": 1}))
    t.record("no checkpointer, thread id", bare.invoke({"x": 1}, t.thread()))
    with t.raises("get_state", culprit=["checkpointer"]):
        bare.get_state(t.thread())
    with t.raises("get_state_history", culprit=["checkpointer"]):
        list(bare.get_state_history(t.thread()))
    with t.raises("update_state", culprit=["checkpointer"]):
        bare.update_state(t.thread(), {"x": 1})
    asyncio.run(in_a_loop(t, app, bare))


async def in_a_loop(t, app, bare):
    with t.raises("async invoke", culprit=["thread_id"]):
        await app.ainvoke({"x": 1})
    with t.raises("async stream", culprit=["thread_id"]):
        [chunk async for chunk in app.astream({"x": 1})]
    with t.raises("async get_state", culprit=["checkpointer"]):
        await bare.aget_state(t.thread())
    with t.raises("async get_state_history", culprit=["checkpointer"]):
        [item async for item in bare.aget_state_history(t.thread())]
    with t.raises("async update_state", culprit=["checkpointer"]):
        await bare.aupdate_state(t.thread(), {"x": 1})
