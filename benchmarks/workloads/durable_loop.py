"""A loop of one asynchronous node whose every superstep is on disk before the next one starts."""

from __future__ import annotations

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypedDict

from benchmarks import disk, measure, peers
from benchmarks.runtimes import Api
from benchmarks.spec import Budget, Measures, Metric, Sizes, Workload


class State(TypedDict):
    count: int


def graph_api(root: str, sizes: Sizes) -> Measures:
    """LangGraph's API: `AsyncSqliteSaver` in a file, durability `sync`, then `async`; a new thread per run."""
    api, steps, repeats = Api(root), sizes["steps"], sizes["repeats"]
    builder = loop_of(api, steps)
    measures: Measures = {}

    async def main(directory: Path) -> None:
        for key, durability in (("step_us", "sync"), ("async_us", "async")):
            path = directory / f"{durability}.db"
            times = measure.clock()
            async with api.sqlite(path) as saver:
                graph = builder.compile(checkpointer=saver)
                await run_loop(graph, "warm", steps, durability)
                empty = disk.stored_bytes(path)
                for index in range(repeats):
                    with times.lap(steps):
                        await run_loop(graph, f"thread-{index}", steps, durability)
            measures.update(times.microseconds(key))
            if durability == "sync":
                measures["step_bytes"] = (disk.stored_bytes(path) - empty) / (repeats * steps)

    with disk.scratch() as directory:
        measure.run(lambda: main(directory))
    return measures


def loop_of(api: Api, steps: int) -> Any:
    """A builder of a graph whose one node counts to `steps` through a conditional edge."""

    async def step(state: State) -> dict[str, int]:
        return {"count": state["count"] + 1}

    async def route(state: State) -> Any:
        return "step" if state["count"] < steps else api.END

    builder = api.StateGraph(State)
    builder.add_node("step", step)
    builder.add_edge(api.START, "step")
    builder.add_conditional_edges("step", route, ["step", api.END])
    return builder


async def run_loop(graph: Any, thread: str, steps: int, durability: str) -> None:
    """One run of that graph on a thread of its own, checked."""
    config = {"configurable": {"thread_id": thread}, "recursion_limit": steps + 5}
    state = await graph.ainvoke({"count": 0}, config, durability=durability)
    measure.expect("steps", state["count"], steps)


def burr(_: str, sizes: Sizes) -> Measures:
    """Burr: its asynchronous SQLite persister, which commits after every action."""
    steps, repeats = sizes["steps"], sizes["repeats"]
    graph = peers.burr_counting_loop(steps)
    times = measure.clock()

    async def main(directory: Path) -> Measures:
        path = directory / "burr.db"
        async with peers.burr_sqlite(path) as persister:
            empty = 0
            for index in range(-1, repeats):
                app = (
                    await peers.burr_app(graph, "step", count=0)
                    .with_identifiers(app_id=f"thread-{index}")
                    .with_state_persister(persister)
                    .abuild()
                )
                with (times if index >= 0 else measure.Clock()).lap(steps):
                    _, _, state = await app.arun(halt_after=["end"])
                measure.expect("steps", state["count"], steps)
                if index < 0:
                    empty = disk.stored_bytes(path)
        return {"step_bytes": (disk.stored_bytes(path) - empty) / (repeats * steps)}

    with disk.scratch() as directory:
        stored = measure.run(lambda: main(directory))
    return times.microseconds("step_us") | stored


def floor(_: str, sizes: Sizes) -> Measures:
    """One `INSERT` and `COMMIT` of sqlite3 a step, in a thread of its own, awaited."""
    steps, repeats = sizes["steps"], sizes["repeats"]
    times = measure.clock()

    async def main(directory: Path) -> Measures:
        path = directory / "floor.db"
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1) as thread:

            def begin() -> sqlite3.Connection:
                made = sqlite3.connect(path, isolation_level=None)
                made.execute("PRAGMA journal_mode=WAL")
                made.execute("PRAGMA synchronous=FULL")
                made.execute("CREATE TABLE steps (id INTEGER PRIMARY KEY, value BLOB)")
                return made

            connection = await loop.run_in_executor(thread, begin)

            def store(value: bytes) -> None:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("INSERT INTO steps (value) VALUES (?)", (value,))
                connection.execute("COMMIT")

            for _ in range(repeats):
                with times.lap(steps):
                    for _ in range(steps):
                        await loop.run_in_executor(thread, store, b"0" * 30)
            await loop.run_in_executor(thread, connection.close)
        return {"step_bytes": disk.stored_bytes(path) / (repeats * steps)}

    with disk.scratch() as directory:
        stored = measure.run(lambda: main(directory))
    return times.microseconds("step_us") | stored


WORKLOAD = Workload(
    name="durable_loop",
    title="A durable loop: SQLite in a file, WAL, `synchronous=FULL`",
    metrics=(
        Metric("step_us", "one step, durability `sync`", "us", budget=Budget(ratio=4, limit=450)),
        Metric("async_us", "one step, durability `async`", "us"),
        Metric("step_bytes", "database bytes a step", "B"),
    ),
    programs={"actograph": graph_api, "langgraph": graph_api, "burr": burr, "floor": floor},
    full={"steps": 200, "repeats": 3},
    quick={"steps": 20, "repeats": 1},
    rounds=3,
    cannot={"pydantic-graph": "stores nothing"},
    notes=(
        "journal_mode=WAL and synchronous=FULL for every runtime; set on LangGraph's and Burr's connections for that.",
        "Floor: one INSERT of 30 bytes and COMMIT a step with bare sqlite3 in a thread.",
    ),
)
