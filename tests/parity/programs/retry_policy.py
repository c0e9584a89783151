"""retry: Policy

`RetryPolicy` runs a failed node again up to `max_attempts` times; the last error is raised as it is; the fields and
their defaults; without a policy there is one attempt; attempts are counted in `execution_info`.
"""

from __future__ import annotations

import asyncio
from typing import Any, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import RetryPolicy


class State(TypedDict, total=False):
    seen: Any


class Flaky(Exception):
    pass


def policy(**options):
    return RetryPolicy(initial_interval=0.001, max_interval=0.002, jitter=False, **options)


def main(t):
    attempts = []

    def make(failures, is_async=False):
        def node(state, runtime):
            attempts.append([runtime.execution_info.node_attempt, runtime.execution_info.task_id])
            if len(attempts) <= failures:
                raise Flaky(f"attempt {len(attempts)}")
            return {"seen": len(attempts)}

        async def anode(state, runtime):
            await asyncio.sleep(0)
            return node(state, runtime)

        attempts.clear()
        return anode if is_async else node

    def graph(node, retry):
        return StateGraph(State).add_node("node", node, retry_policy=retry).add_edge(START, "node").compile()

    t.record("defaults", RetryPolicy()._replace(retry_on=None))
    t.record("third time lucky", graph(make(2), policy()).invoke({}))
    t.record("attempts", list(attempts))
    t.record("async", asyncio.run(graph(make(2, True), policy()).ainvoke({})))
    t.record("async attempts", list(attempts))
    t.record("sync node, async run", asyncio.run(graph(make(1), policy()).ainvoke({})))
    for label, retry, failures in (
        ("exhausted", policy(), 3),
        ("two attempts", policy(max_attempts=2), 2),
        ("none", None, 1),
    ):
        try:
            graph(make(failures), retry).invoke({})
        except Flaky as error:
            t.record(label, [str(error), len(attempts)])
    t.record("enough attempts", graph(make(4), policy(max_attempts=5)).invoke({}))
    t.chunks("stream", graph(make(2), policy()).stream({}, stream_mode=["values", "updates"]))
