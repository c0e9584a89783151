"""stream: stream_events
hitl: In subgraphs

Runs that pause: interrupted, interrupts, output, and the status of the sub-graph that asked; then the resumed run.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


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


def ask(name):
    return name, lambda state: {"log": [interrupt(f"{name}?")]}


def bare(event):
    params = {key: value for key, value in event["params"].items() if key != "timestamp"}
    return {**event, "params": params}


def told(run):
    return [run.interrupted, run.interrupts, run.output]


def main(t):
    app = line(write("a"), ask("q"), write("z"), checkpointer=t.saver())
    config = t.thread()
    run = app.stream_events({"log": ["in"]}, config, version="v3")
    t.record("paused", [bare(event) for event in run])
    t.record("paused: told", told(run))
    run = app.stream_events(Command(resume="yes"), config, version="v3")
    t.record("resumed", [bare(event) for event in run])
    t.record("resumed: told", told(run))

    app = line(write("a"), ("inner", line(write("i"), ask("q"))), write("z"), checkpointer=t.saver())
    config = t.thread()
    run = app.stream_events({"log": ["in"]}, config, version="v3")
    t.record("sub-graph paused", [bare(event) for event in run])
    t.record("sub-graph paused: told", told(run))
    config = t.thread()
    for number, given in enumerate(({"log": ["in"]}, Command(resume="yes"))):
        run = app.stream_events(given, config, version="v3")
        for handle in run.subgraphs:
            t.record(f"handle {number}", [list(handle.values), handle.status, *told(handle)])
        t.record(f"run {number}", told(run))

    app = line(write("a"), write("b"), checkpointer=t.saver())
    run = app.stream_events({"log": []}, t.thread(), version="v3", interrupt_before=["b"])
    t.record("breakpoint", [bare(event) for event in run])
    t.record("breakpoint: told", told(run))
