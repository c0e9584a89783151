"""exec: Run parameters
exec: Config keys
control: Send

`max_concurrency` in the config bounds the tasks of a superstep that run at once, sync and async; results and order stay; time in the queue
does not count for time limits.
"""

from __future__ import annotations

import asyncio
import operator
import threading
import time
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Send


class State(TypedDict, total=False):
    log: Annotated[list[int], operator.add]


class Gauge:
    def __init__(self):
        self.lock, self.now, self.most = threading.Lock(), 0, 0

    def __enter__(self):
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)

    def __exit__(self, *_):
        with self.lock:
            self.now -= 1


def main(t):
    gauge = Gauge()

    def sync(arg):
        with gauge:
            time.sleep(0.02)
        return {"log": [arg]}

    async def quick(arg):
        with gauge:
            await asyncio.sleep(0.02)
        return {"log": [arg]}

    def graph(node, **options):
        gauge.most = 0
        builder = StateGraph(State).add_node("n", node, **options)
        return builder.add_conditional_edges(START, lambda state: [Send("n", i) for i in range(8)], ["n"]).compile()

    for most in (1, 2, 3):
        config = {"max_concurrency": most}
        t.record(f"sync, {most}", [graph(sync).invoke({"log": []}, config), gauge.most <= most])
        t.record(
            f"sync node, async run, {most}", [asyncio.run(graph(sync).ainvoke({"log": []}, config)), gauge.most <= most]
        )
        t.record(f"async, {most}", [asyncio.run(graph(quick).ainvoke({"log": []}, config)), gauge.most])
    t.record("no bound", [asyncio.run(graph(quick).ainvoke({"log": []})), gauge.most])

    async def slow(arg):
        await asyncio.sleep(0.2)
        return {"log": [arg]}

    limited = graph(slow, timeout=1.2)
    t.record("time in the queue", asyncio.run(limited.ainvoke({"log": []}, {"max_concurrency": 1})))
