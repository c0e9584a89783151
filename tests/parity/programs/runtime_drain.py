"""runtime: Drain

`control=RunControl()`: a drain asked for while a superstep runs stops the run before the next one with `GraphDrained`; the thread goes on
with None; sync and async; the last node's end is the run's.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.errors import GraphDrained
from actograph.graph import START, StateGraph
from actograph.runtime import RunControl, Runtime


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    seen = []

    def graph(saver, at, is_async=False):
        def make(name):
            def node(state, runtime: Runtime):
                seen.append([name, runtime.drain_requested, runtime.drain_reason])
                if name == at and runtime.control is not None:
                    runtime.control.request_drain("deploying")
                    seen.append([name, runtime.drain_requested, runtime.drain_reason])
                return {"log": [name]}

            async def anode(state, runtime: Runtime):
                return node(state, runtime)

            return anode if is_async else node

        return (
            StateGraph(State).add_sequence([(name, make(name)) for name in "abc"]).add_edge(START, "a").compile(saver)
        )

    def drained(run):
        try:
            return ["ended", run()]
        except GraphDrained as error:
            return ["drained", error.reason, isinstance(error, Exception)]

    for at in "abc":
        app, thread, control = graph(t.saver(), at), t.thread(), RunControl()
        seen.clear()
        t.record(f"at {at}", drained(lambda: app.invoke({"log": ["in"]}, thread, control=control)))
        t.record(f"at {at}: seen", list(seen))
        t.snapshot(f"at {at}: state", app.get_state(thread))
        t.record(f"at {at}: control", [control.drain_requested, control.drain_reason])
        if at != "c":
            t.record(f"at {at}: goes on", drained(lambda: app.invoke(None, thread, control=RunControl())))
            t.record(f"at {at}: to the end", drained(lambda: app.invoke(None, thread)))
        t.record(f"at {at}: history", len(list(app.get_state_history(thread))))

    app, thread = graph(t.saver(), "b", True), t.thread()
    t.record("async", drained(lambda: asyncio.run(app.ainvoke({"log": ["in"]}, thread, control=RunControl()))))
    t.record("async: next", app.get_state(thread).next)
    t.record("no checkpointer", drained(lambda: graph(None, "a").invoke({"log": []}, control=RunControl())))
    t.record("a node drains its run by itself", drained(lambda: graph(None, "a").invoke({"log": []})))
