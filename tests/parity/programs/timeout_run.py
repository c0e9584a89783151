"""timeout: Node timeout

`timeout=` limits one attempt of an async node: a number, a timedelta or a policy; NodeTimeoutError says which limit; nothing the attempt
wrote counts, siblings that had ended are kept.
"""

from __future__ import annotations

import asyncio
import operator
from datetime import timedelta
from typing import Annotated, TypedDict

from actograph.errors import NodeTimeoutError
from actograph.graph import START, StateGraph
from actograph.types import TimeoutPolicy


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    seen = []

    async def slow(state):
        try:
            await asyncio.sleep(30)
        finally:
            seen.append("cleaned up")
        return {"log": ["slow"]}

    async def quick(state):
        return {"log": ["quick"]}

    def graph(node, saver=None, **options):
        return StateGraph(State).add_node("n", node, **options).add_edge(START, "n").compile(saver)

    def error_of(app):
        try:
            return app.run()
        except NodeTimeoutError as error:
            return [error.node, error.kind, error.timeout, error.run_timeout, error.idle_timeout, error.elapsed > 0]

    class Run:
        def __init__(self, app):
            self.app = app

        def run(self):
            return asyncio.run(self.app.ainvoke({"log": ["in"]}))

    for label, timeout in (
        ("seconds", 0.02),
        ("timedelta", timedelta(milliseconds=20)),
        ("policy", TimeoutPolicy(run_timeout=0.02)),
        ("policy with a timedelta", TimeoutPolicy(run_timeout=timedelta(milliseconds=20))),
        ("both, the shorter one", TimeoutPolicy(run_timeout=0.02, idle_timeout=20)),
        ("both, the idle one", TimeoutPolicy(run_timeout=20, idle_timeout=0.02)),
    ):
        t.record(label, error_of(Run(graph(slow, timeout=timeout))))
    t.record("cleaned up", seen)
    t.record("in time", error_of(Run(graph(quick, timeout=30))))
    with t.raises("what it is", culprit=["'n'", "0.02"]):
        Run(graph(slow, timeout=0.02)).run()
    t.record("is a TimeoutError", issubclass(NodeTimeoutError, TimeoutError))

    saver, thread = t.saver(), t.thread()
    builder = StateGraph(State).add_node("slow", slow, timeout=0.2).add_node("quick", quick)
    app = builder.add_edge(START, "slow").add_edge(START, "quick").compile(saver)
    with t.raises("with a sibling"):
        asyncio.run(app.ainvoke({"log": ["in"]}, thread))
    snapshot = app.get_state(thread)
    t.record("after it", [snapshot.next, snapshot.values, [task.result for task in snapshot.tasks]])
    t.record("stored as an error", [task.error is not None for task in snapshot.tasks])
