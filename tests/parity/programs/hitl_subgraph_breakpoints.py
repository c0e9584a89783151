"""hitl: In subgraphs; hitl: Static breakpoints

A breakpoint compiled into a sub-graph, or given where it is called, pauses the whole run without a question; `None` goes on inside.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def chain(*nodes, **options):
    builder = StateGraph(State).add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).compile(**options)


def says(name):
    return name, lambda state: {"log": [name]}


def main(t):
    nodes = [says("one"), says("two"), says("three")]

    def called(**options):
        inner = chain(*nodes)
        return lambda state: {"log": inner.invoke({"log": ["in"]}, **options)["log"]}

    cases = {
        "before": chain(*nodes, interrupt_before=["two"]),
        "after": chain(*nodes, interrupt_after=["two"]),
        "everywhere": chain(*nodes, interrupt_after="*"),
        "called, before": called(interrupt_before=["two"]),
        "called, after": called(interrupt_after=["one"]),
    }
    for name, node in cases.items():
        app, config = chain(says("first"), ("sub", node), says("last"), checkpointer=t.saver()), t.thread()
        given, pauses = {"x": 1, "log": []}, 0
        while True:
            t.chunks(f"{name}: chunks {pauses}", app.stream(given, config, stream_mode=["updates", "values"]))
            if not app.get_state(config).next:
                break
            t.snapshot(f"{name}: pause {pauses}", app.get_state(config, subgraphs=True))
            given, pauses = None, pauses + 1
            assert pauses < 5
        t.history(f"{name}: history", app.get_state_history(config))
