"""exec: Run methods

`batch` and `abatch`: results in the order of the inputs, one config or one for each, a bound on concurrency, errors
raised or returned, further arguments; as they are completed.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    x: int
    tags: list[str]


def node(state, config):
    if state["x"] < 0:
        raise ValueError(state["x"])
    return {"x": state["x"] + 1, "tags": config.get("tags", [])}


def main(t):
    app = StateGraph(State).add_node("n", node).add_edge(START, "n").compile()
    given = [{"x": 1}, {"x": 2}, {"x": 3}]
    bad = [{"x": 1}, {"x": -2}, {"x": -3}]

    def both(label, *args, **kwargs):
        t.record(label, app.batch(*args, **kwargs))
        t.record(f"{label}, async", asyncio.run(app.abatch(*args, **kwargs)))

    both("results", given)
    both("empty", [])
    both("one config", given, {"tags": ["T"]})
    both("configs", given, [{"tags": [str(index)]} for index in range(3)])
    both("bounded", given, {"max_concurrency": 1})
    both("mode", given, stream_mode="updates")
    both("errors returned", bad, return_exceptions=True)
    with t.raises("raised"):
        app.batch(bad)
    with t.raises("raised, async"):
        asyncio.run(app.abatch(bad))
    with t.raises("configs of another length"):
        app.batch(given, [{}])
    t.record("completed", sorted((index, result["x"]) for index, result in app.batch_as_completed(given)))

    async def completed():
        return sorted([(index, result["x"]) async for index, result in app.abatch_as_completed(given)])

    t.record("completed, async", asyncio.run(completed()))
    threads = set()
    alone = threading.Lock()

    def narrow(state):
        threads.add(threading.get_ident())
        with alone:
            return {"x": 0}

    app = StateGraph(State).add_node("n", narrow).add_edge(START, "n").compile()
    app.batch(given, {"max_concurrency": 1})
    t.record("threads", len(threads))
