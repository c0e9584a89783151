"""A workflow of tasks that is cancelled at any turn of the loop leaves nothing running, and its thread goes on to the same end."""

from __future__ import annotations

import asyncio
import gc
from pathlib import Path
from typing import Any

import pytest

from actograph.checkpoint.memory import InMemorySaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.func import entrypoint, task
from actograph.types import Command, ainterrupt, interrupt

EXPECTED = [1, [3, 103], 5, "yes"]


def workflow(saver: Any, ask: Any) -> Any:
    @task
    async def leaf(number: int) -> int:
        await asyncio.sleep(0)
        return number + 1

    @task
    def blocking(number: int) -> int:
        return number + 1

    @task
    async def branch(number: int) -> list[int]:
        return list(await asyncio.gather(leaf(number), leaf(number + 100)))

    @task
    async def question() -> Any:
        answer = ask("go on?")
        return await answer if asyncio.iscoroutine(answer) else answer

    @entrypoint(checkpointer=saver)
    async def flow(number: int) -> list[Any]:
        first = leaf(0)
        both = await branch(number)
        return [await first, both, await blocking(4), await question()]

    return flow


def thread(name: Any) -> Any:
    return {"configurable": {"thread_id": str(name)}}


async def to_the_end(flow: Any, config: Any) -> Any:
    """Go on with a thread, wherever it stands."""
    state = await flow.aget_state(config)
    if state.interrupts:
        return await flow.ainvoke(Command(resume="yes"), config)
    given: Any = None if state.next else 2
    result = state.values if state.created_at and not state.next else await flow.ainvoke(given, config)
    if isinstance(result, dict) and "__interrupt__" in result:
        return await flow.ainvoke(Command(resume="yes"), config)
    return result


async def cancelled_everywhere(saver: Any, ask: Any, durability: str, step: int) -> int:
    """How many turns of the loop a run takes; it is cancelled at every one, begun and resumed."""
    flow = workflow(saver, ask)
    turns = 0
    while True:
        config = thread(turns)
        run = asyncio.create_task(flow.ainvoke(2, config, durability=durability))
        for _ in range(turns):
            await asyncio.sleep(0)
        ended = run.done()
        run.cancel()
        await asyncio.gather(run, return_exceptions=True)
        if (await flow.aget_state(config)).interrupts:
            again = asyncio.create_task(flow.ainvoke(Command(resume="yes"), config, durability=durability))
            for _ in range(turns % 17):
                await asyncio.sleep(0)
            again.cancel()
            await asyncio.gather(again, return_exceptions=True)
        assert await to_the_end(flow, config) == EXPECTED, f"cancelled after {turns} turns"
        await flow.aclose()
        left = [other for other in asyncio.all_tasks() if other is not asyncio.current_task()]
        assert left == [], f"cancelled after {turns} turns"
        if ended:
            return turns
        turns += step


@pytest.mark.parametrize("ask", [interrupt, ainterrupt])
def test_in_memory(ask: Any) -> None:
    assert asyncio.run(cancelled_everywhere(InMemorySaver(), ask, "async", 1)) > 10
    gc.collect()


@pytest.mark.parametrize("durability", ["sync", "exit"])
def test_in_sqlite(tmp_path: Path, durability: str) -> None:
    async def main() -> int:
        async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "state.db")) as saver:
            return await cancelled_everywhere(saver, ainterrupt, durability, 11)

    assert asyncio.run(main()) > 10
