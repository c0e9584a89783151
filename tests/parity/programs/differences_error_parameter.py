"""errors: Node error handler

The name of the parameter that gets the `NodeError`: there only `error`; here any name with that annotation. Deliberate:
docs/decisions/0012.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.errors import NodeError
from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: str


def bad(state):
    raise ValueError("bad")


def named_error(state, error: NodeError):
    return {"x": error.node}


def named_failure(state, failure: NodeError):
    return {"x": failure.node}


def main(t):
    for handler in (named_error, named_failure):
        app = StateGraph(State).add_node("bad", bad, error_handler=handler).add_edge(START, "bad").compile()
        try:
            t.record(handler.__name__, app.invoke({"x": ""}))
        except Exception as error:
            t.record(handler.__name__, type(error).__name__)
