"""stream: stream_events

The raw events of a run with nested sub-graphs: methods, namespaces, data, numbers, in order.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.config import get_stream_writer
from actograph.graph import START, StateGraph
from actograph.stream import CustomTransformer, TasksTransformer, UpdatesTransformer


class State(TypedDict):
    log: Annotated[list[str], operator.add]


def node(name):
    def run(state):
        get_stream_writer()(f"{name} writes")
        return {"log": [name]}

    return run


def line(*steps, **options):
    builder = StateGraph(State)
    previous = START
    for name, action in steps:
        builder.add_node(name, action)
        builder.add_edge(previous, name)
        previous = name
    return builder.compile(**options)


def bare(event):
    """An event without its time."""
    params = {key: value for key, value in event["params"].items() if key != "timestamp"}
    return {**event, "params": params}


def main(t):
    deep = line(("k", node("k")))
    inner = line(("i", node("i")), ("deep", deep), name="inner")
    app = line(("a", node("a")), ("inner", inner), ("z", node("z")))
    run = app.stream_events({"log": ["in"]}, version="v3")
    t.record("projections", list(run.extensions))
    events = list(run)
    t.record("events", [bare(event) for event in events])
    t.record("keys", sorted({key for event in events for key in event}))
    t.record("kinds", sorted({type(event["params"]["timestamp"]).__name__ for event in events}))
    t.record("output", run.output)
    run = app.stream_events(
        {"log": ["in"]}, version="v3", transformers=[UpdatesTransformer, CustomTransformer, TasksTransformer]
    )
    t.record("with more projections", list(run.extensions))
    t.record("with more", [bare(event) for event in run])
