"""timeout: Node timeout
retry: Policy

A timed-out attempt is a failure like others: the default `retry_on` tries it again, each attempt with the whole time; custom chunks stay
but for those sent when time was up; code that swallows the cancellation changes nothing; a TimeoutError of the node's own is its own.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.errors import NodeTimeoutError
from actograph.graph import START, StateGraph
from actograph.runtime import Runtime
from actograph.types import RetryPolicy


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


POLICY = RetryPolicy(initial_interval=0.001, jitter=False)


def graph(node, timeout=0.05, **options):
    return StateGraph(State).add_node("n", node, timeout=timeout, **options).add_edge(START, "n").compile()


def main(t):
    attempts = []

    async def third(state, runtime: Runtime):
        attempts.append(runtime.execution_info.node_attempt)
        runtime.stream_writer(f"attempt {len(attempts)}")
        try:
            if len(attempts) < 3:
                await asyncio.sleep(30)
        except asyncio.CancelledError:
            runtime.stream_writer("too late")
            raise
        return {"log": [f"attempt {len(attempts)}"]}

    async def chunks(app):
        found = []
        try:
            async for chunk in app.astream({"log": []}, stream_mode=["custom", "updates", "values"]):
                found.append(chunk)
        except Exception as error:
            found.append(type(error).__name__)
        return found

    t.chunks("third time lucky", asyncio.run(chunks(graph(third, retry_policy=POLICY))))
    t.record("attempts", list(attempts))
    attempts.clear()
    t.chunks(
        "two attempts are too few", asyncio.run(chunks(graph(third, retry_policy=POLICY._replace(max_attempts=2))))
    )
    t.record("attempts made", list(attempts))
    attempts.clear()
    t.chunks(
        "other failures only", asyncio.run(chunks(graph(third, retry_policy=POLICY._replace(retry_on=ValueError))))
    )
    t.record("one attempt", list(attempts))

    async def swallows(state):
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            return {"log": ["swallowed"]}

    async def replaces(state):
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            raise ValueError("in its place") from None

    async def own(state):
        raise TimeoutError("own")

    for node in (swallows, replaces, own):
        with t.raises(node.__name__):
            asyncio.run(graph(node).ainvoke({"log": []}))
    t.record("retried by default", [POLICY.retry_on(NodeTimeoutError("n", 1.0, kind="run", run_timeout=1.0))])
