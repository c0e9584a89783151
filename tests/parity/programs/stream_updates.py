"""stream: updates

`{node: update}` per finished task, `{node: None}` when nothing was written, a list when a node wrote a key twice, in
the order given by the node; pauses as `__interrupt__`, empty for a static breakpoint.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    x: int
    y: int
    log: Annotated[list[str], operator.add]


def graph(saver=None, **options):
    builder = StateGraph(State).add_sequence(
        [
            ("two keys", lambda state: {"y": 1, "x": 2, "q": 3}),
            ("none", lambda state: None),
            ("empty", lambda state: {}),
            ("unknown", lambda state: {"nothing": 1}),
            ("list", lambda state: [Command(update={"log": ["1"]}), {"log": ["2"]}]),
            ("command", lambda state: Command(update={"log": ["c"]})),
            ("asks", lambda state: {"log": [interrupt("first"), interrupt("second")]}),
            ("last", lambda state: {"log": ["last"]}),
        ]
    )
    return builder.add_edge(START, "two keys").compile(checkpointer=saver, **options)


def main(t):
    app, thread = graph(t.saver(), interrupt_after=["empty"]), t.thread()
    t.chunks("until the breakpoint", app.stream({"x": 0}, thread, stream_mode="updates"))
    t.chunks("until the question", app.stream(None, thread, stream_mode="updates"))
    t.chunks("until the next question", app.stream(Command(resume="1"), thread, stream_mode="updates"))
    t.chunks("to the end", app.stream(Command(resume="2"), thread, stream_mode="updates"))
    t.chunks("default mode is updates", graph(t.saver()).stream({"x": 0}, t.thread()))

    async def go():
        app, thread = graph(t.saver()), t.thread()
        first = [chunk async for chunk in app.astream({"x": 0}, thread)]
        return first, [chunk async for chunk in app.astream(Command(resume="1"), thread)]

    first, second = asyncio.run(go())
    t.chunks("async", first)
    t.chunks("async, resumed", second)
