"""A run shares its loop, and leaves nothing behind when it is cancelled."""

from __future__ import annotations

import asyncio
import operator
import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest

from actograph.actors import ActorSystem
from actograph.checkpoint.memory import InMemorySaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.engine import workers
from actograph.graph import END, START, StateGraph


class State(TypedDict, total=False):
    value: int
    log: Annotated[list[str], operator.add]


def endless() -> Any:
    async def node(state: State) -> dict[str, Any]:
        return {"value": state["value"] + 1}

    builder = StateGraph(State).add_node("a", node).add_node("b", node)
    return builder.add_edge(START, "a").add_edge("a", "b").add_edge("b", "a").compile()


def test_an_endless_graph_of_noop_nodes_is_stopped_by_a_timeout() -> None:
    async def main() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(endless().ainvoke({"value": 0}, {"recursion_limit": 10**9}), 0.1)
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


def test_other_tasks_run_beside_an_endless_graph() -> None:
    async def main() -> None:
        turns = 0

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        beside = asyncio.create_task(other())
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(endless().ainvoke({"value": 0}, {"recursion_limit": 10**9}), 0.1)
        beside.cancel()
        assert turns > 10

    asyncio.run(main())


ENDLESS = """
import asyncio, signal, sys
from typing import Any, TypedDict
from actograph.graph import START, StateGraph

# A shell that started the suite in the background has SIGINT ignored, and children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

class State(TypedDict):
    value: int

async def node(state: State) -> dict[str, Any]:
    if state["value"] == 50:
        print("running", flush=True)
    return {"value": state["value"] + 1}

graph = StateGraph(State).add_node("a", node).add_node("b", node).add_edge(START, "a").add_edge("a", "b").add_edge("b", "a").compile()
config = {"recursion_limit": 10**9}
try:
    if sys.argv[1] == "async":
        asyncio.run(graph.ainvoke({"value": 0}, config))
    else:
        graph.invoke({"value": 0}, config)
except KeyboardInterrupt:
    print("stopped", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows delivers Ctrl-C to a whole console, not to one child")
@pytest.mark.parametrize("face", ["async", "sync"])
def test_an_endless_graph_is_stopped_by_ctrl_c(face: str, tmp_path: Path) -> None:
    script = tmp_path / "endless.py"
    script.write_text(textwrap.dedent(ENDLESS))
    with subprocess.Popen(
        [sys.executable, str(script), face], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None and process.stderr is not None
            assert process.stdout.readline() == "running\n"
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=20)
            assert out == "stopped\n", err
            assert process.returncode == 0
        finally:
            process.kill()


async def _cancel_after(turns: int, run: asyncio.Task[Any]) -> bool:
    """Let the loop turn so often, then cancel; false when the run had ended before."""
    for _ in range(turns):
        await asyncio.sleep(0)
        if run.done():
            return False
    run.cancel()
    return True


@pytest.mark.parametrize("kind", ["none", "memory", "sqlite"])
def test_cancelling_at_every_turn_leaves_nothing_and_a_thread_that_goes_on(kind: str, tmp_path: Path) -> None:
    async def step(state: State) -> dict[str, Any]:
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return {"log": ["step"]}

    async def slow(state: State) -> dict[str, Any]:
        for _ in range(4):
            await asyncio.sleep(0)
        return {"log": ["slow"]}

    async def last(state: State) -> dict[str, Any]:
        return {"log": ["last"]}

    builder = (
        StateGraph(State)
        .add_node("step", step)
        .add_node("slow", slow)
        .add_node("last", last)
        .add_edge(START, "step")
        .add_edge(START, "slow")
        .add_edge(["step", "slow"], "last")
        .add_edge("last", END)
    )

    async def main(saver: Any) -> None:
        graph = builder.compile(checkpointer=saver)
        system = ActorSystem.current()
        turn = 0
        while True:
            config = {"configurable": {"thread_id": str(turn)}}
            run = asyncio.create_task(graph.ainvoke({"value": 0}, config))
            cancelled = await _cancel_after(turn, run)
            if not cancelled:
                assert run.result()["log"] == ["slow", "step", "last"]
                break
            with pytest.raises(asyncio.CancelledError):
                await run
            assert asyncio.all_tasks() == {asyncio.current_task()}, f"cancelled at turn {turn}"
            await asyncio.sleep(0)
            assert system.statistics().running == 0
            if saver is not None:
                state = await graph.aget_state(config)
                done = await graph.ainvoke(None if state.created_at else {"value": 0}, config)
                assert done["log"] in (["slow", "step", "last"], ["slow", "step", "last"] * 2), (
                    f"cancelled at turn {turn}"
                )
            turn += 1
            assert turn < 2_000
        assert turn > 5, "the run was cancelled at several points"

    async def with_sqlite() -> None:
        async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "x.db")) as saver:
            await main(saver)

    before = threading.active_count()
    if kind == "sqlite":
        asyncio.run(with_sqlite())
    else:
        asyncio.run(main(InMemorySaver() if kind == "memory" else None))
    assert threading.active_count() <= before, "no connection's thread is left"


def test_closing_the_stream_cancels_the_running_nodes() -> None:
    async def main() -> None:
        cancelled = asyncio.Event()

        async def first(state: State) -> dict[str, Any]:
            return {"log": ["first"]}

        async def hangs(state: State) -> dict[str, Any]:
            try:
                await asyncio.sleep(3600)
            except asyncio.CancelledError:
                cancelled.set()
                raise
            return {}

        graph = (
            StateGraph(State)
            .add_node("first", first)
            .add_node("hangs", hangs)
            .add_edge(START, "first")
            .add_edge(START, "hangs")
            .compile()
        )
        stream = graph.astream({"value": 0}, stream_mode="updates")
        assert await anext(stream) == {"first": {"log": ["first"]}}
        await stream.aclose()
        assert cancelled.is_set()
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


def test_a_running_sync_node_is_abandoned_and_counted() -> None:
    release = threading.Event()
    entered = threading.Event()

    def blocks(state: State) -> dict[str, Any]:
        entered.set()
        release.wait(20)
        return {"log": ["late"]}

    async def main() -> None:
        graph = StateGraph(State).add_node("blocks", blocks).add_edge(START, "blocks").compile()
        run = asyncio.create_task(graph.ainvoke({"value": 0}))
        while not entered.is_set():
            await asyncio.sleep(0.001)
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        assert workers.WORKERS.statistics().abandoned == 1
        release.set()
        async with asyncio.timeout(10):
            while workers.WORKERS.statistics().abandoned:
                await asyncio.sleep(0.001)

    asyncio.run(main())


def test_a_failing_node_cancels_its_siblings_and_waits_for_them() -> None:
    async def main() -> None:
        ended: list[str] = []

        async def fails(state: State) -> dict[str, Any]:
            await asyncio.sleep(0)
            raise ValueError("no")

        async def tidy(state: State) -> dict[str, Any]:
            try:
                await asyncio.sleep(3600)
            finally:
                await asyncio.sleep(0.01)
                ended.append("tidy")
            return {}

        graph = (
            StateGraph(State)
            .add_node("fails", fails)
            .add_node("tidy", tidy)
            .add_edge(START, "fails")
            .add_edge(START, "tidy")
            .compile()
        )
        with pytest.raises(ValueError, match="no") as caught:
            await graph.ainvoke({"value": 0})
        assert ended == ["tidy"]
        assert any("'fails'" in note for note in caught.value.__notes__)

    asyncio.run(main())
