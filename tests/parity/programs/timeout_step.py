"""timeout: Step timeout

`graph.step_timeout` limits a superstep: TimeoutError; tasks that had ended are kept and the others run again; neither retries nor error
handlers are asked; each superstep has the whole time; None and 0 mean no limit.
"""

from __future__ import annotations

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import RetryPolicy


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    calls, patience = [], [30]

    async def slow(state):
        calls.append("slow")
        await asyncio.sleep(patience[0])
        return {"log": ["slow"]}

    async def quick(state):
        calls.append("quick")
        return {"log": ["quick"]}

    def handler(state):
        calls.append("handler")

    def graph(saver=None, **options):
        builder = StateGraph(State).add_node("slow", slow, **options).add_node("quick", quick)
        return builder.add_edge(START, "slow").add_edge(START, "quick").compile(saver)

    async def chunks(app, given, thread):
        found = []
        try:
            async for chunk in app.astream(given, thread, stream_mode=["updates", "values"]):
                found.append(chunk)
        except TimeoutError as error:
            found.append(type(error).__name__)
        return found

    app, thread = graph(t.saver()), t.thread()
    t.record("no limit at first", app.step_timeout)
    app.step_timeout = 0.2
    t.chunks("too slow", asyncio.run(chunks(app, {"log": ["in"]}, thread)), parallel=[{"slow", "quick"}])
    snapshot = app.get_state(thread)
    t.record("after it", [snapshot.next, snapshot.values, [task.result for task in snapshot.tasks]])
    patience[0] = 0
    t.chunks("then", asyncio.run(chunks(app, None, thread)), parallel=[{"slow", "quick"}])
    t.record("calls", sorted(calls))

    calls.clear()
    patience[0] = 30
    app = graph(retry_policy=RetryPolicy(initial_interval=0.001), error_handler=handler)
    app.step_timeout = 0.2
    with t.raises("a retry policy and a handler"):
        asyncio.run(app.ainvoke({"log": []}))
    t.record("nobody asked them", sorted(calls))

    patience[0] = 0.3
    builder = StateGraph(State).add_sequence([(name, slow) for name in ("a", "b", "c", "d")]).add_edge(START, "a")
    app = builder.compile()
    app.step_timeout = 1.0
    t.record("each superstep has it anew", asyncio.run(app.ainvoke({"log": []})))
    app.step_timeout = 0
    t.record("0 is no limit", asyncio.run(app.ainvoke({"log": []})))
    t.record(
        "kept by copies", [app.with_config({"tags": ["x"]}).step_timeout, app.copy({"step_timeout": 3}).step_timeout]
    )
