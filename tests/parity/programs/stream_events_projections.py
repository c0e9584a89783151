"""stream: stream_events

Each projection by itself: values, updates, custom, tasks, checkpoints, debug, lifecycle; and what is not registered.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.config import get_stream_writer
from actograph.graph import START, StateGraph
from actograph.stream import (
    CheckpointsTransformer,
    CustomTransformer,
    DebugTransformer,
    TasksTransformer,
    UpdatesTransformer,
)
from actograph.types import Send


class State(TypedDict):
    log: Annotated[list[str], operator.add]


def node(name):
    def run(state):
        get_stream_writer()({"node": name})
        return {"log": [name]}

    return run


def graph(saver):
    inner = StateGraph(State)
    inner.add_node("i", node("i"))
    inner.add_edge(START, "i")
    builder = StateGraph(State)
    builder.add_node("a", node("a"))
    builder.add_node("inner", inner.compile())
    builder.add_edge(START, "a")
    builder.add_conditional_edges("a", lambda state: [Send("inner", {"log": ["sent"]})], ["inner"])
    return builder.compile(checkpointer=saver)


def main(t):
    app = graph(t.saver())
    given = {"log": ["in"]}
    more = {
        "updates": UpdatesTransformer,
        "custom": CustomTransformer,
        "tasks": TasksTransformer,
        "checkpoints": CheckpointsTransformer,
        "debug": DebugTransformer,
    }
    for name in ("values", "lifecycle", "messages"):
        run = app.stream_events(given, t.thread(), version="v3")
        t.record(name, list(getattr(run, name)))
        t.record(f"{name}: output", run.output)
    for name, transformer in more.items():
        run = app.stream_events(given, t.thread(), version="v3", transformers=[transformer])
        t.record(name, list(getattr(run, name)))
        t.record(f"{name}: by extension", run.extensions[name] is getattr(run, name))
        t.record(
            f"{name}: methods",
            [
                event["method"]
                for event in app.stream_events(given, t.thread(), version="v3", transformers=[transformer])
            ],
        )
        run = app.stream_events(given, t.thread(), version="v3")
        with t.raises(f"{name}: not registered", culprit=[name]):
            getattr(run, name)
    stateless = graph(None).stream_events(given, version="v3", transformers=[CheckpointsTransformer])
    t.record("no checkpointer, no checkpoints", list(stateless.checkpoints))
