"""Tasks that wait at `await ainterrupt(...)`: what each holds in memory, and what it costs to go on from there."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import random
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypedDict

from benchmarks import disk, measure
from benchmarks.runtimes import Api
from benchmarks.spec import Budget, Measures, Metric, Sizes, Workload

_AT_ONCE = 50
_WARM_UP = 200


class State(TypedDict):
    question: str
    answer: str


async def _several(indices: list[int], one: Callable[[int], Coroutine[Any, Any, None]]) -> None:
    for first in range(0, len(indices), _AT_ONCE):
        await asyncio.gather(*(one(index) for index in indices[first : first + _AT_ONCE]))


async def _hold_and_answer(
    sizes: Sizes,
    hold: Callable[[int], Coroutine[Any, Any, None]],
    answer: Callable[[int], Coroutine[Any, Any, None]],
) -> Measures:
    """Weighs the held tasks, then answers them in random order, from the same seed in every run."""
    threads = list(range(sizes["threads"]))
    warm = list(range(-_WARM_UP, 0))
    await _several(warm, hold)
    await _several(warm, answer)
    gc.collect()
    before = measure.resident_bytes()
    await _several(threads, hold)
    gc.collect()
    weighed = (measure.resident_bytes() - before) / len(threads)
    random.Random(7).shuffle(threads)
    times = measure.clock()
    with times.lap(len(threads)):
        await _several(threads, answer)
    return {"held_bytes": weighed, **times.microseconds("answer_us")}


def graph_api(root: str, sizes: Sizes) -> Measures:
    """Actograph: one node that asks and waits, an SQLite file; every answer continues the node in place."""
    api = Api(root)
    entered = 0

    async def ask(state: State) -> dict[str, str]:
        nonlocal entered
        entered += 1
        return {"answer": await api.ainterrupt(state["question"])}

    builder = api.StateGraph(State)
    builder.add_node("ask", ask)
    builder.add_edge(api.START, "ask")
    builder.add_edge("ask", api.END)

    async def main(path: Path) -> Measures:
        async with api.sqlite(path) as saver:
            graph = builder.compile(checkpointer=saver)

            def config(index: int) -> dict[str, Any]:
                return {"configurable": {"thread_id": f"thread-{index:08d}"}}

            async def hold(index: int) -> None:
                paused = await graph.ainvoke({"question": "publish?"}, config(index))
                measure.expect("interrupts", len(paused["__interrupt__"]), 1)

            async def answer(index: int) -> None:
                state = await graph.ainvoke(api.Command(resume=index), config(index))
                measure.expect("answer", state["answer"], index)

            return await _hold_and_answer(sizes, hold, answer)

    with disk.scratch() as directory:
        measures = measure.run(lambda: main(directory / "threads.db"))
    measure.expect("times the node was entered", entered, sizes["threads"] + _WARM_UP)
    return measures


def floor(_: str, sizes: Sizes) -> Measures:
    """A task with a context of its own that waits for a future."""
    held: dict[int, tuple[asyncio.Task[int], asyncio.Future[int]]] = {}

    async def ask(question: asyncio.Future[int]) -> int:
        return await question

    async def hold(index: int) -> None:
        loop = asyncio.get_running_loop()
        question: asyncio.Future[int] = loop.create_future()
        held[index] = (loop.create_task(ask(question), context=contextvars.copy_context()), question)
        await asyncio.sleep(0)

    async def answer(index: int) -> None:
        task, question = held.pop(index)
        question.set_result(index)
        measure.expect("answer", await task, index)

    return measure.run(lambda: _hold_and_answer(sizes, hold, answer))


WORKLOAD = Workload(
    name="held",
    title="{threads} tasks held at `await ainterrupt(...)`, SQLite, then answered in random order",
    metrics=(
        Metric("held_bytes", "memory a held task", "B", budget=Budget(limit=3000, exact=True)),
        Metric("answer_us", "one answer, continued in place", "us"),
    ),
    programs={"actograph": graph_api, "floor": floor},
    full={"threads": 5000},
    quick={"threads": 100},
    rounds=1,
    cannot={
        "langgraph": "runs a node again from its first line",
        "burr": "holds no coroutine",
        "pydantic-graph": "cannot pause a graph",
    },
    notes=(
        "Memory is what the resident set grows by. Every node is entered once, which is checked. 50 threads at a time.",
        "Floor: a task, a future and a context.",
    ),
)
