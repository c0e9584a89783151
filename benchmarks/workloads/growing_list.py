"""A conversation that grows: every step appends a message to a reducer channel. How large does the database become?"""

from __future__ import annotations

import operator
import random
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any, TypedDict

from benchmarks import disk, measure, peers
from benchmarks.runtimes import Api
from benchmarks.spec import Budget, Measures, Metric, Sizes, Workload

MESSAGE_BYTES = 200


def message(index: int) -> str:
    """The message of that step: 200 bytes, the same in every run, and not compressible by much."""
    return f"{index:08d}{random.Random(index).randbytes(MESSAGE_BYTES // 2 - 4).hex()}"


class State(TypedDict):
    messages: Annotated[list[str], operator.add]


_LENGTHS = ("eighth", "quarter", "half", "long")


async def _weigh(api: Api, schema: type, directory: Path, sizes: Sizes) -> Measures:
    measures: Measures = {}
    for length, steps in ((name, sizes[name]) for name in _LENGTHS):

        async def step(state: Any) -> dict[str, list[str]]:
            return {"messages": [message(len(state["messages"]))]}

        async def route(state: Any, steps: int = steps) -> Any:
            return "step" if len(state["messages"]) < steps else api.END

        builder = api.StateGraph(schema)
        builder.add_node("step", step)
        builder.add_edge(api.START, "step")
        builder.add_conditional_edges("step", route, ["step", api.END])
        path = directory / f"{steps}.db"
        config = {"configurable": {"thread_id": "thread"}, "recursion_limit": steps + 5}
        async with api.sqlite(path) as saver:
            graph = builder.compile(checkpointer=saver)
            await graph.ainvoke({"messages": []}, config)
        async with api.sqlite(path) as saver:
            graph = builder.compile(checkpointer=saver)
            read: list[float] = []
            for _ in range(5):
                began = time.perf_counter()
                snapshot = await graph.aget_state(config)
                read.append(time.perf_counter() - began)
                measure.expect("messages", snapshot.values["messages"], [message(index) for index in range(steps)])
        measures[f"kib_{length}"] = disk.stored_bytes(path) / 1024
        if length == "long":
            measures["read_ms"] = min(read) * 1e3
    return measures


def graph_api(root: str, sizes: Sizes) -> Measures:
    """LangGraph's API: `Annotated[list, operator.add]` through the public saver, default durability."""
    with disk.scratch() as directory:
        return measure.run(lambda: _weigh(Api(root), State, directory, sizes))


def delta_channel(_: str, sizes: Sizes) -> Measures:
    """LangGraph's `DeltaChannel` with a snapshot every 1,000 updates: what it offers against this growth."""
    api = Api("langgraph")

    def extend(messages: list[str], writes: list[list[str]]) -> list[str]:
        return [*messages, *(message for write in writes for message in write)]

    # Made here and by call: the channel is LangGraph's, and annotations of this module are strings.
    channel = Annotated[list[str], api.DeltaChannel(extend, list, snapshot_frequency=1000)]
    schema = TypedDict("schema", {"messages": channel})  # noqa: UP013
    with disk.scratch() as directory:
        return measure.run(lambda: _weigh(api, schema, directory, sizes))


def burr(_: str, sizes: Sizes) -> Measures:
    """Burr: a list in the state, `state.append`, stored whole after every action."""
    Condition, default = peers.names("burr.core", "Condition", "default")
    GraphBuilder = peers.module("burr.core.graph").GraphBuilder

    @peers.burr_action(reads=["messages"], writes=["messages"])
    async def step(state: Any) -> Any:
        return state.append(messages=message(len(state["messages"])))

    @peers.burr_action(reads=[], writes=[])
    async def end(state: Any) -> Any:
        return state

    async def main(directory: Path) -> Measures:
        measures: Measures = {}
        for length, steps in ((name, sizes[name]) for name in _LENGTHS):
            again = Condition(["messages"], lambda state, steps=steps: len(state["messages"]) < steps, name="again")
            builder = GraphBuilder().with_actions(step=step, end=end)
            graph = builder.with_transitions(("step", "step", again), ("step", "end", default)).build()
            path = directory / f"{steps}.db"
            async with peers.burr_sqlite(path) as persister:
                app = peers.burr_app(graph, "step", messages=[]).with_identifiers(app_id="thread")
                running = await app.with_state_persister(persister).abuild()
                await running.arun(halt_after=["end"])
                began = time.perf_counter()
                loaded = await persister.load(None, "thread")
                measures["read_ms"] = (time.perf_counter() - began) * 1e3
            assert loaded is not None
            measure.expect("messages", len(loaded["state"]["messages"]), steps)
            measures[f"kib_{length}"] = disk.stored_bytes(path) / 1024
        return measures

    with disk.scratch() as directory:
        return measure.run(lambda: main(directory))


def floor(_: str, sizes: Sizes) -> Measures:
    """An append log: one row of sqlite3 per message and nothing else."""
    measures: Measures = {}
    with disk.scratch() as directory:
        for length, steps in ((name, sizes[name]) for name in _LENGTHS):
            path = directory / f"{steps}.db"
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
                connection.execute("CREATE TABLE log (id INTEGER PRIMARY KEY, message TEXT)")
                connection.executemany(
                    "INSERT INTO log (message) VALUES (?)", [(message(index),) for index in range(steps)]
                )
                connection.commit()
                began = time.perf_counter()
                rows = connection.execute("SELECT message FROM log ORDER BY id").fetchall()
                measures["read_ms"] = (time.perf_counter() - began) * 1e3
            measure.expect("messages", len(rows), steps)
            measures[f"kib_{length}"] = disk.stored_bytes(path) / 1024
    return measures


WORKLOAD = Workload(
    name="growing_list",
    title="A list that grows by one 200-byte message a step, SQLite",
    metrics=(
        Metric("kib_long", "database at {long} steps", "KiB", budget=Budget(limit=500, exact=True, maximum=1024)),
        Metric("kib_half", "database at {half} steps", "KiB"),
        Metric("kib_quarter", "database at {quarter} steps", "KiB"),
        Metric("kib_eighth", "database at {eighth} steps", "KiB"),
        Metric("read_ms", "reading the state at {long} steps", "ms"),
    ),
    programs={
        "actograph": graph_api,
        "langgraph": graph_api,
        "langgraph-delta": delta_channel,
        "burr": burr,
        "floor": floor,
    },
    full={"eighth": 100, "quarter": 200, "half": 400, "long": 800},
    quick={"eighth": 5, "quarter": 10, "half": 20, "long": 40},
    rounds=1,
    cannot={"pydantic-graph": "stores nothing"},
    notes=(
        "Sizes are after `wal_checkpoint(TRUNCATE)`, one database per length. The state is read back and compared.",
        "Floor: an append log, one row per message.",
    ),
)
