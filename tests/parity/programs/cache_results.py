"""cache: Node/task cache

What is cached are a node's writes: `Command` with its goto, `Send`s, no update at all, and where a router led, which is not asked again.
Failures are not cached, the end of a retried node is.
"""

from __future__ import annotations

import operator
from typing import Annotated, Any, TypedDict

from actograph.cache.memory import InMemoryCache
from actograph.graph import START, StateGraph
from actograph.types import CachePolicy, Command, RetryPolicy, Send


class State(TypedDict, total=False):
    x: Any
    log: Annotated[list[str], operator.add]


def main(t):
    calls = []

    def graph(first, router=None, **options):
        calls.clear()
        builder = StateGraph(State).add_node("first", first, cache_policy=CachePolicy(), **options)
        builder.add_node("to", lambda state: {"log": [f"to {state.get('x')}"]})
        builder.add_edge(START, "first")
        if router is not None:
            builder.add_conditional_edges("first", router, ["to"])
        return builder.compile(cache=InMemoryCache())

    def both(label, app):
        t.chunks(f"{label}, first", app.stream({"x": 1}), parallel=[("to",)])
        t.chunks(f"{label}, again", app.stream({"x": 1}), parallel=[("to",)])
        t.record(f"{label}, runs", list(calls))

    def command(state):
        calls.append("command")
        return Command(update={"log": ["command"]}, goto="to")

    def sends(state):
        calls.append("sends")
        return Command(goto=[Send("to", {"x": 7}), "to"])

    def commands(state):
        calls.append("commands")
        return [Command(goto="to"), {"log": ["listed"]}]

    def nothing(state):
        calls.append("nothing")

    def update(state):
        calls.append("update")
        return {"log": ["update"]}

    def router(state):
        calls.append("router")
        return "to"

    both("command", graph(command))
    both("sends", graph(sends))
    both("list", graph(commands))
    both("nothing", graph(nothing))
    both("router", graph(update, router))

    def flaky(state):
        calls.append("flaky")
        if len(calls) < 3:
            raise ConnectionError("again")
        return {"log": [f"attempt {len(calls)}"]}

    both("retried", graph(flaky, retry_policy=RetryPolicy(initial_interval=0.001, jitter=False)))
    app = graph(flaky)
    for attempt in (1, 2):
        with t.raises(f"failure {attempt}"):
            app.invoke({"x": 1})
    t.record("then it works", [app.invoke({"x": 1}), app.invoke({"x": 1}), len(calls)])
