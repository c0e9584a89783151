"""Many threads that wait for a person: what each of them holds, in memory and on disk."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from benchmarks import disk, measure, peers
from benchmarks.runtimes import Api
from benchmarks.spec import Budget, Measures, Metric, Sizes, Workload
from benchmarks.workloads.interrupt import asking, burr_asking

_AT_ONCE = 50
_WARM_UP = 200


async def _weigh(key: str, threads: int, suspend: Callable[[int], Coroutine[Any, Any, None]]) -> Measures:
    """Resident memory that each of `threads` suspended threads adds, as metric `key`, once every path has been warmed up."""

    async def several(indices: range) -> None:
        for first in range(indices.start, indices.stop, _AT_ONCE):
            await asyncio.gather(*(suspend(index) for index in range(first, min(indices.stop, first + _AT_ONCE))))
        gc.collect()

    await several(range(-_WARM_UP, 0))
    before = measure.resident_bytes()
    await several(range(threads))
    return {key: (measure.resident_bytes() - before) / threads}


def graph_api(root: str, sizes: Sizes) -> Measures:
    """LangGraph's API: `interrupt()` under the memory saver, then under an SQLite file, default durability."""
    api = Api(root)
    builder = asking(api)

    def suspending(saver: Any) -> Any:
        graph = builder.compile(checkpointer=saver)

        async def suspend(index: int) -> None:
            config = {"configurable": {"thread_id": f"thread-{index:08d}"}}
            state = await graph.ainvoke({"question": "publish?"}, config)
            measure.expect("interrupts", len(state["__interrupt__"]), 1)

        return suspend

    async def main(path: Path) -> Measures:
        threads = sizes["durable_threads"]
        async with api.sqlite(path) as saver:
            beside = await _weigh("beside_bytes", threads, suspending(saver))
            # The threads that only warmed up are in the file too.
            stored = disk.stored_bytes(path) / (threads + _WARM_UP)
        held = await _weigh("memory_bytes", sizes["threads"], suspending(api.InMemorySaver()))
        return held | beside | {"disk_bytes": stored}

    with disk.scratch() as directory:
        return measure.run(lambda: main(directory / "threads.db"))


def burr(_: str, sizes: Sizes) -> Measures:
    """Burr: applications halted before the action that takes the answer, held in a list; and the rows of its persister."""
    graph = burr_asking()
    held: list[Any] = []

    def suspending(persister: Any, keep: bool) -> Any:
        async def suspend(index: int) -> None:
            app = peers.burr_app(graph, "prepare", question="publish?").with_identifiers(app_id=f"thread-{index:08d}")
            running = await (app.with_state_persister(persister) if persister else app).abuild()
            await running.arun(halt_before=["ask"])
            if keep:
                held.append(running)

        return suspend

    async def main(path: Path) -> Measures:
        threads = sizes["durable_threads"]
        async with peers.burr_sqlite(path) as persister:
            beside = await _weigh("beside_bytes", threads, suspending(persister, keep=False))
            stored = disk.stored_bytes(path) / (threads + _WARM_UP)
        held = await _weigh("memory_bytes", sizes["threads"], suspending(None, keep=True))
        return held | beside | {"disk_bytes": stored}

    with disk.scratch() as directory:
        return measure.run(lambda: main(directory / "threads.db"))


def floor(_: str, sizes: Sizes) -> Measures:
    """asyncio tasks that wait for futures."""
    held: list[tuple[asyncio.Task[str], asyncio.Future[str]]] = []

    async def ask(question: asyncio.Future[str]) -> str:
        return await question

    async def suspend(index: int) -> None:
        question: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        held.append((asyncio.create_task(ask(question)), question))
        await asyncio.sleep(0)

    async def main() -> Measures:
        measures = await _weigh("memory_bytes", sizes["threads"], suspend)
        for task, question in held:
            question.set_result("yes")
            measure.expect("answer", await task, "yes")
        return measures

    return measure.run(main)


WORKLOAD = Workload(
    name="suspended",
    title="{threads} threads suspended by `interrupt`",
    metrics=(
        Metric("memory_bytes", "memory a thread, memory saver", "B", budget=Budget(limit=1000, exact=True)),
        Metric("beside_bytes", "memory a thread, SQLite ({durable_threads} threads)", "B"),
        Metric(
            "disk_bytes",
            "database a thread, SQLite ({durable_threads} threads)",
            "B",
            budget=Budget(limit=1000, exact=True),
        ),
    ),
    programs={"actograph": graph_api, "langgraph": graph_api, "burr": burr, "floor": floor},
    full={"threads": 10_000, "durable_threads": 3000},
    quick={"threads": 200, "durable_threads": 50},
    rounds=1,
    cannot={"pydantic-graph": "cannot pause a graph"},
    timeout=300,
    notes=(
        "Memory is what the process's resident set grows by. Burr holds an application a thread; the floor a task and a future.",
    ),
)
