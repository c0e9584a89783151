"""stream: stream_events

What is refused: other versions, modes, instances, projections of one name, channels outside a run, second readers.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.stream import StreamChannel, StreamTransformer, UpdatesTransformer


class State(TypedDict):
    log: Annotated[list[str], operator.add]


class Mine(StreamTransformer):
    def init(self):
        return {"mine": StreamChannel()}

    def process(self, event):
        return True


class Taken(Mine):
    def init(self):
        return {"values": StreamChannel()}


class Listed(Mine):
    def init(self):
        return [1]


class Idle(StreamTransformer):
    def init(self):
        return {}


class TooEarly(Mine):
    def process(self, event):
        work = self.aprocess(event)
        try:
            self.schedule(work)
        finally:
            work.close()  # it was refused
        return True


def main(t):
    builder = StateGraph(State)
    builder.add_node("a", lambda state: {"log": ["a"]})
    builder.add_edge(START, "a")
    app = builder.compile()

    def events(*transformers, **options):
        return app.stream_events({"log": []}, **{"version": "v3", **options}, transformers=list(transformers))

    with t.raises("version v2", culprit=["v2", "v3"]):
        events(version="v2")
    with t.raises("default version"):
        app.stream_events({"log": []})
    for name, value in (("stream_mode", "values"), ("subgraphs", False)):
        with t.raises(name, culprit=[name]):
            events(**{name: value})
    with t.raises("an instance", culprit=["Mine"]):
        events(Mine())
    for label, transformers in (
        ("twice", (Mine, Mine)),
        ("built-in", (Taken,)),
        ("built-in twice", (UpdatesTransformer,) * 2),
    ):
        with t.raises(label):
            events(*transformers)
    with t.raises("init returns a list", culprit=["Listed"]):
        events(Listed)
    with t.raises("no process", culprit=["Idle"]):
        _ = events(Idle).output
    with t.raises("schedule in a sync run", culprit=["TooEarly"]):
        _ = events(TooEarly).output
    with t.raises("abstract"):
        StreamTransformer()
    channel = StreamChannel("alone")
    channel.push(1)
    channel.close()
    for label, read in (("iter", iter), ("aiter", aiter), ("tee", StreamChannel.tee), ("atee", StreamChannel.atee)):
        with t.raises(f"channel outside a run: {label}", culprit=["alone"]):
            read(channel)
    with t.raises("maxlen"):
        StreamChannel(maxlen=0)
    run = events()
    with t.raises("async in a sync run", culprit=["values"]):
        aiter(run.values)
    with t.raises("atee in a sync run"):
        run.values.atee()
    list(run.values)
    with t.raises("second reader", culprit=["values", "tee"]):
        iter(run.values)
    list(run)
    with t.raises("second reader of the events", culprit=["tee"]):
        iter(run)
