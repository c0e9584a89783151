"""Regressions of the sync face, of threads, and of odd errors."""

from __future__ import annotations

import asyncio
import contextvars
import dataclasses
import gc
import operator
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest

from actograph.checkpoint.base import BaseCheckpointSaver
from actograph.checkpoint.memory import InMemorySaver
from actograph.engine.workers import Workers
from actograph.graph import START, StateGraph

CONFIG: Any = {"configurable": {"thread_id": "1"}}


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[Any], operator.add]


def graph_of(*nodes: Any, chain: bool = False, saver: Any = None) -> Any:
    builder = StateGraph(State)
    before = START
    for node in nodes:
        builder.add_node(node.__name__, node)
        builder.add_edge(before, node.__name__)
        if chain:
            before = node.__name__
    return builder.compile(checkpointer=saver)


def test_a_sync_node_does_not_stall_its_async_sibling_under_invoke() -> None:
    event = threading.Event()

    def a(state: State) -> Any:
        return {"log": [event.wait(3)]}

    async def b(state: State) -> Any:
        await asyncio.sleep(0.01)
        event.set()
        return {"log": ["b"]}

    assert graph_of(a, b).invoke({"x": 1})["log"] == [True, "b"]


def test_a_sync_stream_may_be_read_on_from_another_thread() -> None:
    def a(state: State) -> Any:
        return {"log": ["a"]}

    stream = graph_of(a).stream({"x": 1}, stream_mode="values")
    seen: list[Any] = []
    thread = threading.Thread(target=lambda: seen.append(next(stream)))
    thread.start()
    thread.join()
    gc.collect()
    assert [*seen, *stream] == [{"x": 1, "log": []}, {"x": 1, "log": ["a"]}]


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("face", ["sync", "async"])
def test_a_node_that_raises_generator_exit_does_not_hang_the_run(face: str, kind: str) -> None:
    def a(state: State) -> Any:
        raise GeneratorExit("mine")

    async def b(state: State) -> Any:
        raise GeneratorExit("mine")

    graph = graph_of(a if kind == "sync" else b)
    with pytest.raises((GeneratorExit, RuntimeError)):
        if face == "sync":
            graph.invoke({"x": 1})
        else:
            asyncio.run(asyncio.wait_for(graph.ainvoke({"x": 1}), 5))


def test_an_error_that_takes_no_note_is_handled_as_any() -> None:
    @dataclasses.dataclass(frozen=True)
    class Frozen(Exception):
        code: int

    async def a(state: State) -> Any:
        raise Frozen(3)

    async def main() -> None:
        problems: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: problems.append(context))
        graph = graph_of(a, saver=InMemorySaver())
        with pytest.raises(Frozen):
            await graph.ainvoke({"x": 1}, CONFIG)
        assert (await graph.aget_state(CONFIG)).tasks[0].error
        assert not problems

    asyncio.run(main())


def test_an_error_whose_repr_fails_is_handled_as_any() -> None:
    class Mute(Exception):
        def __repr__(self) -> str:
            raise RuntimeError("no repr")

    async def a(state: State) -> Any:
        raise Mute

    async def main() -> None:
        problems: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: problems.append(context))
        graph = graph_of(a, saver=InMemorySaver())
        with pytest.raises(Mute):
            await graph.ainvoke({"x": 1}, CONFIG)
        assert "Mute" in (await graph.aget_state(CONFIG)).tasks[0].error
        assert not problems

    asyncio.run(main())


def test_a_blocking_call_that_ends_as_it_is_cancelled_is_not_counted_as_abandoned() -> None:
    async def main() -> None:
        workers = Workers(2)
        event = threading.Event()
        call = asyncio.create_task(workers.call(contextvars.copy_context(), event.wait))
        await asyncio.sleep(0.01)
        event.set()
        time.sleep(0.1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await asyncio.sleep(0.01)
        assert workers.statistics().abandoned == 0

    asyncio.run(main())


def test_a_run_that_waits_for_a_foreign_saver_can_be_cancelled() -> None:
    class Hangs(BaseCheckpointSaver[Any]):
        async def aget_tuple(self, config: Any) -> Any:
            await asyncio.sleep(3600)

    async def a(state: State) -> Any:
        return {}

    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await graph_of(a, saver=Hangs()).ainvoke({"x": 1}, CONFIG)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


IN_A_LOOP = """
import asyncio, os, signal, threading
from typing import TypedDict
from actograph.graph import START, StateGraph

class State(TypedDict):
    x: int

async def slow(state: State):
    print("running", flush=True)
    await asyncio.sleep(60)

graph = StateGraph(State).add_node("slow", slow).add_edge(START, "slow").compile()

async def main():
    signal.signal(signal.SIGINT, signal.default_int_handler)  # as in a notebook
    try:
        {call}
    except KeyboardInterrupt:
        print("stopped", flush=True)

asyncio.run(main())
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows delivers Ctrl-C to a whole console, not to one child")
@pytest.mark.parametrize("call", ['graph.invoke({"x": 1})', 'list(graph.stream({"x": 1}))'])
def test_ctrl_c_stops_a_sync_call_made_inside_a_running_loop(call: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(IN_A_LOOP).replace("{call}", call))
    with subprocess.Popen(
        [sys.executable, str(script)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "running\n"
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=8)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        assert out == "stopped\n", err


def test_a_sync_stream_collected_while_another_loop_runs_ends_its_run() -> None:
    def a(state: State) -> Any:
        return {"log": ["a"]}

    async def b(state: State) -> Any:
        await asyncio.sleep(0.01)
        return {"log": ["b"]}

    problems: list[Any] = []
    hook, sys.unraisablehook = sys.unraisablehook, problems.append
    try:
        stream = graph_of(a, b, chain=True).stream({"x": 1}, stream_mode="values")
        next(stream)
        box: list[Any] = [stream]
        box.append(box)
        del stream

        async def main() -> None:
            box.clear()
            gc.collect()

        asyncio.run(main())
        assert not problems
    finally:
        sys.unraisablehook = hook


def test_a_writer_used_after_its_loop_ended_does_nothing() -> None:
    writers: list[Any] = []

    async def a(state: State, writer: Any) -> Any:
        writers.append(writer)
        writer(1)
        return {}

    async def main() -> list[Any]:
        return [chunk async for chunk in graph_of(a).astream({"x": 1}, stream_mode="custom")]

    assert asyncio.run(main()) == [1]
    errors: list[BaseException] = []

    def late() -> None:
        try:
            writers[0]("late")
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=late)
    thread.start()
    thread.join()
    assert not errors
