"""A server's load: many threads at once, each a durable run of a few nodes, on one event loop and one database."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypedDict

from benchmarks import disk, measure, peers
from benchmarks.runtimes import Api
from benchmarks.spec import Budget, Measures, Metric, Sizes, Workload


class State(TypedDict):
    count: int


async def _all_at_once(threads: int, run: Callable[[int], Coroutine[Any, Any, None]]) -> Measures:
    """Starts every run together; latency is from that moment to the end of each run, as the last in a queue feels it."""
    latencies: list[float] = []
    times = measure.clock()

    async def one(index: int) -> None:
        await run(index)
        latencies.append(time.perf_counter() - began)

    with times.lap(threads):
        began = time.perf_counter()
        await asyncio.gather(*(one(index) for index in range(threads)))
    return {
        "runs_per_s": 1 / times.laps[0],
        "p50_ms": measure.percentile(latencies, 0.50) * 1e3,
        "p99_ms": measure.percentile(latencies, 0.99) * 1e3,
    }


def _builder(api: Api, nodes: int) -> Any:
    async def node(state: State) -> dict[str, int]:
        return {"count": state["count"] + 1}

    builder = api.StateGraph(State)
    names = [f"n{index}" for index in range(nodes)]
    for name in names:
        builder.add_node(name, node)
    for source, target in zip([api.START, *names], [*names, api.END], strict=True):
        builder.add_edge(source, target)
    return builder


def graph_api(root: str, sizes: Sizes) -> Measures:
    """LangGraph's API: `ainvoke` with durability `sync`, a thread id of its own for every run."""
    api, threads, nodes = Api(root), sizes["threads"], sizes["nodes"]
    builder = _builder(api, nodes)

    async def main(path: Path) -> Measures:
        async with api.sqlite(path) as saver:
            graph = builder.compile(checkpointer=saver)

            async def run(index: int) -> None:
                config = {"configurable": {"thread_id": f"thread-{index}"}}
                state = await graph.ainvoke({"count": 0}, config, durability="sync")
                measure.expect("nodes that ran", state["count"], nodes)

            await run(-1)
            empty = disk.stored_bytes(path)
            measures = await _all_at_once(threads, run)
        return measures | {"run_bytes": (disk.stored_bytes(path) - empty) / threads}

    with disk.scratch() as directory:
        return measure.run(lambda: main(directory / "runs.db"))


def burr(_: str, sizes: Sizes) -> Measures:
    """Burr: an application per run, one persister for all. Making it is part of a run here, as loading a thread is."""

    threads, nodes = sizes["threads"], sizes["nodes"]

    @peers.burr_action(reads=["count"], writes=["count"])
    async def node(state: Any) -> Any:
        return state.update(count=state["count"] + 1)

    chain = peers.burr_chain(nodes, node)

    async def main(path: Path) -> Measures:
        async with peers.burr_sqlite(path) as persister:

            async def run(index: int) -> None:
                builder = peers.burr_app(chain, "n0", count=0).with_identifiers(app_id=f"thread-{index}")
                app = await builder.with_state_persister(persister).abuild()
                _, _, state = await app.arun(halt_after=[f"n{nodes - 1}"])
                measure.expect("actions that ran", state["count"], nodes)

            await run(-1)
            empty = disk.stored_bytes(path)
            measures = await _all_at_once(threads, run)
        return measures | {"run_bytes": (disk.stored_bytes(path) - empty) / threads}

    with disk.scratch() as directory:
        return measure.run(lambda: main(directory / "runs.db"))


def floor(_: str, sizes: Sizes) -> Measures:
    """A task per node and group commit: bare sqlite3 in a thread stores all rows that wait in one transaction."""
    threads, nodes = sizes["threads"], sizes["nodes"]

    async def main(path: Path) -> Measures:
        loop = asyncio.get_running_loop()
        waiting: list[tuple[bytes, asyncio.Future[None]]] = []
        arrived = asyncio.Event()

        def begin() -> sqlite3.Connection:
            made = sqlite3.connect(path, isolation_level=None)
            made.execute("PRAGMA journal_mode=WAL")
            made.execute("PRAGMA synchronous=FULL")
            made.execute("CREATE TABLE steps (id INTEGER PRIMARY KEY, value BLOB)")
            return made

        def store(connection: sqlite3.Connection, rows: list[tuple[bytes]]) -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO steps (value) VALUES (?)", rows)
            connection.execute("COMMIT")

        async def writer(connection: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
            while True:
                await arrived.wait()
                arrived.clear()
                batch, waiting[:] = waiting[:], []
                await loop.run_in_executor(thread, store, connection, [(value,) for value, _ in batch])
                for _, stored in batch:
                    stored.set_result(None)

        async def node(state: State) -> State:
            return {"count": state["count"] + 1}

        async def run(index: int) -> None:
            state: State = {"count": 0}
            for _ in range(nodes):
                state = await asyncio.create_task(node(state))
                stored: asyncio.Future[None] = loop.create_future()
                waiting.append((b"%230d" % state["count"], stored))
                arrived.set()
                await stored

        with ThreadPoolExecutor(1) as thread:
            connection = await loop.run_in_executor(thread, begin)
            writing = asyncio.create_task(writer(connection, thread))
            measures = await _all_at_once(threads, run)
            writing.cancel()
            await asyncio.wait([writing])
            await loop.run_in_executor(thread, connection.close)
        return measures | {"run_bytes": disk.stored_bytes(path) / threads}

    with disk.scratch() as directory:
        return measure.run(lambda: main(directory / "runs.db"))


WORKLOAD = Workload(
    name="concurrent",
    title="{threads} threads at once, {nodes} nodes each, durable SQLite, durability `sync`",
    metrics=(
        Metric("runs_per_s", "runs", "/s", higher_is_better=True, budget=Budget(ratio=40, minimum=15, limit=2000)),
        Metric("p50_ms", "latency, median", "ms"),
        Metric("p99_ms", "latency, 99th percentile", "ms", budget=Budget(limit=1000)),
        Metric("run_bytes", "database bytes a run", "B"),
    ),
    programs={"actograph": graph_api, "langgraph": graph_api, "burr": burr, "floor": floor},
    full={"threads": 1000, "nodes": 10},
    quick={"threads": 40, "nodes": 10},
    rounds=2,
    cannot={"pydantic-graph": "stores nothing"},
    timeout=300,
    notes=(
        "All runs are started together; latency is from then to the end of each.",
        "Floor: a task per node and group commit of 230-byte rows by bare sqlite3 in a thread.",
    ),
)
