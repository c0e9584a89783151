"""exec: Config keys

Callbacks hear of failures of a node and of its graph, of each attempt under a retry policy, of commands and empty
results, of a run out of steps, of input that does not fit, and of a reader who leaves.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph
from actograph.types import Command, RetryPolicy
from tests.parity.listener import Listener


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


def main(t):
    def heard(label, app, given, config=None):
        listener = Listener()
        try:
            app.invoke(given, {**(config or {}), "callbacks": [listener]})
        except Exception as error:
            t.record(f"{label}: raised", type(error).__name__)
        t.record(label, listener.heard)

    def one(node, **options):
        return StateGraph(State).add_node("n", node, **options).add_edge(START, "n").compile()

    def fail(state):
        raise ValueError("no")

    attempts = []

    def flaky(state):
        attempts.append(1)
        if len(attempts) < 3:
            raise ConnectionError("again")
        return {"log": ["done"]}

    heard("a node fails", one(fail), {"x": 1})
    heard("retries", one(flaky, retry_policy=RetryPolicy(initial_interval=0.001, jitter=False)), {"x": 1})
    heard("no result", one(lambda state: None), {"x": 1})
    heard("bad result", one(lambda state: 5), {"x": 1})
    heard("bad input", one(fail), 5)
    heard("no input", one(fail), None)
    commanding = StateGraph(State).add_node("n", lambda state: Command(update={"log": ["n"]}, goto="m"))
    commanding = commanding.add_node("m", lambda state: {}).add_edge(START, "n").compile()
    heard("command", commanding, {"x": 1})
    loop = StateGraph(State).add_node("n", lambda state: {}).add_edge(START, "n").add_edge("n", "n").compile()
    heard("out of steps", loop, {"x": 1}, {"recursion_limit": 2})

    def router(state):
        raise KeyError("where")

    routed = StateGraph(State).add_node("n", lambda state: {}).add_edge(START, "n").add_conditional_edges("n", router)
    heard("a router fails", routed.compile(), {"x": 1})
    listener = Listener()
    chunks = loop.stream({"x": 1}, {"callbacks": [listener]})
    next(chunks)
    chunks.close()
    t.record("left", listener.heard)
