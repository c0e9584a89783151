"""state: Reducers; errors: Classes

A reducer with the wrong number of parameters is refused when the graph is built; one that raises fails the run with its
own error.
"""

from __future__ import annotations

from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


def one_parameter(left):
    return left


def three_parameters(left, right, more):
    return left


def with_default(left, right, more=1):
    return left + right


def fails(left, right):
    raise ArithmeticError(f"cannot add {left} and {right}")


class One(TypedDict):
    total: Annotated[int, one_parameter]


class Three(TypedDict):
    total: Annotated[int, three_parameters]


class Fails(TypedDict):
    total: Annotated[int, fails]


def main(t):
    with t.raises("one parameter", culprit=["total"]):
        StateGraph(One)
    with t.raises("three parameters", culprit=["total"]):
        StateGraph(Three)
    app = (
        StateGraph(Fails).add_node("n", lambda state: {"total": 1}).add_edge(START, "n").compile(checkpointer=t.saver())
    )
    thread = t.thread()
    with t.raises("raises"):
        app.invoke({}, thread)
    t.record("history", [snapshot.metadata["step"] for snapshot in app.get_state_history(thread)])
