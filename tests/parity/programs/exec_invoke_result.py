"""exec: invoke result

The last values; a list of chunks with another stream mode; `__interrupt__` as a list when paused by `interrupt()`,
nothing of it for static breakpoints; None when nothing of the output was ever written.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import interrupt


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def asks(state):
    return {"log": [interrupt({"question": state["x"]})]}


def main(t):
    builder = (
        StateGraph(State)
        .add_node("a", lambda state: {"x": 1, "log": ["a"]})
        .add_node("b", lambda state: {"log": ["b"]})
    )
    builder.add_edge(START, "a").add_edge("a", "b")
    app = builder.compile()
    t.record("values", app.invoke({"log": ["in"]}))
    t.record("updates", app.invoke({"log": ["in"]}, stream_mode="updates"))
    t.record("custom", app.invoke({"log": ["in"]}, stream_mode="custom"))
    t.record("list", app.invoke({"log": ["in"]}, stream_mode=["updates", "values"]))
    t.record("list, async", asyncio.run(app.ainvoke({"log": ["in"]}, stream_mode=["updates", "values"])))
    static = builder.compile(checkpointer=t.saver(), interrupt_before=["b"])
    t.record("static breakpoint", static.invoke({"log": ["in"]}, t.thread()))
    paused = StateGraph(State).add_node("asks", asks).add_edge(START, "asks").compile(checkpointer=t.saver())
    t.record("interrupt", paused.invoke({"x": 3}, t.thread()))
    t.record("interrupt, async", asyncio.run(paused.ainvoke({"x": 3}, t.thread())))
    t.record("interrupt, updates", paused.invoke({"x": 3}, t.thread(), stream_mode="updates"))
    nothing = StateGraph(State).add_node("n", lambda state: None).add_edge(START, "n").compile()
    t.record("nothing", nothing.invoke({}))
    t.record("nothing, async", asyncio.run(nothing.ainvoke({})))
