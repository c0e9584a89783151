"""Worker threads stay bounded."""

from __future__ import annotations

import operator
import threading
from typing import Annotated, Any, TypedDict

from actograph.engine import workers
from actograph.graph import START, StateGraph
from actograph.types import Command, Send


class State(TypedDict, total=False):
    log: Annotated[list[int], operator.add]


def test_a_fan_out_of_sync_nodes_keeps_to_the_limit_of_threads() -> None:
    most = 0

    def spread(state: State) -> Any:
        return Command(goto=[Send("work", {"n": index}) for index in range(1_000)])

    def work(state: Any) -> Any:
        nonlocal most
        most = max(most, threading.active_count())
        return {"log": [state["n"]]}

    before = threading.active_count()
    graph = StateGraph(State).add_node("spread", spread).add_node("work", work).add_edge(START, "spread").compile()
    assert len(graph.invoke({"log": []})["log"]) == 1_000
    assert most - before <= workers.WORKERS.statistics().limit + 1
