"""stream: tasks; stream: checkpoints; stream: debug

A reader that stops at a chunk that announces a superstep: there nothing of it has run; here it has, since the engine
waits for its reader between supersteps, not inside of them. Deliberate: docs/decisions/0013.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    for mode in ("values", "updates", "tasks", "checkpoints"):
        builder = StateGraph(State)
        for name in "abc":
            builder.add_node(name, lambda state, name=name: {"log": [name]})
        builder.add_edge(START, "a").add_edge("a", "b").add_edge("b", "c")
        app = builder.compile(checkpointer=t.saver())
        thread = t.thread()
        chunks = app.stream({"log": ["in"]}, thread, stream_mode=mode)
        next(chunks)
        chunks.close()
        t.record(f"{mode}: next", app.get_state(thread).next)
        app.invoke(None, thread)
        t.record(f"{mode}: end", app.get_state(thread).values)
