"""stream: v2 parts

With `version="v2"` each chunk is a dict of type, namespace and data, whatever the form of `stream_mode`; that of `values` has the
interrupts beside its data.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.config import get_stream_writer
from actograph.graph import START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def write(state):
    get_stream_writer()("written")
    return {"log": ["write"]}


def ask(state):
    return {"log": [interrupt("?")]}


MODES = ["values", "updates", "custom", "tasks", "checkpoints", "debug"]


def main(t):
    inner = StateGraph(State).add_node("write", write).add_edge(START, "write").compile()
    app = StateGraph(State).add_node("sub", inner).add_node("ask", ask)
    app = app.add_edge(START, "sub").add_edge("sub", "ask").compile(checkpointer=t.saver())
    for mode in MODES:
        config = t.thread()
        t.record(f"{mode}", list(app.stream({"x": 0}, config, stream_mode=mode, version="v2")))
        t.record(f"{mode}, resumed", list(app.stream(Command(resume="r"), config, stream_mode=mode, version="v2")))
    for label, modes in {
        "one": ["values"],
        "two": ["values", "updates"],
        "none": [],
        "tuple": ("values", "custom"),
    }.items():
        t.record(f"list: {label}", list(app.stream({"x": 0}, t.thread(), stream_mode=modes, version="v2")))
    t.record("default", list(app.stream({"x": 0}, t.thread(), version="v2")))
    t.record("sub-graphs", list(app.stream({"x": 0}, t.thread(), stream_mode=MODES, version="v2", subgraphs=True)))
    t.record("output_keys", list(app.stream({"x": 0}, t.thread(), stream_mode="values", version="v2", output_keys="x")))
    t.record(
        "breakpoint", list(app.stream({"x": 0}, t.thread(), stream_mode=MODES[:2], version="v2", interrupt_before="*"))
    )
    t.record("v1", list(app.stream({"x": 0}, t.thread(), stream_mode=["values"], version="v1")))

    async def go():
        return [
            part
            async for part in app.astream({"x": 0}, t.thread(), stream_mode=MODES[:3], version="v2", subgraphs=True)
        ]

    t.record("async", asyncio.run(go()))
