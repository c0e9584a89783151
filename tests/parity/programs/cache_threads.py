"""cache: Node/task cache

Hits count across threads and are stored as any task's writes; an answered node's writes are cached like others.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.cache.memory import InMemoryCache
from actograph.graph import START, StateGraph
from actograph.types import CachePolicy, Command, interrupt


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    calls = []

    def node(state):
        calls.append("node")
        return {"log": ["node"]}

    def asks(state):
        calls.append("asks")
        return {"log": [interrupt("?")]}

    def graph(*nodes):
        builder = StateGraph(State).set_node_defaults(cache_policy=CachePolicy())
        return builder.add_sequence(nodes).add_edge(START, nodes[0].__name__).compile(t.saver(), cache=InMemoryCache())

    app = graph(node)
    one, two = t.thread(), t.thread()
    app.invoke({"log": ["in"]}, one)
    t.chunks("hit on another thread", app.stream({"log": ["in"]}, two))
    t.history("history of the run", app.get_state_history(one))
    t.history("history of the hit", app.get_state_history(two))
    t.record("calls", list(calls))

    calls.clear()
    app = graph(asks)
    one, two = t.thread(), t.thread()
    app.invoke({"log": []}, one)
    t.chunks("answered", app.stream(Command(resume="!"), one))
    t.chunks("not asked again", app.stream({"log": []}, two))
    t.snapshot("after it", app.get_state(two))
    t.record("calls of the one that asks", list(calls))
