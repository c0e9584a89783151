"""errors: Classes; exec: Run parameters

The text of an error: here it names the node, the key and the remedy; its type is the same. An argument of a run that
does not exist is ignored by both, and named in a warning here. Deliberate: docs/decisions/0007.
"""

from __future__ import annotations

import warnings
from typing import TypedDict

from actograph.errors import InvalidUpdateError
from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    total: int


def main(t):
    builder = (
        StateGraph(State).add_node("left", lambda state: {"total": 1}).add_node("right", lambda state: {"total": 2})
    )
    app = builder.add_edge(START, "left").add_edge(START, "right").compile()
    try:
        app.invoke({"total": 0})
    except InvalidUpdateError as error:
        t.record("code", "INVALID_CONCURRENT_GRAPH_UPDATE" in str(error))
        t.record("names the writers", all(name in str(error) for name in ("left", "right", "total")))

    one = StateGraph(State).add_node("n", lambda state: {"total": 1}).add_edge(START, "n").compile()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        t.record("result", one.invoke({"total": 0}, user="me"))
    t.record("warned", [warning.category.__name__ for warning in caught])
    try:
        t.record("print mode", one.invoke({"total": 0}, print_mode="dreams"))
    except ValueError as error:
        t.record("print mode", type(error).__name__)
