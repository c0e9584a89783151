"""timeout: Step timeout

Time limits under `invoke`: there a limit of a superstep waits for the sync node that exceeds it, and takes its
result; here the run leaves the node behind in both faces. Deliberate: docs/decisions/0008.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int


def main(t):
    go_on = threading.Event()

    def late(state):
        go_on.wait(0.5)
        return {"x": 1}

    builder = StateGraph(State).add_node("late", late).add_node("quick", lambda state: None)
    app = builder.add_edge(START, "late").add_edge(START, "quick").compile(checkpointer=t.saver())
    app.step_timeout = 0.05
    thread = t.thread()
    with t.raises("outcome"):
        app.invoke({"x": 0}, thread)
    t.record("stored", [[task.name, task.error, task.result] for task in app.get_state(thread).tasks])
    go_on.set()

    async def waits(state):
        await asyncio.sleep(30)

    app = StateGraph(State).add_node("waits", waits).add_edge(START, "waits").compile(checkpointer=t.saver())
    app.step_timeout = 0.05
    thread = t.thread()
    with t.raises("async outcome"):
        asyncio.run(app.ainvoke({"x": 0}, thread))
    t.record("stored of an async node", [task.error for task in app.get_state(thread).tasks])

    inner = StateGraph(State).add_node("n", lambda state: {"x": 5}).add_edge(START, "n").compile()
    limited = StateGraph(State).add_node("inner", inner, timeout=30).add_edge(START, "inner").compile()
    try:
        t.record("a limit under invoke", limited.invoke({"x": 0}))
    except ValueError as error:
        t.record("a limit under invoke", type(error).__name__)
