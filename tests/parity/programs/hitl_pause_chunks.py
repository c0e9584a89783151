"""hitl: interrupt
stream: values
stream: updates
stream: Several modes

What each stream mode shows of a pause and of the resume: a last values chunk with `__interrupt__`, an update of that
name; on resume the current values first, and what the node wrote to the stream before its question once more.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.config import get_stream_writer
from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


MODES = ["values", "updates", "custom", ["values", "updates", "custom"]]


class State(TypedDict, total=False):
    answer: str
    log: Annotated[list[str], operator.add]


def ask(state):
    write = get_stream_writer()
    write("ask: before")
    answer = interrupt({"question": "go on?", "log": state["log"]})
    write(f"ask: after {answer}")
    return {"answer": answer}


def graph(saver):
    builder = StateGraph(State)
    builder.add_node("first", lambda state: {"log": ["first"]})
    builder.add_node("ask", ask)
    builder.add_node("last", lambda state: {"log": ["last"]})
    builder.add_edge(START, "first")
    builder.add_edge("first", "ask")
    builder.add_edge("ask", "last")
    return builder.compile(checkpointer=saver)


def main(t):
    app = graph(t.saver())
    for mode in MODES:
        config = t.thread()
        t.chunks(f"{mode}: to the pause", app.stream({"log": ["in"]}, config, stream_mode=mode))
        t.chunks(f"{mode}: repeated", app.stream(None, config, stream_mode=mode))
        t.chunks(f"{mode}: resumed", app.stream(Command(resume="yes"), config, stream_mode=mode))
    asyncio.run(in_a_loop(t, app))


async def in_a_loop(t, app):
    for mode in MODES:
        config = t.thread()
        stream = app.astream({"log": ["in"]}, config, stream_mode=mode)
        t.chunks(f"async {mode}: to the pause", [chunk async for chunk in stream])
        stream = app.astream(None, config, stream_mode=mode)
        t.chunks(f"async {mode}: repeated", [chunk async for chunk in stream])
        stream = app.astream(Command(resume="yes"), config, stream_mode=mode)
        t.chunks(f"async {mode}: resumed", [chunk async for chunk in stream])
