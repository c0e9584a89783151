"""stream: values

The state after the input and after each superstep; a step with no write emits nothing; an input with no known key emits
nothing; a pause by `interrupt()` adds a chunk with `__interrupt__`, a static one does not.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def graph(saver=None, **options):
    builder = StateGraph(State).add_sequence(
        [
            ("writes", lambda state: {"x": 1}),
            ("silent", lambda state: None),
            ("unknown", lambda state: {"nothing": 1}),
            ("same", lambda state: {"x": 1}),
            ("appends nothing", lambda state: {"log": []}),
            ("asks", lambda state: {"log": [interrupt("?")]}),
            ("last", lambda state: {"log": ["last"]}),
        ]
    )
    return builder.add_edge(START, "writes").compile(checkpointer=saver, **options)


def main(t):
    app, thread = graph(t.saver()), t.thread()
    t.chunks("until the pause", app.stream({"log": ["in"]}, thread, stream_mode="values"))
    t.chunks("resumed", app.stream(Command(resume="!"), thread, stream_mode="values"))
    t.chunks("no input", app.stream({}, t.thread(), stream_mode="values", interrupt_after=["silent"]))
    static, thread = graph(t.saver(), interrupt_before=["asks"]), t.thread()
    t.chunks("static", static.stream({"x": 0}, thread, stream_mode="values"))

    async def go():
        app, thread = graph(t.saver()), t.thread()
        first = [chunk async for chunk in app.astream({"log": ["in"]}, thread, stream_mode="values")]
        return first, [chunk async for chunk in app.astream(Command(resume="!"), thread, stream_mode="values")]

    first, second = asyncio.run(go())
    t.chunks("until the pause, async", first)
    t.chunks("resumed, async", second)
