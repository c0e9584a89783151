"""cache: Node/task cache

Several tasks of one superstep with one cache key that is stored already: there one of them is a hit and the others
run; here all are hits. Deliberate: docs/decisions/0012.
"""

from __future__ import annotations

import operator
from typing import Annotated, TypedDict

from actograph.cache.memory import InMemoryCache
from actograph.graph import START, StateGraph
from actograph.types import CachePolicy, Send


class State(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


def main(t):
    calls = []

    def work(given):
        calls.append(given)
        return {"log": [given["of"]]}

    builder = StateGraph(State).add_node("work", work, cache_policy=CachePolicy())
    builder.add_conditional_edges(START, lambda state: [Send("work", {"of": "a"}) for _ in range(3)], ["work"])
    app = builder.compile(cache=InMemoryCache())
    t.record("first", app.invoke({"log": []}))
    calls.clear()
    t.record("second", app.invoke({"log": []}))
    t.record("calls of the second", len(calls))
