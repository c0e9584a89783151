"""runtime: Drain

A node that calls a graph under `except Exception` while a drain is asked for: there the handler swallows the drain of
the graph inside; here it passes, as every signal does. Deliberate: docs/decisions/0004.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.errors import GraphDrained
from actograph.graph import START, StateGraph
from actograph.runtime import RunControl, Runtime


class State(TypedDict, total=False):
    x: str


def main(t):
    def asks(state, runtime: Runtime):
        runtime.control.request_drain("enough")
        return {"x": "asked"}

    inner = StateGraph(State).add_sequence([("asks", asks), ("rest", lambda state: {"x": "rest"})])
    inner = inner.add_edge(START, "asks").compile()

    def broad(state):
        try:
            return inner.invoke({"x": "in"})
        except Exception as error:
            return {"x": f"swallowed {type(error).__name__}"}

    app = StateGraph(State).add_node("broad", broad).add_edge(START, "broad").compile(checkpointer=t.saver())
    thread = t.thread()
    try:
        outcome = app.invoke({"x": "in"}, thread, control=RunControl())
    except GraphDrained as error:
        outcome = f"drained: {error.reason}"
    t.record("outcome", outcome)
    t.record("next", app.get_state(thread).next)
