"""runtime: Drain

A drain inside a sub-graph while tasks of the superstep around it wait for a place (`max_concurrency`): they still run, and the thread goes
on with what the drained task has left to do.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.checkpoint.memory import InMemorySaver
from actograph.errors import GraphDrained
from actograph.graph import START, StateGraph
from actograph.runtime import RunControl


class State(TypedDict):
    log: Annotated[list[str], operator.add]


def main(t):
    for places in (None, 1, 2):
        control = RunControl()
        ran = []

        def first(state, control=control):
            control.request_drain("enough")
            return {"log": ["first"]}

        def second(state):
            return {"log": ["second"]}

        def other(state, ran=ran):
            ran.append("other")
            return {"log": ["other"]}

        inner = StateGraph(State).add_sequence([("first", first), ("second", second)]).add_edge(START, "first")
        graph = StateGraph(State).add_node("inner", inner.compile()).add_node("o1", other).add_node("o2", other)
        for name in ("inner", "o1", "o2"):
            graph.add_edge(START, name)
        app = graph.compile(checkpointer=InMemorySaver())
        config = {"configurable": {"thread_id": "1"}, "max_concurrency": places}
        try:
            app.invoke({"log": []}, config, control=control)
        except GraphDrained as drained:
            t.record(f"drained, {places}", drained.reason)
        t.record(f"ran, {places}", list(ran))
        t.record(f"next, {places}", app.get_state(config).next)
        t.record(f"end, {places}", app.invoke(None, config))
        t.record(f"ran once, {places}", list(ran))
