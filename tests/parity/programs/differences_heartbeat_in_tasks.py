"""timeout: Node timeout; functional: task

A heartbeat inside a `@task`: there it does not reach the clock of the node that called the task, which is then
stopped as idle; here it does. Deliberate: docs/decisions/0012.
"""

from __future__ import annotations

import asyncio
from typing import TypedDict

from actograph.errors import NodeTimeoutError
from actograph.func import task
from actograph.graph import START, StateGraph
from actograph.runtime import Runtime
from actograph.types import TimeoutPolicy


class State(TypedDict, total=False):
    x: str


def main(t):
    @task
    async def beats(runtime: Runtime):
        for _ in range(20):
            await asyncio.sleep(0.05)
            runtime.heartbeat()
        return "done"

    async def node(state):
        return {"x": await beats()}

    limit = TimeoutPolicy(idle_timeout=0.5, refresh_on="heartbeat")
    app = StateGraph(State).add_node("n", node, timeout=limit).add_edge(START, "n").compile()
    try:
        outcome = asyncio.run(app.ainvoke({"x": ""}))
    except NodeTimeoutError as error:
        outcome = type(error).__name__
    t.record("outcome", outcome)
