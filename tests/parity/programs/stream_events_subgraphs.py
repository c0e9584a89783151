"""stream: stream_events

Handles of sub-graphs: their names, states, own projections and sub-graphs, and those of parallel ones.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.stream import TasksTransformer, UpdatesTransformer
from actograph.types import Send


class State(TypedDict):
    log: Annotated[list[str], operator.add]


def line(*steps, **options):
    builder = StateGraph(State)
    previous = START
    for name, action in steps:
        builder.add_node(name, action)
        builder.add_edge(previous, name)
        previous = name
    return builder.compile(**options)


def write(name):
    return name, lambda state: {"log": [name]}


def facts(handle):
    return {
        "graph": handle.graph_name,
        "path": handle.path,
        "call": handle.trigger_call_id,
        "status": handle.status,
        "error": handle.error,
    }


def main(t):
    inner = line(write("i"), ("deep", line(write("k"))), write("j"), name="inner")
    app = line(write("a"), ("first", inner), ("second", inner))
    found = []
    run = app.stream_events({"log": []}, version="v3", transformers=[UpdatesTransformer, TasksTransformer])
    for handle in run.subgraphs:
        t.record(f"{len(found)}: at first", facts(handle))
        t.record(f"{len(found)}: projections", list(handle.extensions))
        t.record(
            f"{len(found)}: items",
            [
                (name, [facts(item), list(item.values)] if name == "subgraphs" else item)
                for name, item in handle.interleave("values", "updates", "subgraphs", "lifecycle", "tasks")
            ],
        )
        t.record(f"{len(found)}: at last", [facts(handle), handle.output, handle.interrupted, handle.interrupts])
        found.append(handle)
    t.record("output", run.output)
    run = app.stream_events({"log": []}, version="v3")
    for handle in run.subgraphs:
        t.record(
            f"raw of {handle.graph_name}",
            [
                (event["method"], event.get("seq"), event["params"]["namespace"], event["params"]["data"])
                for event in handle
            ],
        )
    run = app.stream_events({"log": []}, version="v3")
    handles = list(run.subgraphs)
    t.record("too late", [(facts(handle), list(handle.values), handle.output) for handle in handles])

    builder = StateGraph(State)
    builder.add_node("fan", lambda state: {"log": ["fan"]})
    builder.add_node("inner", inner)
    builder.add_edge(START, "fan")
    builder.add_conditional_edges("fan", lambda state: [Send("inner", {"log": [name]}) for name in "xy"], ["inner"])
    handles = list(builder.compile().stream_events({"log": []}, version="v3").subgraphs)
    t.record("sent", sorted((handle.graph_name, handle.status, handle.output["log"]) for handle in handles))
