"""state: Two writers, no reducer; errors: Codes

Two writes to a plain key in one superstep raise InvalidUpdateError after both updates were streamed; nothing of that
step is stored; one task writing twice counts too.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command


class State(TypedDict, total=False):
    total: int
    log: Annotated[list[str], operator.add]


def graph(checkpointer=None):
    builder = StateGraph(State)
    builder.add_node("first", lambda state: {"log": ["first"]})
    builder.add_node("a", lambda state: {"total": 1, "log": ["a"]})
    builder.add_node("b", lambda state: {"total": 2, "log": ["b"]})
    builder.add_edge(START, "first").add_edge("first", "a").add_edge("first", "b")
    return builder.compile(checkpointer=checkpointer)


def main(t):
    with t.raises("invoke", culprit=["total", "a", "b"]):
        graph().invoke({})
    with t.raises("ainvoke", culprit=["total", "a", "b"]):
        asyncio.run(graph().ainvoke({}))
    seen = []
    with t.raises("stream", culprit=["total"]):
        for chunk in graph().stream({"log": ["in"]}, stream_mode=["values", "updates"]):
            seen.append(chunk)
    t.chunks("chunks", seen, parallel=[{"a", "b"}])
    app, thread = graph(t.saver()), t.thread()
    with t.raises("with a checkpointer", culprit=["total"]):
        app.invoke({}, thread)
    t.record("stored steps", [(snap.metadata["step"], snap.values) for snap in app.get_state_history(thread)])
    twice = (
        StateGraph(State).add_node("n", lambda state: [Command(update={"total": 1}), {"total": 2}]).add_edge(START, "n")
    )
    with t.raises("one task twice", culprit=["total", "n"]):
        twice.compile().invoke({})
