"""exec: Run parameters

`output_keys`, `interrupt_before`, `interrupt_after`, `durability`, `stream_mode` and `context` given to a run.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict):
    x: int
    log: Annotated[list[str], operator.add]


def main(t):
    builder = StateGraph(State)
    for name in ("a", "b", "c"):
        builder.add_node(
            name, lambda state, runtime, name=name: {"x": state["x"] + 1, "log": [f"{name} {runtime.context}"]}
        )
    builder.add_node("d", lambda state: {"log": ["d"]})
    builder.add_edge(START, "a").add_edge("a", "b").add_edge("b", "c").add_edge("c", "d")
    app = builder.compile(checkpointer=t.saver())
    given = {"x": 0, "log": []}

    thread = t.thread()
    t.record("before b", app.invoke(given, thread, interrupt_before=["b"], context="first"))
    t.snapshot("paused before b", app.get_state(thread))
    t.record("after b", app.invoke(None, thread, interrupt_after=["b"], context="second"))
    t.record("paused after b", app.get_state(thread).next)
    t.record("to the end", app.invoke(None, thread))
    thread = t.thread()
    t.chunks("before all", app.stream(given, thread, interrupt_before="*", stream_mode=["values", "updates"]))
    t.chunks("before all, again", app.stream(None, thread, interrupt_before="*", stream_mode=["values", "updates"]))
    t.chunks("after all", app.stream(None, thread, interrupt_after="*", stream_mode=["values", "updates"]))
    t.record("output keys", app.invoke(given, t.thread(), output_keys=["x"]))
    t.record("one output key", app.invoke(given, t.thread(), output_keys="x"))
    t.record("async, output keys", asyncio.run(app.ainvoke(given, t.thread(), output_keys=["log"])))
    for durability in ("sync", "async", "exit"):
        thread = t.thread()
        app.invoke(given, thread, durability=durability)
        t.record(f"durability {durability}", [snap.metadata["step"] for snap in app.get_state_history(thread)])
    t.record("a breakpoint at an unknown node is ignored", app.invoke(given, t.thread(), interrupt_before=["zz"]))
