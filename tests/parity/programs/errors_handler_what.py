"""errors: Node error handler
retry: Policy

What a handler is for: failures that no retry helped, of the node, its writes, its routers, its sub-graph, its time limit; interrupts and
KeyboardInterrupt are none. What the node wrote before its router failed counts.
"""

import asyncio
import operator
from typing import Annotated, TypedDict

from actograph.errors import NodeError
from actograph.graph import START, StateGraph
from actograph.types import RetryPolicy, interrupt


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    calls = []

    def handler(state, error: NodeError):
        calls.append("handler")
        return {"log": [type(error.error).__name__]}

    def graph(node, router=None, saver=None, **options):
        calls.clear()
        builder = StateGraph(State).add_node("n", node, error_handler=handler, **options).add_edge(START, "n")
        if router is not None:
            builder.add_conditional_edges("n", router, ["n"])
        return builder.compile(saver)

    def fails(state):
        calls.append("node")
        raise ConnectionError("down")

    def works(state):
        return {"log": ["works"]}

    def lost(state):
        raise LookupError("lost")

    async def slow(state):
        await asyncio.sleep(30)

    policy = RetryPolicy(initial_interval=0.001, jitter=False)
    t.record("after the retries", [graph(fails, retry_policy=policy).invoke({"log": []}), list(calls)])
    t.record("a value that is no update", graph(lambda state: "text").invoke({"log": []}))
    t.record("a time limit", asyncio.run(graph(slow, timeout=0.02).ainvoke({"log": []})))
    t.chunks("a router", graph(works, lost).stream({"log": []}, stream_mode=["updates", "values"]))
    app, thread = graph(works, lost, t.saver()), t.thread()
    t.record("a router, stored", app.invoke({"log": []}, thread))
    sub = StateGraph(State).add_node("inner", fails).add_edge(START, "inner").compile()
    t.record("a sub-graph", graph(sub).invoke({"log": []}))

    def stops(state):
        raise KeyboardInterrupt

    try:
        graph(stops).invoke({"log": []})
    except KeyboardInterrupt:
        t.record("KeyboardInterrupt: nobody handled that", list(calls))
    app, thread = graph(lambda state: {"log": [interrupt("?")]}, None, t.saver()), t.thread()
    t.record("an interrupt", app.invoke({"log": []}, thread))
    t.record("nobody handled that either", list(calls))
