"""runtime: Drain

When a drain stops a run: before the first superstep too, whose input is kept; after questions and breakpoints, which pause it as usual; a
failure or the recursion limit counts first; with each durability.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.errors import GraphDrained
from actograph.graph import START, StateGraph
from actograph.runtime import RunControl, Runtime
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    def a(state, runtime: Runtime):
        runtime.control.request_drain("from a")
        return {"log": ["a"]}

    def asks(state, runtime: Runtime):
        runtime.control.request_drain("from asks")
        return {"log": [interrupt("?")]}

    def fails(state, runtime: Runtime):
        runtime.control.request_drain("from fails")
        raise ValueError("fails")

    def b(state):
        return {"log": ["b"]}

    def graph(first):
        return StateGraph(State).add_sequence([("first", first), ("b", b)]).add_edge(START, "first").compile(t.saver())

    def outcome(app, given, thread, control, **options):
        try:
            return app.invoke(given, thread, control=control, **options)
        except GraphDrained as error:
            return f"drained {error.reason}"
        except (ValueError, RecursionError) as error:
            return type(error).__name__

    app, thread, control = graph(b), t.thread(), RunControl()
    control.request_drain("early")
    t.record("before it began", outcome(app, {"log": ["in"]}, thread, control))
    t.snapshot("the input is kept", app.get_state(thread))
    t.record("still drained", outcome(app, None, thread, control))
    t.record("then it runs", outcome(app, None, thread, None))

    for label, first, options in (
        ("a question", asks, {}),
        ("a breakpoint after", a, {"interrupt_after": ["first"]}),
        ("a breakpoint before", a, {"interrupt_before": ["b"]}),
        ("a failure", fails, {}),
        ("durability sync", a, {"durability": "sync"}),
        ("durability exit", a, {"durability": "exit"}),
    ):
        app, thread, control = graph(first), t.thread(), RunControl()
        t.record(label, outcome(app, {"log": ["in"]}, thread, control, **options))
        t.record(f"{label}: next", app.get_state(thread).next)
        t.record(f"{label}: values", app.get_state(thread).values)
        t.record(f"{label}: checkpoints", len(list(app.get_state_history(thread))))
        if first is asks:
            t.record("answered", outcome(app, Command(resume="!"), thread, RunControl()))
            t.record("answered: next", app.get_state(thread).next)
    app, thread = graph(a), t.thread()
    limited = {**thread, "recursion_limit": 1}
    t.record("the recursion limit", outcome(app, {"log": ["in"]}, limited, RunControl()))

    app, thread, control = graph(a), t.thread(), RunControl()
    found = []
    try:
        for chunk in app.stream({"log": ["in"]}, thread, control=control, stream_mode=["values", "updates"]):
            found.append(chunk)
    except GraphDrained as error:
        found.append(f"drained {error.reason}")
    t.chunks("stream", found)
    control.request_drain("again")
    t.record("the last reason", [control.drain_reason, RunControl().drain_requested, RunControl().drain_reason])
