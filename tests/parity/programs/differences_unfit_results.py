"""state: Reducers; persist: get_state while paused or failed

A thread on which a node returned what the reducer cannot take: there its state cannot be read any more; here it can, and be mended.
Deliberate: docs/decisions/0012.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    app = StateGraph(State).add_node("n", lambda state: {"log": 5}).add_edge(START, "n").compile(checkpointer=t.saver())
    thread = t.thread()
    with t.raises("run"):
        app.invoke({"log": ["in"]}, thread)
    try:
        t.record("read", [app.get_state(thread).values, app.get_state(thread).next])
    except Exception as error:
        t.record("read", type(error).__name__)
    app.update_state(thread, {"log": ["mended"]}, as_node="n")
    t.record("mended", app.get_state(thread).values)
