"""A batch that is read as its runs end, and left early, leaves no run behind."""

from __future__ import annotations

import asyncio
import threading
from typing import Any, TypedDict

import pytest

from actograph.graph import START, StateGraph


class State(TypedDict):
    x: int


def test_left_early_it_cancels_the_others_and_waits_for_them() -> None:
    ended: list[int] = []

    async def node(state: State) -> dict[str, Any]:
        try:
            if state["x"] < 0:
                raise ValueError(state["x"])
            if state["x"]:
                await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            ended.append(state["x"])
        return {}

    app = StateGraph(State).add_node("node", node).add_edge(START, "node").compile()

    async def main() -> None:
        stream: Any = app.abatch_as_completed([{"x": 0}, {"x": 1}, {"x": 2}])
        assert await anext(stream) == (0, {"x": 0})
        await stream.aclose()
        assert sorted(ended) == [0, 1, 2]
        assert asyncio.all_tasks() == {asyncio.current_task()}
        ended.clear()
        with pytest.raises(ValueError, match="-1"):
            async for _ in app.abatch_as_completed([{"x": -1}, {"x": 1}, {"x": 2}]):
                raise AssertionError("nothing has ended well")
        assert sorted(ended) == [-1, 1, 2]
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


def test_left_early_in_sync_code_it_waits_for_those_that_have_begun() -> None:
    begun, release = threading.Semaphore(0), threading.Event()
    ended: list[int] = []

    def node(state: State) -> dict[str, Any]:
        if state["x"]:
            begun.release()
            release.wait()
        ended.append(state["x"])
        return {}

    app = StateGraph(State).add_node("node", node).add_edge(START, "node").compile()
    results: Any = app.batch_as_completed([{"x": 0}, {"x": 1}], {"max_concurrency": 2})
    assert next(results) == (0, {"x": 0})
    begun.acquire()
    release.set()
    results.close()
    assert ended == [0, 1]
