"""exec: Config keys; hitl: interrupt

Callbacks hear of a pause as the error of the node that asked, while the graph ends with its values; the resuming run is
a run of its own; breakpoints end the graph's run without an error.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt
from tests.parity.listener import Listener


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def ask(state):
    return {"log": [interrupt("sure?")]}


def other(state):
    return {"log": ["other"]}


def main(t):
    def heard(label, app, given, config):
        listener = Listener()
        app.invoke(given, {**config, "callbacks": [listener]})
        t.record(label, listener.heard)

    app = StateGraph(State).add_node("ask", ask).add_edge(START, "ask").compile(checkpointer=t.saver())
    config = t.thread()
    heard("pause", app, {"x": 1}, config)
    heard("resume", app, Command(resume="yes"), config)
    heard("nothing left", app, None, config)
    inner = StateGraph(State).add_node("ask", ask).add_edge(START, "ask").compile(name="inner")
    nested = StateGraph(State).add_node("outer", inner).add_edge(START, "outer").compile(checkpointer=t.saver())
    heard("pause in a sub-graph", nested, {"x": 1}, config)
    heard("resume in a sub-graph", nested, Command(resume="yes"), config)
    builder = StateGraph(State).add_node("a", other).add_node("b", other).add_edge(START, "a").add_edge("a", "b")
    stopping = builder.compile(checkpointer=t.saver(), interrupt_before=["b"])
    heard("breakpoint", stopping, {"x": 1}, config)
    heard("after it", stopping, None, config)
