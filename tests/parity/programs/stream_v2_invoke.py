"""stream: v2 parts
exec: invoke result

`invoke(version="v2")` returns a `GraphOutput` of value and interrupts, or the list of parts for other modes.
"""

from __future__ import annotations

import asyncio
import operator
import warnings
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, GraphOutput, interrupt


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def main(t):
    def ask(state):
        return {"log": [interrupt("?")]}

    app = StateGraph(State).add_node("ask", ask).add_edge(START, "ask").compile(checkpointer=t.saver())
    config = t.thread()
    paused = app.invoke({"x": 0}, config, version="v2")
    t.record("paused", paused)
    t.record("is a GraphOutput", isinstance(paused, GraphOutput))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        t.record("as a dict", [paused["x"], paused["__interrupt__"], "x" in paused, "y" in paused])
        with t.raises("no such key"):
            paused["y"]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        paused["x"]
    t.record("which is deprecated", [issubclass(warning.category, DeprecationWarning) for warning in caught])
    t.record("resumed", app.invoke(Command(resume="r"), config, version="v2"))
    for mode in ("updates", ["values"], ["values", "updates"]):
        t.record(f"{mode}", app.invoke({"x": 0}, t.thread(), stream_mode=mode, version="v2"))
    t.record("key", app.invoke({"x": 0}, t.thread(), version="v2", output_keys="x"))
    t.record("keys", app.invoke({"x": 0}, t.thread(), version="v2", output_keys=["x"]))
    t.record("nothing written", app.invoke({"x": 0}, t.thread(), version="v2", interrupt_before=["ask"]))
    t.record("async", asyncio.run(app.ainvoke({"x": 0}, t.thread(), version="v2")))
    t.record("async updates", asyncio.run(app.ainvoke({"x": 0}, t.thread(), stream_mode="updates", version="v2")))
    t.record("equal", GraphOutput({"x": 1}) == GraphOutput({"x": 1}, ()))
