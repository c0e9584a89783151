"""build: Node options

A trace policy decides what tracers record of a node's input and output; the node, the graph and other handlers see everything.
"""

from __future__ import annotations

import asyncio
from typing import TypedDict

from actograph.graph import START, StateGraph
from actograph.types import TracePolicy, omit_payload
from langchain_core.tracers.base import BaseTracer
from tests.parity.listener import Listener


class State(TypedDict):
    secret: str


class Tracer(BaseTracer):
    def __init__(self):
        super().__init__()
        self.kept = []

    def _persist_run(self, run):
        self.kept.append(
            (run.name, run.inputs, run.outputs, [(child.name, child.inputs, child.outputs) for child in run.child_runs])
        )


def node(state):
    return {"secret": state["secret"] * 2}


def main(t):
    policies = {
        "both": TracePolicy(
            process_inputs=lambda value: {"shown": sorted(value)}, process_outputs=lambda value: {"of": "it"}
        ),
        "inputs": TracePolicy(process_inputs=omit_payload),
        "outputs": TracePolicy(process_outputs=omit_payload),
        "none": None,
    }
    for name, policy in policies.items():
        app = StateGraph(State).add_node("n", node, trace_policy=policy).add_edge(START, "n").compile()
        for label, run in (("sync", app.invoke), ("async", lambda *given, app=app: asyncio.run(app.ainvoke(*given)))):
            tracer, listener = Tracer(), Listener()
            t.record(f"{name}, {label}", run({"secret": "x"}, {"callbacks": [tracer, listener]}))
            t.record(f"{name}, {label}: traced", tracer.kept)
            t.record(f"{name}, {label}: heard", listener.heard)
