"""functional: entrypoint

A function becomes a graph of one node: invoke, stream in every mode, state and history, sync and async, with and without a saver.
"""

from __future__ import annotations

import asyncio

from actograph.func import entrypoint
from actograph.graph import StateGraph


def main(t):
    entered = []

    @entrypoint(checkpointer=t.saver())
    def double(number: int) -> int:
        entered.append(number)
        return number * 2

    @entrypoint()
    async def greet(person: dict) -> str:
        await asyncio.sleep(0)
        return f"hello {person['name']}"

    config = t.thread()
    t.record("name and mode", [double.name, double.stream_mode, type(double).__name__])
    t.record("result", double.invoke(2, config))
    t.record("no mode given", list(double.stream(3, config)))
    for mode in ("values", "updates", "custom", ["values", "updates"]):
        t.record(f"chunks {mode}", list(double.stream(4, t.thread(), stream_mode=mode)))
    t.snapshot("state", double.get_state(config))
    t.history("history", double.get_state_history(config))
    t.record("entered", entered)
    t.record("async in a loop", asyncio.run(greet.ainvoke({"name": "Ada"})))
    t.record("async sync function", asyncio.run(double.ainvoke(5, config)))
    t.record("batch of threads", [double.invoke(n, t.thread()) for n in range(3)])
    t.record("graph classes differ", isinstance(double, StateGraph))
