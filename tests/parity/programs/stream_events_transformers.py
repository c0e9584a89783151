"""stream: stream_events

Transformers of one's own: named and unnamed channels, final values, compile and call, hidden and changed events.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.config import get_stream_writer
from actograph.graph import START, StateGraph
from actograph.stream import StreamChannel, StreamTransformer, UpdatesTransformer


class State(TypedDict):
    log: Annotated[list[str], operator.add]


def node(name):
    def run(state):
        get_stream_writer()({"progress": name})
        return {"log": [name]}

    return run


def line(*names, inner=None, **options):
    builder = StateGraph(State)
    previous = START
    for name in names:
        builder.add_node(name, inner if name == "inner" else node(name))
        builder.add_edge(previous, name)
        previous = name
    return builder.compile(**options)


class Progress(StreamTransformer):
    required_stream_modes = ("custom",)

    def __init__(self, scope=()):
        super().__init__(scope)
        self.said = StreamChannel("said")
        self.total = StreamChannel()
        self.count = 0

    def init(self):
        return {"said": self.said, "total": self.total, "now": lambda: self.count}

    def process(self, event):
        if event["method"] == "custom":
            self.count += 1
            self.said.push(event["params"]["data"]["progress"])
        return True

    def finalize(self):
        self.total.push(self.count)


class Native(Progress):
    _native = True


class Quiet(StreamTransformer):
    def init(self):
        return {}

    def process(self, event):
        return event["method"] != "values"


class Shout(StreamTransformer):
    before_builtins = True

    def init(self):
        return {}

    def process(self, event):
        if event["method"] == "values":
            event["params"]["data"] = {"log": [name.upper() for name in event["params"]["data"]["log"]]}
        return True


def main(t):
    app = line("a", "inner", "z", inner=line("i", "j"))

    def run(*transformers):
        return app.stream_events({"log": []}, version="v3", transformers=list(transformers))

    first = run(Progress)
    t.record("projections", list(first.extensions))
    with t.raises("no attribute", culprit=["said"]):
        _ = first.said
    t.record("said", list(first.extensions["said"]))
    t.record("function", first.extensions["now"]())
    t.record("final value", list(run(Progress).extensions["total"]))
    t.record(
        "events", [(event["method"], event["params"]["namespace"], event["params"]["data"]) for event in run(Progress)]
    )
    t.record("per sub-graph", [(handle.path, list(handle.extensions["said"])) for handle in run(Progress).subgraphs])
    t.record("native", list(run(Native).said))
    t.record("native events", [event["method"] for event in run(Native)])
    quiet = run(Quiet)
    t.record("quiet", [event["method"] for event in quiet])
    t.record("quiet: others see it", [list(run(Quiet).values), quiet.output])
    loud = run(Shout)
    t.record("changed before the others", [list(loud.values), loud.output])
    compiled = line("a", transformers=[UpdatesTransformer, lambda scope: Progress(scope)])
    both = compiled.stream_events({"log": []}, version="v3", transformers=[Quiet])
    t.record("compiled in", [list(both.extensions), list(both.interleave("updates", "said", "total"))])
