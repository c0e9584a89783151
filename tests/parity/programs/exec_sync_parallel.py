"""exec: Run methods

Parallel sync nodes of an `invoke` overlap in threads; a `max_concurrency` of 1 makes them take turns.
"""

from __future__ import annotations

import operator
import threading
from typing import Annotated, TypedDict

from actograph.graph import START, StateGraph


class State(TypedDict):
    log: Annotated[list[str], operator.add]


def main(t):
    barrier = threading.Barrier(3, timeout=5)
    busy, most, lock = [], [], threading.Lock()

    def meet(state):
        return {"log": ["met" if barrier.wait() >= 0 else "alone"]}

    def counted(state):
        with lock:
            busy.append(1)
            most.append(len(busy))
        threading.Event().wait(0.002)
        with lock:
            busy.pop()
        return {"log": ["counted"]}

    def graph(node):
        builder = StateGraph(State)
        for name in ("a", "b", "c"):
            builder.add_node(name, node).add_edge(START, name)
        return builder.compile()

    t.record("overlap", graph(meet).invoke({"log": []}))
    t.record("take turns", [graph(counted).invoke({"log": []}, {"max_concurrency": 1}), max(most)])
