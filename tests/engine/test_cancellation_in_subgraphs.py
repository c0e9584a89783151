"""Cancelled, or its stream closed, at any point, a run with parallel nodes and sub-graphs leaves nothing behind, and its thread goes on."""

from __future__ import annotations

import asyncio
import operator
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest

from actograph.actors import ActorSystem
from actograph.checkpoint.memory import InMemorySaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.engine import workers
from actograph.graph import END, START, StateGraph


class Given(TypedDict, total=False):
    value: int


class Answer(TypedDict, total=False):
    log: Annotated[list[str], operator.add]


class State(Given, Answer, total=False):
    pass


def waits(name: str, turns: int) -> Any:
    async def node(state: State) -> dict[str, Any]:
        for _ in range(turns):
            await asyncio.sleep(0)
        return {"log": [name]}

    return node


def chain(*nodes: tuple[str, Any]) -> StateGraph[Any]:
    builder: StateGraph[Any] = StateGraph(State, input_schema=Given, output_schema=Answer)
    builder.add_sequence(list(nodes))
    return builder.add_edge(START, nodes[0][0]).add_edge(nodes[-1][0], END)


def graph(saver: Any) -> Any:
    """Three branches in one superstep: a node, a sub-graph with another below it, and a node that calls a sub-graph; then one more."""
    deepest = chain(("x", waits("x", 1)), ("y", waits("y", 2))).compile()
    inner = chain(("a", waits("a", 1)), ("deep", deepest), ("b", waits("b", 0))).compile()
    called = chain(("c", waits("c", 2))).compile()

    async def calls(state: State) -> dict[str, Any]:
        first = await called.ainvoke({"value": 1})
        return {"log": first["log"]}

    builder = StateGraph(State)
    builder.add_node("plain", waits("plain", 3)).add_node("inner", inner).add_node("calls", calls)
    builder.add_node("last", waits("last", 0))
    for name in ("plain", "inner", "calls"):
        builder.add_edge(START, name)
    return builder.add_edge(["plain", "inner", "calls"], "last").compile(checkpointer=saver)


LONG = pytest.mark.timeout(600)
END_STATE = ["c", "a", "x", "y", "b", "plain", "last"]


@asynccontextmanager
async def saver_of(kind: str, path: Path) -> AsyncIterator[Any]:
    if kind == "sqlite":
        async with AsyncSqliteSaver.from_conn_string(str(path / "x.db")) as saver:
            yield saver
    else:
        yield InMemorySaver() if kind == "memory" else None


async def goes_on(app: Any, config: dict[str, Any], where: str) -> None:
    state = await app.aget_state(config)
    if state.created_at:
        done = await app.ainvoke(None, config)
        assert done["log"] == END_STATE, where
    assert (await app.ainvoke({"value": 0}, config))["log"][-len(END_STATE) :] == END_STATE, where


@pytest.mark.parametrize(
    ("kind", "every"),
    # A turn costs three durable runs: the short suite takes some of them.
    [("none", 1), ("memory", 1), ("sqlite", 23), pytest.param("sqlite", 1, marks=[pytest.mark.long, LONG])],
)
def test_cancelled_at_every_turn(kind: str, every: int, tmp_path: Path) -> None:
    async def main() -> None:
        async with saver_of(kind, tmp_path) as saver:
            app = graph(saver)
            system = ActorSystem.current()
            for turn in range(0, 2_000, every):
                config = {"configurable": {"thread_id": str(turn)}}
                run = asyncio.create_task(app.ainvoke({"value": 0}, config))
                for _ in range(turn):
                    await asyncio.sleep(0)
                    if run.done():
                        break
                if run.done():
                    assert run.result()["log"] == END_STATE
                    assert turn > 5, "the run was cancelled at several points"
                    return
                run.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await run
                assert asyncio.all_tasks() == {asyncio.current_task()}, f"cancelled at turn {turn}"
                await asyncio.sleep(0)
                assert system.statistics().running == 0, f"cancelled at turn {turn}"
                if saver is not None:
                    await goes_on(app, config, f"cancelled at turn {turn}")
        raise AssertionError("the run never ended by itself")

    before = threading.active_count()
    asyncio.run(main())
    assert threading.active_count() <= before, "no connection's thread is left"


@pytest.mark.parametrize("kind", ["none", "memory", "sqlite"])
def test_stream_closed_at_every_chunk(kind: str, tmp_path: Path) -> None:
    async def main() -> None:
        async with saver_of(kind, tmp_path) as saver:
            app = graph(saver)
            system = ActorSystem.current()
            for number in range(200):
                config = {"configurable": {"thread_id": str(number)}}
                stream = app.astream({"value": 0}, config, stream_mode=["updates", "values", "tasks"], subgraphs=True)
                taken = 0
                async for _ in stream:
                    taken += 1
                    if taken > number:
                        break
                await stream.aclose()
                assert asyncio.all_tasks() == {asyncio.current_task()}, f"closed at chunk {number}"
                await asyncio.sleep(0)
                assert system.statistics().running == 0, f"closed at chunk {number}"
                if saver is not None:
                    await goes_on(app, config, f"closed at chunk {number}")
                if taken <= number:
                    assert number > 10, "the stream was closed at several points"
                    return
        raise AssertionError("the stream never ended by itself")

    before = threading.active_count()
    asyncio.run(main())
    assert threading.active_count() <= before, "no connection's thread is left"


def until(true: Callable[[], bool]) -> None:
    """Wait for what other threads do; the time-out of the test ends a wait in vain."""
    while not true():
        time.sleep(0.005)


def other_threads() -> list[str]:
    """Names of the threads that run, but for those of the pool, which wait a while for more work."""
    return [thread.name for thread in threading.enumerate() if not thread.name.startswith("actograph-worker")]


@pytest.mark.parametrize("closed_at", range(6))
def test_sync_stream_closed_while_sync_nodes_run_in_threads(closed_at: int) -> None:
    release = threading.Event()
    running = threading.Semaphore(0)

    def blocks(state: State) -> dict[str, Any]:
        running.release()
        release.wait()
        return {"log": ["blocks"]}

    def quick(state: State) -> dict[str, Any]:
        return {"log": ["quick"]}

    inner = chain(("quick", quick), ("blocks", blocks)).compile()
    saver = InMemorySaver()
    builder = StateGraph(State).add_node("inner", inner).add_node("one", quick).add_node("other", blocks)
    app = builder.add_edge(START, "inner").add_edge(START, "one").add_edge(START, "other").compile(checkpointer=saver)
    config = {"configurable": {"thread_id": "1"}}
    free, others = workers.WORKERS.statistics().free, other_threads()

    stream = app.stream({"value": 0}, config, stream_mode=["values", "updates", "tasks"], subgraphs=True)
    for _ in range(closed_at):
        next(stream)
    stream.close()
    release.set()
    until(lambda: workers.WORKERS.statistics().free == free and other_threads() == others)
    state = app.get_state(config)
    end = app.invoke(None if state.created_at else {"value": 0}, config)
    assert end["log"] == ["quick", "blocks", "quick", "blocks"]
