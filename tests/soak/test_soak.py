"""Nothing grows: memory, tasks, actors, threads and held tasks stay flat over many runs of each face."""

from __future__ import annotations

import asyncio
import gc
import operator
import resource
import sys
import threading
import tracemalloc
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypedDict

import pytest

from actograph.actors import ActorSystem
from actograph.checkpoint.memory import InMemorySaver
from actograph.checkpoint.records.ids import pack_id
from actograph.engine.drive import thread_loop
from actograph.engine.suspended import Registry
from actograph.engine.workers import WORKERS
from actograph.graph import START, StateGraph
from actograph.types import Command, Send, ainterrupt

KIB = 1024


class State(TypedDict, total=False):
    value: int
    log: Annotated[list[str], operator.add]


async def ask(state: State) -> dict[str, Any]:
    return {"log": [str(await ainterrupt("q"))]}


async def fast(state: State) -> dict[str, Any]:
    return {"log": ["fast"]}


async def slow(state: State) -> dict[str, Any]:
    await asyncio.sleep(0)
    return {"log": ["slow"]}


async def fails(state: State) -> dict[str, Any]:
    raise ValueError("as always")


def plain(state: State) -> dict[str, Any]:
    return {"log": ["plain"]}


def graph_of(*nodes: Any, saver: Any = None) -> Any:
    builder = StateGraph(State)
    for node in nodes:
        builder.add_node(node.__name__, node)
        builder.add_edge(START, node.__name__)
    return builder.compile(checkpointer=saver)


async def held_and_resumed(_: int, graph: Any, saver: InMemorySaver) -> None:
    """One pause, one resume, and the thread is deleted."""
    config = {"configurable": {"thread_id": "1"}}
    await graph.ainvoke({"value": 0}, config)
    await graph.ainvoke(Command(resume="a"), config)
    saver.delete_thread("1")


async def held_and_deleted(_: int, graph: Any, saver: InMemorySaver) -> None:
    """A pause that nobody answers."""
    await graph.ainvoke({"value": 0}, {"configurable": {"thread_id": "1"}})
    saver.delete_thread("1")
    await asyncio.sleep(0)


async def ends(_: int, graph: Any, saver: InMemorySaver) -> None:
    await graph.ainvoke({"value": 0})


async def is_cancelled(number: int, graph: Any, saver: InMemorySaver) -> None:
    run = asyncio.create_task(graph.ainvoke({"value": 0}))
    for _ in range(number % 8):
        await asyncio.sleep(0)
    run.cancel()
    await asyncio.wait([run])


async def raises(_: int, graph: Any, saver: InMemorySaver) -> None:
    with pytest.raises(ValueError, match="as always"):
        await graph.ainvoke({"value": 0})


async def is_left(_: int, graph: Any, saver: InMemorySaver) -> None:
    async for _chunk in graph.astream({"value": 0}, stream_mode="values"):
        break


KINDS: dict[str, tuple[Callable[[int, Any, InMemorySaver], Awaitable[None]], tuple[Any, ...], bool]] = {
    "ends": (ends, (fast, slow), False),
    "stores": (held_and_resumed, (ask, fast), True),
    "held": (held_and_deleted, (ask, fast), True),
    "cancelled": (is_cancelled, (fast, slow), False),
    "fails": (raises, (fails, slow), False),
    "left": (is_left, (fast, slow), False),
}


async def growth(kind: str, runs: int) -> tuple[int, ActorSystem, int]:
    """Bytes of Python memory that `runs` runs leave behind, after as many to warm up (at most 500)."""
    one, nodes, stored = KINDS[kind]
    saver = InMemorySaver()
    graph = graph_of(*nodes, saver=saver if stored else None)
    system = ActorSystem.current()

    async def repeat(times: int) -> None:
        for number in range(times):
            await one(number, graph, saver)
        for _ in range(20):
            await asyncio.sleep(0)
        pack_id.cache_clear()  # of a fixed size, and filled by any run
        gc.collect()

    await repeat(min(runs, 500))
    tracemalloc.start()
    try:
        await repeat(10)
        before, _ = tracemalloc.get_traced_memory()
        await repeat(runs)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return after - before, system, len(Registry.of(system.loop))


@pytest.mark.parametrize("kind", KINDS)
def test_runs_leave_nothing_behind(kind: str) -> None:
    async def main() -> None:
        left, system, held = await growth(kind, 200)
        assert left < 48 * KIB, f"{left} bytes left by 200 runs"
        statistics = system.statistics()
        assert (statistics.alive, statistics.running, statistics.queued, held) == (0, 0, 0, 0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


def test_hundreds_of_runs_of_each_face_leave_no_actor_task_or_thread() -> None:
    graph = graph_of(fast, plain)
    threads: list[int] = []

    async def main() -> None:
        for number in range(400):
            await graph.ainvoke({"value": 0})
            if number == 100:
                threads.append(threading.active_count())
        assert ActorSystem.current().statistics().alive == 0
        assert asyncio.all_tasks() == {asyncio.current_task()}

    async def statistics() -> Any:
        return ActorSystem.current().statistics()

    asyncio.run(main())
    for _ in range(400):
        graph.invoke({"value": 0})
        list(graph.stream({"value": 0}))
    loop = thread_loop()
    assert loop.run_until_complete(statistics()).alive == 0
    assert not asyncio.all_tasks(loop)
    workers = WORKERS.statistics()
    assert (workers.free, workers.waiting, workers.abandoned) == (workers.limit, 0, 0)
    assert threading.active_count() <= threads[0] + workers.limit


def test_a_large_fan_out_gives_its_memory_back() -> None:
    def spread(state: State) -> Any:
        return Command(goto=[Send("work", {"value": index}) for index in range(6_000)])

    async def work(state: State) -> Any:
        await asyncio.sleep(0)
        return {"log": ["w"]}

    graph = StateGraph(State).add_node("spread", spread).add_node("work", work).add_edge(START, "spread").compile()

    async def main() -> None:
        await graph.ainvoke({"value": 0})
        tracemalloc.start()
        try:
            before, _ = tracemalloc.get_traced_memory()
            assert len((await graph.ainvoke({"value": 0}))["log"]) == 6_000
            gc.collect()
            after, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        # The table of asyncio's own list of tasks may not have shrunk yet.
        assert after - before < 512 * KIB, "87 bytes a task"
        assert peak - before < 6_000 * 8 * KIB, "8 KiB a task"

    asyncio.run(main())


def _resident() -> int:
    """KiB of this process in memory, its highest so far."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // KIB if sys.platform == "darwin" else most


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("kind", KINDS)
def test_two_hundred_thousand_runs_keep_the_process_as_it_is(kind: str) -> None:
    one, nodes, stored = KINDS[kind]
    saver = InMemorySaver()
    graph = graph_of(*nodes, saver=saver if stored else None)

    async def main() -> None:
        for number in range(20_000):
            await one(number, graph, saver)
        before = _resident()
        for number in range(200_000):
            await one(number, graph, saver)
        assert _resident() - before < 4 * KIB, "4 MiB"
        async with asyncio.timeout(10):
            # A stream that was left is closed by the loop, in a task of its own.
            while asyncio.all_tasks() != {asyncio.current_task()}:
                await asyncio.sleep(0)

    asyncio.run(main())


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_two_hundred_thousand_sync_runs_keep_the_process_as_it_is() -> None:
    graph = graph_of(plain)
    for _ in range(20_000):
        graph.invoke({"value": 0})
    before = _resident()
    for _ in range(200_000):
        graph.invoke({"value": 0})
    assert _resident() - before < 4 * KIB, "4 MiB"
