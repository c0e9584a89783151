"""runtime: Drain

Sub-graphs share the control of the run they are called in: a drain stops the sub-graph and with it the parent, whose
node neither failed nor is tried again or handled; both go on with None.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.errors import GraphDrained
from actograph.graph import START, StateGraph
from actograph.runtime import RunControl, Runtime
from actograph.types import RetryPolicy


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    calls = []

    def sub(at):
        def make(name):
            def node(state, runtime: Runtime):
                calls.append(name)
                if name == at:
                    runtime.control.request_drain(f"at {name}")
                return {"log": [name]}

            return node

        return StateGraph(State).add_sequence([(name, make(name)) for name in "ab"]).add_edge(START, "a").compile()

    def after(state):
        calls.append("after")
        return {"log": ["after"]}

    def outcome(app, given, thread, control=None):
        calls.clear()
        try:
            return [app.invoke(given, thread, control=control), list(calls)]
        except GraphDrained as error:
            return ["drained", error.reason, list(calls)]

    def parent(node, **options):
        builder = StateGraph(State).add_node("sub", node, **options).add_node("after", after)
        return builder.add_edge(START, "sub").add_edge("sub", "after").compile(t.saver())

    def handler(state):
        calls.append("handler")

    def called(state):
        return {"log": sub("a").invoke({"log": ["called"]})["log"]}

    policies = {"retry_policy": RetryPolicy(initial_interval=0.001), "error_handler": handler}
    for label, node, options in (
        ("as a node", sub("a"), {}),
        ("at its last node", sub("b"), {}),
        ("with policies", sub("a"), policies),
        ("called in a node", called, {}),
    ):
        app, thread = parent(node, **options), t.thread()
        t.record(label, outcome(app, {"log": ["in"]}, thread, RunControl()))
        snapshot = app.get_state(thread)
        t.record(f"{label}: next", [snapshot.next, snapshot.values, [task.error for task in snapshot.tasks]])
        if node is not called:
            t.record(f"{label}: goes on", outcome(app, None, thread))

    own = RunControl()

    def with_its_own(state, runtime: Runtime):
        try:
            sub("a").invoke({"log": []}, control=own)
        except GraphDrained:
            pass
        return {"log": [f"drained: {runtime.drain_requested}"]}

    def raises(state):
        raise GraphDrained("by hand")

    app, thread = parent(raises), t.thread()
    t.record("raised by hand", outcome(app, {"log": ["in"]}, thread))
    t.record("raised by hand: next", [app.get_state(thread).next, [task.error for task in app.get_state(thread).tasks]])
    try:
        result = parent(with_its_own).invoke({"log": ["in"]}, t.thread(), control=RunControl())
    except GraphDrained as error:
        result = error.reason
    t.record("the sub-graph's own control", [own.drain_reason])
