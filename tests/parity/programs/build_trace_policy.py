"""build: Node options

`trace_policy=` changes what traces show and nothing else: the node gets, and the graph keeps, what it would without one; callback handlers
that are no tracers see the values as they are; `omit_payload`.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.tracers.base import BaseTracer

from actograph.graph import START, StateGraph
from actograph.types import TracePolicy, omit_payload


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


class Heard(BaseCallbackHandler):
    def __init__(self):
        self.names, self.inputs, self.outputs = [], [], []

    def on_chain_start(self, serialized, inputs, **kwargs):
        self.names.append(kwargs.get("name"))
        self.inputs.append(inputs)

    def on_chain_end(self, outputs, **kwargs):
        self.outputs.append(outputs)


class Traces(BaseTracer):
    def __init__(self):
        super().__init__()
        self.seen = []

    def _persist_run(self, run):
        self.seen += [[child.name, child.inputs, child.outputs] for child in run.child_runs]


def main(t):
    given = []

    def node(state):
        given.append(state)
        return {"log": ["n"]}

    def process(value):
        return {"processed": value}

    def broken(value):
        raise ValueError("broken")

    for label, policy in (
        ("none", None),
        ("omitted", TracePolicy(process_inputs=omit_payload, process_outputs=omit_payload)),
        ("processed", TracePolicy(process_inputs=process, process_outputs=process)),
        ("inputs only", TracePolicy(process_inputs=process)),
        ("broken", TracePolicy(process_inputs=broken, process_outputs=broken)),
    ):
        app = StateGraph(State).add_node("n", node, trace_policy=policy).add_edge(START, "n").compile()
        handler = Heard()
        given.clear()
        t.record(label, app.invoke({"x": 1}, {"callbacks": [handler]}))
        t.record(f"{label}: the node got", list(given))
        t.record(f"{label}: heard", [handler.names, handler.inputs, handler.outputs])
        tracer = Traces()
        app.invoke({"x": 1}, {"callbacks": [tracer]})
        t.record(f"{label}: traced", tracer.seen)
        t.record(f"{label}: without callbacks", app.invoke({"x": 2}))
    t.record("omit_payload", [omit_payload({"a": 1}), omit_payload("text")])
    t.record("fields", [TracePolicy().process_inputs, TracePolicy().process_outputs])
