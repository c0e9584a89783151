"""Pauses that fail, and resumes whose surroundings cannot be compared."""

from __future__ import annotations

import asyncio
import operator
from pathlib import Path
from typing import Annotated, Any, TypedDict

import pytest

from actograph.checkpoint.memory import InMemorySaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.engine.suspended import Registry
from actograph.errors import InvalidUpdateError
from actograph.graph import START, StateGraph
from actograph.types import Command, ainterrupt

CONFIG: Any = {"configurable": {"thread_id": "1"}}


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[Any], operator.add]


class Opaque:
    """A value that no durable saver takes."""


def graph_of(*nodes: Any, saver: Any) -> Any:
    builder = StateGraph(State)
    for node in nodes:
        builder.add_node(node.__name__, node)
        builder.add_edge(START, node.__name__)
    return builder.compile(checkpointer=saver)


async def nothing_is_left() -> None:
    for _ in range(5):
        await asyncio.sleep(0)
    assert len(Registry.of(asyncio.get_running_loop())) == 0
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("durability", ["sync", "async", "exit"])
def test_a_question_that_cannot_be_stored_leaves_no_task_behind(durability: str, tmp_path: Path) -> None:
    async def ask(state: State) -> Any:
        return {"log": [await ainterrupt(Opaque())]}

    async def main() -> None:
        async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "x.db")) as saver:
            graph = graph_of(ask, saver=saver)
            with pytest.raises(Exception, match="Opaque"):
                await graph.ainvoke({"x": 1}, CONFIG, durability=durability)
        await nothing_is_left()

    asyncio.run(main())


def test_a_pause_whose_finished_tasks_do_not_fit_leaves_no_task_behind() -> None:
    async def ask(state: State) -> Any:
        return {"log": [await ainterrupt("q")]}

    async def one(state: State) -> Any:
        return {"x": 1}

    async def two(state: State) -> Any:
        return {"x": 2}

    async def main() -> None:
        graph = graph_of(ask, one, two, saver=InMemorySaver())
        with pytest.raises(InvalidUpdateError):
            await graph.ainvoke({"x": 1}, CONFIG)
        await nothing_is_left()

    asyncio.run(main())


def test_a_context_that_cannot_be_compared_means_replay() -> None:
    class Array:
        """Compares as NumPy's arrays do."""

        __hash__ = None  # type: ignore[assignment]

        def __eq__(self, other: object) -> Any:
            return self

        def __bool__(self) -> bool:
            raise ValueError("the truth value of an array is ambiguous")

    async def ask(state: State) -> Any:
        return {"log": [await ainterrupt("q")]}

    async def main() -> None:
        graph = graph_of(ask, saver=InMemorySaver())
        await graph.ainvoke({"x": 1}, CONFIG, context=Array())
        assert (await graph.ainvoke(Command(resume=1), CONFIG, context=Array()))["log"] == [1]
        await nothing_is_left()

    asyncio.run(main())
