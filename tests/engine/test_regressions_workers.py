"""Worker threads stay bounded, and none waits for itself."""

from __future__ import annotations

import asyncio
import operator
import threading
from collections.abc import Callable
from typing import Annotated, Any, TypedDict

import pytest

from actograph.engine import workers
from actograph.func import task
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


@task
def leaf(number: int) -> int:
    return number + 1


def _inner(node: Callable[[State], State]) -> Any:
    return (
        StateGraph(State)
        .add_node("first", node)
        .add_node("second", node)
        .add_edge(START, "first")
        .add_edge(START, "second")
    )


def _plain(state: State) -> State:
    return {"log": [1]}


def _calls_unforeseen(state: State) -> State:
    return {"log": [globals()["le" + "af"](0).result()]}


def _in_own_loop(graph: Any) -> Any:
    return asyncio.run(graph.ainvoke({"log": []}))


def _in_own_loop_many(graph: Any) -> Any:
    async def gathered() -> Any:
        return (await asyncio.gather(*[graph.ainvoke({"log": []}) for _ in range(3)]))[0]

    return asyncio.run(gathered())


def _left_in_own_loop(graph: Any) -> Any:
    loop = asyncio.new_event_loop()
    waiting = loop.create_task(graph.ainvoke({"log": []}))
    loop.run_until_complete(asyncio.sleep(0))
    waiting.cancel()
    loop.run_until_complete(asyncio.wait([waiting]))
    loop.close()
    return graph.invoke({"log": []})


def _sync_inside_a_loop(graph: Any) -> Any:
    async def blocking() -> Any:
        return graph.invoke({"log": []})

    return asyncio.run(blocking())


def _stream_inside_a_loop(graph: Any) -> Any:
    async def blocking() -> Any:
        return list(graph.stream({"log": []}, stream_mode="values"))[-1]

    return asyncio.run(blocking())


def _batch(graph: Any) -> Any:
    return graph.batch([{"log": []}] * 3)[0]


def _lone_node_that_calls(graph: Any) -> Any:
    lone = StateGraph(State).add_node("lone", _calls_unforeseen).add_edge(START, "lone").compile()
    return {"log": [*lone.invoke({"log": []})["log"], 1]}


@pytest.mark.parametrize(
    "call",
    [
        _in_own_loop,
        _in_own_loop_many,
        _left_in_own_loop,
        _sync_inside_a_loop,
        _stream_inside_a_loop,
        _batch,
        _lone_node_that_calls,
    ],
)
@pytest.mark.parametrize("limit", [1, 2])
def test_nodes_that_call_graphs_do_not_hold_all_threads(
    monkeypatch: pytest.MonkeyPatch, limit: int, call: Callable[[Any], Any]
) -> None:
    """With as many such nodes as there may be threads, a node that kept its thread's place would wait for ever."""
    pool = workers.Workers(limit)
    monkeypatch.setattr(workers, "WORKERS", pool)
    monkeypatch.setattr(workers, "IDLE_SECONDS", 0.01)
    graph = _inner(_plain).compile()
    outer = StateGraph(State)
    for index in range(3):
        outer.add_node(f"outer{index}", lambda state: {"log": call(graph)["log"]})
        outer.add_edge(START, f"outer{index}")
    assert asyncio.run(outer.compile().ainvoke({"log": []}))["log"] == [1] * 6
    pool.finish()
    assert pool.statistics() == (limit, limit, 0, 0)
