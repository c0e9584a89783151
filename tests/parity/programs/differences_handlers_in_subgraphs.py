"""errors: Node error handler; control: Parent navigation

An error handler inside a sub-graph that goes to a node of the parent, and the namespace of what a handler writes to
the stream. Deliberate: docs/decisions/0012.
"""

from __future__ import annotations

from typing import TypedDict

from actograph.config import get_stream_writer
from actograph.errors import NodeError
from actograph.graph import START, StateGraph
from actograph.types import Command


class State(TypedDict, total=False):
    x: str


def bad(state):
    raise ValueError("bad")


def leaves(state, error: NodeError):
    return Command(graph=Command.PARENT, goto="rescue", update={"x": "from the handler"})


def says(state, error: NodeError):
    get_stream_writer()("handled")
    return {"x": "said"}


def main(t):
    sub = StateGraph(State).add_node("bad", bad, error_handler=leaves).add_edge(START, "bad").compile()
    builder = StateGraph(State).add_node("sub", sub, destinations=("rescue",)).add_edge(START, "sub")
    app = builder.add_node("rescue", lambda state: {"x": state["x"] + ", rescued"}).compile()
    try:
        outcome = app.invoke({"x": ""})
    except Exception as error:
        outcome = type(error).__name__
    t.record("to the parent", outcome)

    app = StateGraph(State).add_node("bad", bad, error_handler=says).add_edge(START, "bad").compile()
    t.record("written", [len(ns) for ns, _ in app.stream({"x": ""}, stream_mode="custom", subgraphs=True)])
