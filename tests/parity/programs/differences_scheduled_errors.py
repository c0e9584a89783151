"""stream: stream_events

A transformer's `schedule(..., on_error="raise")`: there an error that comes before the run's end is lost; here it
ends the run. A mode that a transformer asks for and does not exist is ignored there, and refused here. Deliberate:
docs/decisions/0012, 0007.
"""

from __future__ import annotations

import asyncio
from typing import TypedDict

from actograph.graph import START, StateGraph
from actograph.stream import StreamTransformer


class State(TypedDict):
    x: int


class Schedules(StreamTransformer):
    requires_async = True

    def init(self):
        return {}

    def process(self, event):
        if not getattr(self, "begun", False):
            self.begun = True
            self.schedule(self.fails(), on_error="raise")
        return True

    async def fails(self):
        raise KeyError("lost?")


class Dreams(StreamTransformer):
    required_stream_modes = ("dreams",)

    def init(self):
        return {}

    def process(self, event):
        return True


async def slow(state):
    await asyncio.sleep(0.05)
    return {"x": 1}


async def drive(t):
    app = StateGraph(State).add_node("n", slow).add_edge(START, "n").compile()
    for label, transformer in (("scheduled", Schedules), ("unknown mode", Dreams)):
        try:
            run = await app.astream_events({"x": 0}, version="v3", transformers=[transformer])
            outcome = await run.output()
        except Exception as error:
            outcome = type(error).__name__
        t.record(label, outcome)


def main(t):
    asyncio.run(drive(t))
