"""What several workloads share of the peers' own programs: chains, and Burr's SQLite persister.

Where a peer must build something per run (a Burr `Application` is one run), building stays outside the measured stretch
unless a workload says otherwise: the comparison is of running, and errs in the peer's favour.
"""

from __future__ import annotations

import importlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from benchmarks.spec import Unavailable


def module(name: str) -> Any:
    """A peer's module, untyped: what its annotations demand of a caller is none of a benchmark's business.

    Raises:
        Unavailable: if it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise Unavailable(f"{name} is not installed") from error
        raise


def names(name: str, *wanted: str) -> tuple[Any, ...]:
    """Several names of one of a peer's modules."""
    found = module(name)
    return tuple(getattr(found, each) for each in wanted)


def burr_action(reads: list[str], writes: list[str]) -> Callable[[Callable[..., Any]], Any]:
    """Burr's `action` decorator."""
    made: Callable[[Callable[..., Any]], Any] = module("burr.core").action(reads=reads, writes=writes)
    return made


def burr_counting_loop(steps: int) -> Any:
    """A Burr graph whose asynchronous action `step` counts to `steps` in the state, then goes to `end`."""
    Condition, default = names("burr.core", "Condition", "default")

    @burr_action(reads=["count"], writes=["count"])
    async def step(state: Any) -> Any:
        return state.update(count=state["count"] + 1)

    @burr_action(reads=[], writes=[])
    async def end(state: Any) -> Any:
        return state

    again = Condition(["count"], lambda state: state["count"] < steps, name="again")
    builder = module("burr.core.graph").GraphBuilder().with_actions(step=step, end=end)
    return builder.with_transitions(("step", "step", again), ("step", "end", default)).build()


def burr_chain(nodes: int, node: Callable[..., Any]) -> Any:
    """A Burr graph of `nodes` actions `n0`, `n1`, ... in a row, each doing what the action `node` does."""
    GraphBuilder = module("burr.core.graph").GraphBuilder
    row = [f"n{index}" for index in range(nodes)]
    builder = GraphBuilder().with_actions(**dict.fromkeys(row, node))
    return builder.with_transitions(*zip(row, row[1:], strict=False)).build()


def burr_app(graph: Any, entrypoint: str, **state: Any) -> Any:
    """A Burr builder for one run of `graph`, not yet built."""
    ApplicationBuilder = module("burr.core").ApplicationBuilder
    return ApplicationBuilder().with_graph(graph).with_entrypoint(entrypoint).with_state(**state)


@asynccontextmanager
async def burr_sqlite(path: Path) -> AsyncIterator[Any]:
    """Burr's asynchronous SQLite persister, put in WAL mode with `synchronous=FULL` (it sets neither itself)."""
    AsyncSQLitePersister = module("burr.integrations.persisters.b_aiosqlite").AsyncSQLitePersister

    persister = await AsyncSQLitePersister.from_values(db_path=str(path))
    try:
        await persister.connection.execute("PRAGMA journal_mode=WAL")
        await persister.connection.execute("PRAGMA synchronous=FULL")
        await persister.initialize()
        yield persister
    finally:
        await persister.cleanup()


def pydantic_chain(nodes: int, step: Callable[..., Any]) -> Any:
    """A pydantic-graph of `nodes` steps in a row, without its tracing spans (they cost extra)."""
    GraphBuilder = module("pydantic_graph").GraphBuilder

    builder: Any = GraphBuilder(input_type=int, output_type=int, auto_instrument=False)
    steps = [builder.step(step, node_id=f"n{index}") for index in range(nodes)]
    path = [builder.start_node, *steps, builder.end_node]
    for source, target in zip(path, path[1:], strict=False):
        builder.add_edge(source, target)
    return builder.build()
