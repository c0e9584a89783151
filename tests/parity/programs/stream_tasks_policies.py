"""stream: tasks
errors: Node error handler
cache: Node/task cache

Starts and ends of tasks that are cached, handled when they fail, deferred, or calls of `@task` functions.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.cache.memory import InMemoryCache
from actograph.func import entrypoint, task
from actograph.graph import START, StateGraph
from actograph.types import CachePolicy, Command


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[str], operator.add]


MODES = ["updates", "tasks"]


def main(t):
    cached = StateGraph(State).add_node("n", lambda state: {"log": ["n"]}, cache_policy=CachePolicy(ttl=60))
    cached = cached.add_edge(START, "n").compile(cache=InMemoryCache())
    t.record("cache: first", list(cached.stream({"x": 0}, stream_mode=MODES)))
    t.record("cache: hit", list(cached.stream({"x": 0}, stream_mode=MODES)))

    def fail(state):
        raise ValueError("broken")

    handled = StateGraph(State).add_node(
        "bad", fail, error_handler=lambda state: Command(update={"log": ["handled"]}, goto="next")
    )
    handled = handled.add_node("next", lambda state: {"x": 1}).add_edge(START, "bad").compile(checkpointer=t.saver())
    t.record("handled", list(handled.stream({"x": 0}, t.thread(), stream_mode=[*MODES, "values"])))
    t.record("handled: debug", list(handled.stream({"x": 0}, t.thread(), stream_mode="debug")))

    late = StateGraph(State).add_node("a", lambda state: {"log": ["a"]}).add_node("b", lambda state: {"log": ["b"]})
    late = late.add_node("late", lambda state: {"log": ["late"]}, defer=True).add_edge(START, "a").add_edge("a", "b")
    late = late.add_edge(START, "late").compile(checkpointer=t.saver())
    t.record("deferred", list(late.stream({"x": 0}, t.thread(), stream_mode=["checkpoints", "tasks"])))

    @task
    def double(n):
        return n * 2

    @entrypoint(checkpointer=t.saver())
    def flow(n):
        return double(n).result() + double(n + 1).result()

    for mode in ("tasks", "checkpoints", "debug"):
        t.record(f"functional: {mode}", list(flow.stream(1, t.thread(), stream_mode=mode)))
