"""retry: Policy; stream: custom

A failed attempt leaves no writes and no updates behind, but the custom chunks it sent; siblings are not run again; a
router that fails after its node counts as the node's failure.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import END, START, StateGraph
from actograph.types import RetryPolicy


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


class Flaky(Exception):
    pass


def main(t):
    counts = {"flaky": 0, "sibling": 0, "router": 0}
    retry = RetryPolicy(initial_interval=0.001, jitter=False)

    def flaky(state, writer):
        counts["flaky"] += 1
        writer(f"flaky: attempt {counts['flaky']}")
        if counts["flaky"] < 3:
            raise Flaky
        return {"log": [f"attempt {counts['flaky']}"]}

    def sibling(state):
        counts["sibling"] += 1
        return {"log": ["sibling"]}

    def router(state):
        counts["router"] += 1
        if counts["router"] < 2:
            raise Flaky
        return END

    builder = StateGraph(State).add_node("flaky", flaky, retry_policy=retry).add_node("sibling", sibling)
    builder.add_edge(START, "flaky").add_edge(START, "sibling")
    app, thread = builder.compile(checkpointer=t.saver()), t.thread()
    modes = ["custom", "updates", "values"]
    t.chunks("chunks", app.stream({"log": ["in"]}, thread, stream_mode=modes), parallel=[{"flaky", "sibling"}])
    t.record("counts", dict(counts))
    t.record("state", [(snap.metadata["step"], snap.values) for snap in app.get_state_history(thread)])

    counts["flaky"] = 2
    builder = StateGraph(State).add_node("node", flaky, retry_policy=retry).add_edge(START, "node")
    routed = builder.add_conditional_edges("node", router).compile()
    t.record("router", [asyncio.run(routed.ainvoke({})), dict(counts)])
