"""timeout: Node timeout

An idle timeout begins anew with every sign of life: by default a chunk of the node's writer, a heartbeat, and what a sub-graph does; with
`refresh_on="heartbeat"` only `runtime.heartbeat()`.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.errors import NodeTimeoutError
from actograph.graph import START, StateGraph
from actograph.runtime import Runtime
from actograph.types import TimeoutPolicy

PAUSE, IDLE, TIMES = 0.3, 1.0, 5
"""Seconds between signs of life, the limit, and how many: together well over the limit."""


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    async def writes(state, runtime: Runtime):
        for i in range(TIMES):
            await asyncio.sleep(PAUSE)
            runtime.stream_writer(i)
        return {"log": ["wrote"]}

    async def beats(state, runtime: Runtime):
        for _ in range(TIMES):
            await asyncio.sleep(PAUSE)
            runtime.heartbeat()
        return {"log": ["beat"]}

    async def step(state):
        await asyncio.sleep(PAUSE)
        return {"log": ["step"]}

    sub = StateGraph(State).add_sequence([(f"s{i}", step) for i in range(TIMES)]).add_edge(START, "s0").compile()

    async def calls(state):
        return {"log": [f"called: {len((await sub.ainvoke({'log': []}))['log'])}"]}

    async def silent(state):
        await asyncio.sleep(30)

    def graph(node, refresh_on):
        policy = TimeoutPolicy(idle_timeout=IDLE, refresh_on=refresh_on)
        return StateGraph(State).add_node("n", node, timeout=policy).add_edge(START, "n").compile()

    async def outcome(node, refresh_on):
        try:
            return (await graph(node, refresh_on).ainvoke({"log": []}))["log"]
        except NodeTimeoutError as error:
            return [error.kind, error.idle_timeout, error.run_timeout]

    async def go():
        cases = [(node, mode) for node in (writes, beats, calls, silent) for mode in ("auto", "heartbeat")]
        return await asyncio.gather(*(outcome(*case) for case in cases))

    names = [
        f"{node}, {mode}" for node in ("writer", "heartbeat", "sub-graph", "silent") for mode in ("auto", "heartbeat")
    ]
    t.record("outcomes", dict(zip(names, asyncio.run(go()))))

    async def unlimited(state, runtime: Runtime):
        runtime.heartbeat()
        return {"log": ["no limit"]}

    app = StateGraph(State).add_node("n", unlimited).add_edge(START, "n").compile()
    t.record("a heartbeat that nobody waits for", asyncio.run(app.ainvoke({"log": []})))
