"""Sync calls: driven by the calling thread, nested, inside running loops, from many threads."""

from __future__ import annotations

import asyncio
import contextvars
import operator
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any, TypedDict

from actograph.config import get_stream_writer
from actograph.engine import workers
from actograph.graph import END, START, StateGraph
from actograph.types import Send


class State(TypedDict, total=False):
    value: int
    log: Annotated[list[Any], operator.add]


def single(node: Any) -> Any:
    return StateGraph(State).add_node("node", node).add_edge(START, "node").add_edge("node", END).compile()


def test_a_lone_sync_node_runs_in_the_callers_thread_and_may_call_asyncio_run() -> None:
    async def nested() -> int:
        await asyncio.sleep(0)
        return 41

    def node(state: State) -> dict[str, Any]:
        return {"value": asyncio.run(nested()) + 1, "log": [threading.get_ident()]}

    assert single(node).invoke({"value": 0}) == {"value": 42, "log": [threading.get_ident()]}


def test_thread_locals_are_the_callers() -> None:
    local = threading.local()
    local.value = 7
    assert single(lambda state: {"value": local.value}).invoke({"value": 0})["value"] == 7


def test_graphs_invoke_graphs() -> None:
    inner = single(lambda state: {"value": state["value"] * 2})
    outer = single(lambda state: {"value": inner.invoke({"value": state["value"] + 1})["value"]})
    outermost = single(lambda state: {"value": outer.invoke(state)["value"] + 100})
    assert outermost.invoke({"value": 1})["value"] == 104
    assert asyncio.run(outermost.ainvoke({"value": 1}))["value"] == 104


def test_custom_chunks_of_one_long_node_come_while_it_runs() -> None:
    taken = threading.Event()

    def node(state: State) -> dict[str, Any]:
        writer = get_stream_writer()
        writer("first")
        assert taken.wait(10), "the chunk was not delivered while the node ran"
        writer("second")
        return {"value": 1}

    chunks = []
    for chunk in single(node).stream({"value": 0}, stream_mode="custom"):
        chunks.append(chunk)
        taken.set()
    assert chunks == ["first", "second"]


def test_invoke_and_stream_inside_a_running_loop() -> None:
    graph = single(lambda state: {"value": state["value"] + 1})

    async def main() -> None:
        assert graph.invoke({"value": 1})["value"] == 2
        assert list(graph.stream({"value": 1}, stream_mode="updates")) == [{"node": {"value": 2}}]

    asyncio.run(main())


def test_async_nodes_run_under_invoke() -> None:
    async def node(state: State) -> dict[str, Any]:
        await asyncio.sleep(0)
        return {"value": state["value"] + 1}

    assert single(node).invoke({"value": 1})["value"] == 2


def test_200_parallel_sync_nodes_that_each_invoke_a_graph_with_parallel_sync_nodes() -> None:
    def leaf(state: State) -> dict[str, Any]:
        time.sleep(0.001)
        return {"log": [state["value"]]}

    inner = (
        StateGraph(State)
        .add_node("left", leaf)
        .add_node("right", leaf)
        .add_edge(START, "left")
        .add_edge(START, "right")
        .compile()
    )

    def node(state: State) -> dict[str, Any]:
        return {"log": inner.invoke({"value": state["value"]})["log"]}

    def fan(state: State) -> list[Send]:
        return [Send("node", {"value": number}) for number in range(200)]

    outer = StateGraph(State).add_node("node", node).add_conditional_edges(START, fan, ["node"]).compile()
    expected = sorted([*range(200), *range(200)])
    assert sorted(outer.invoke({"value": 0})["log"]) == expected
    assert sorted(asyncio.run(outer.ainvoke({"value": 0}))["log"]) == expected
    assert workers.WORKERS.statistics().free == workers.WORKERS.statistics().limit


def test_parallel_sync_nodes_run_at_the_same_time() -> None:
    barrier = threading.Barrier(2, timeout=10)

    def node(state: State) -> dict[str, Any]:
        barrier.wait()
        return {"log": [1]}

    graph = (
        StateGraph(State).add_node("a", node).add_node("b", node).add_edge(START, "a").add_edge(START, "b").compile()
    )
    assert graph.invoke({"value": 0})["log"] == [1, 1]


def test_many_threads_invoke_at_once() -> None:
    graph = single(lambda state: {"value": state["value"] + 1})
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda number: graph.invoke({"value": number})["value"], range(200)))
    assert results == list(range(1, 201))


def test_breaking_out_of_a_stream_stops_the_run() -> None:
    ran = []

    def first(state: State) -> dict[str, Any]:
        ran.append("first")
        return {"value": 1}

    def second(state: State) -> dict[str, Any]:
        ran.append("second")
        return {"value": 2}

    graph = StateGraph(State).add_sequence([("first", first), ("second", second)]).add_edge(START, "first").compile()
    for _ in graph.stream({"value": 0}, stream_mode="updates"):
        break
    assert ran == ["first"]


def test_the_bound_on_worker_threads_holds() -> None:
    pool = workers.Workers(limit=5)
    running = 0
    most = 0
    lock = threading.Lock()

    def work(_: int) -> int:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.0005)
        with lock:
            running -= 1
        return threading.get_ident()

    async def main() -> set[int]:
        context = contextvars.copy_context()
        return set(await asyncio.gather(*(pool.call(context.copy(), work, number) for number in range(300))))

    threads = asyncio.run(main())
    assert most == 5
    assert len(threads) == 5
    assert pool.statistics() == workers.WorkerStatistics(limit=5, free=5, waiting=0, abandoned=0)
