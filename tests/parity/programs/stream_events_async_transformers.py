"""stream: stream_events

Transformers with async hooks, and coroutines that they schedule beside the stream.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.stream import StreamChannel, StreamTransformer


class State(TypedDict):
    log: Annotated[list[str], operator.add]


def write(name):
    return name, lambda state: {"log": [name]}


def fail(state):
    raise ValueError("node")


def line(*steps):
    builder = StateGraph(State)
    previous = START
    for name, action in steps:
        builder.add_node(name, action)
        builder.add_edge(previous, name)
        previous = name
    return builder.compile()


class Sizes(StreamTransformer):
    calls: list

    def __init__(self, scope=()):
        super().__init__(scope)
        self.sizes = StreamChannel("sizes")

    def init(self):
        return {"sizes": self.sizes}

    async def aprocess(self, event):
        await asyncio.sleep(0)
        if event["method"] == "values":
            self.sizes.push(len(event["params"]["data"]["log"]))
        return True

    async def afinalize(self):
        self.sizes.push("end")
        self.calls.append(("afinalize", self.scope))

    async def afail(self, error):
        self.calls.append(("afail", self.scope, type(error).__name__))


class Later(StreamTransformer):
    requires_async = True

    def __init__(self, scope=()):
        super().__init__(scope)
        self.found = StreamChannel()
        self.gate = asyncio.Event()

    def init(self):
        return {"found": self.found}

    def process(self, event):
        if event["method"] == "values" and event["params"]["namespace"] == []:
            self.schedule(self.look(len(event["params"]["data"]["log"])))
        return True

    async def look(self, size):
        if size == 0:
            await self.gate.wait()
        elif size == 1:
            self.gate.set()
        elif size == 2:
            raise ValueError("logged, not raised")
        self.found.push(size)

    async def afinalize(self):
        self.found.push("end")


async def read(projection):
    return [item async for item in projection]


async def main(t):
    app = line(write("a"), ("inner", line(write("i"))), write("z"))
    Sizes.calls = []
    run = await app.astream_events({"log": []}, version="v3", transformers=[Sizes])
    t.record("sizes", await read(run.extensions["sizes"]))
    t.record("sizes: calls", Sizes.calls)
    run = await app.astream_events({"log": []}, version="v3", transformers=[Sizes])
    t.record("sizes: methods", [event["method"] async for event in run])
    Sizes.calls = []
    run = await line(write("a"), ("b", fail)).astream_events({"log": []}, version="v3", transformers=[Sizes])
    with t.raises("failed"):
        await read(run.extensions["sizes"])
    t.record("failed: calls", Sizes.calls)
    run = await app.astream_events({"log": []}, version="v3", transformers=[Later])
    found = await read(run.extensions["found"])
    t.record("found", [sorted(found[:-1]), found[-1]])
    for transformer in (Sizes, Later):
        with t.raises(f"{transformer.__name__} in a sync run", culprit=[transformer.__name__]):
            app.stream_events({"log": []}, version="v3", transformers=[transformer])
