"""stream: stream_events
subgraph: Called in a node

An event stream of a graph that a node calls: its namespaces, its projections, and what the outer stream sees.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict):
    log: Annotated[list[str], operator.add]


def line(*steps):
    builder = StateGraph(State)
    previous = START
    for name, action in steps:
        builder.add_node(name, action)
        builder.add_edge(previous, name)
        previous = name
    return builder.compile()


def write(name):
    return name, lambda state: {"log": [name]}


def main(t):
    inner = line(write("i"), ("deep", line(write("k"))))
    seen = []

    def caller(state):
        run = inner.stream_events({"log": ["given"]}, version="v3")
        items = [
            (name, item.path if name == "subgraphs" else item) for name, item in run.interleave("values", "subgraphs")
        ]
        seen.append((items, run.output))
        return {"log": ["called"]}

    def raw(state):
        run = inner.stream_events({"log": ["given"]}, version="v3")
        seen.append([(event["seq"], event["method"], event["params"]["namespace"]) for event in run])
        return {"log": ["called"]}

    app = line(write("a"), ("call", caller))
    t.record("invoked", app.invoke({"log": []}))
    t.record("invoked: seen", seen.pop())
    run = app.stream_events({"log": []}, version="v3")
    t.record("outer", [(event["method"], event["params"]["namespace"], event["params"]["data"]) for event in run])
    t.record("outer: seen", seen.pop())
    app = line(write("a"), ("call", raw))
    app.invoke({"log": []})
    t.record("raw", seen.pop())

    def twice(state):
        inner.invoke({"log": ["one"]})
        inner.invoke({"log": ["two"]})
        return {"log": ["called"]}

    handles = list(line(("call", twice)).stream_events({"log": []}, version="v3").subgraphs)
    t.record("two graphs called", [(handle.graph_name, handle.status, handle.output) for handle in handles])
