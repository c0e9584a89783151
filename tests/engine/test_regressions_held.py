"""Regressions around tasks held at `await ainterrupt(...)`."""

from __future__ import annotations

import asyncio
import operator
import threading
from typing import Annotated, Any, TypedDict

import pytest

from actograph.checkpoint.memory import InMemorySaver
from actograph.engine.suspended import Registry
from actograph.graph import START, StateGraph
from actograph.types import Command, ainterrupt

CONFIG: Any = {"configurable": {"thread_id": "1"}}


class State(TypedDict, total=False):
    x: int
    log: Annotated[list[Any], operator.add]


def graph_of(*nodes: Any, edges: Any = None) -> Any:
    builder = StateGraph(State)
    for node in nodes:
        builder.add_node(node.__name__, node)
    for edge in edges or [(START, node.__name__) for node in nodes]:
        builder.add_edge(*edge)
    return builder.compile(checkpointer=InMemorySaver())


async def soon(awaitable: Any) -> Any:
    return await asyncio.wait_for(awaitable, 3)


def test_a_held_node_that_ends_while_its_thread_is_paused_does_not_hang_the_resume() -> None:
    async def ask(state: State) -> Any:
        question = asyncio.create_task(ainterrupt("q"))
        done, _ = await asyncio.wait({question}, timeout=0.05)
        return {"log": [question.result() if done else "no answer"]}

    async def main() -> None:
        graph = graph_of(ask)
        assert (await graph.ainvoke({"x": 1}, CONFIG))["__interrupt__"]
        while len(Registry.of(asyncio.get_running_loop())):
            await asyncio.sleep(0.01)
        assert (await soon(graph.ainvoke(Command(resume=5), CONFIG)))["log"] == [5]

    asyncio.run(main())


def test_a_held_node_that_fails_while_its_thread_is_paused_does_not_hang_the_resume() -> None:
    async def main() -> None:
        runs = 0

        async def other() -> None:
            await asyncio.sleep(0.02)
            if runs == 1:
                raise ValueError("other")

        async def ask(state: State) -> Any:
            nonlocal runs
            runs += 1
            answer, _ = await asyncio.gather(ainterrupt("q"), other())
            return {"log": [answer]}

        graph = graph_of(ask)
        assert (await graph.ainvoke({"x": 1}, CONFIG))["__interrupt__"]
        while len(Registry.of(asyncio.get_running_loop())):
            await asyncio.sleep(0.01)
        assert (await soon(graph.ainvoke(Command(resume=5), CONFIG)))["log"] == [5]

    asyncio.run(main())


def test_a_stale_held_task_learns_the_answers_given_from_another_loop() -> None:
    async def ask(state: State) -> Any:
        return {"log": [await ainterrupt("q1"), await ainterrupt("q2")]}

    graph = graph_of(ask)
    assert [question.value for question in graph.invoke({"x": 1}, CONFIG)["__interrupt__"]] == ["q1"]
    seen: list[Any] = []
    thread = threading.Thread(target=lambda: seen.append(graph.invoke(Command(resume="A1"), CONFIG)))
    thread.start()
    thread.join()
    assert [question.value for question in seen[0]["__interrupt__"]] == ["q2"]
    assert graph.invoke(Command(resume="A2"), CONFIG) == {"x": 1, "log": ["A1", "A2"]}


def test_the_first_answer_wins_live_as_in_replay() -> None:
    async def ask(state: State) -> Any:
        questions = {asyncio.create_task(ainterrupt(which, key=which), name=which) for which in "ab"}
        done, pending = await asyncio.wait(questions, return_when=asyncio.FIRST_COMPLETED)
        for left in pending:
            left.cancel()
        return {"log": [task.result() for task in done]}

    async def main() -> None:
        for evict in (False, True):
            graph = graph_of(ask)
            paused = await graph.ainvoke({"x": 1}, CONFIG)
            wanted = next(question.id for question in paused["__interrupt__"] if question.value == "a")
            if evict:
                await graph.aclose()
            assert await soon(graph.ainvoke(Command(resume={wanted: 1}), CONFIG)) == {"x": 1, "log": [1]}, evict

    asyncio.run(main())


@pytest.mark.parametrize("face", ["sync", "async"])
def test_ainterrupt_in_a_loop_of_the_nodes_own_does_not_hang(face: str) -> None:
    async def helper() -> Any:
        return await ainterrupt("q")

    def ask(state: State) -> Any:
        return {"log": [asyncio.run(helper())]}

    graph = graph_of(ask)
    if face == "sync":
        assert graph.invoke({"x": 1}, CONFIG)["__interrupt__"]
        assert graph.invoke(Command(resume=3), CONFIG) == {"x": 1, "log": [3]}
    else:

        async def main() -> None:
            assert (await graph.ainvoke({"x": 1}, CONFIG))["__interrupt__"]
            assert await graph.ainvoke(Command(resume=3), CONFIG) == {"x": 1, "log": [3]}

        asyncio.run(main())


def test_an_evicted_node_that_asks_again_is_evicted_again() -> None:
    async def ask(state: State) -> Any:
        try:
            await ainterrupt("q")
        except asyncio.CancelledError:
            pass
        return {"log": [await ainterrupt("again")]}

    async def main() -> None:
        graph = graph_of(ask)
        await graph.ainvoke({"x": 1}, CONFIG)
        await soon(graph.aclose())
        assert [question.value for question in (await graph.aget_state(CONFIG)).interrupts] == ["q"]
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


def test_a_task_left_behind_by_an_ended_node_cannot_pause_its_superstep() -> None:
    async def main() -> None:
        left: list[asyncio.Task[Any]] = []

        async def leaves(state: State) -> Any:
            left.append(asyncio.create_task(late()))
            return {"log": ["leaves"]}

        async def late() -> Any:
            await asyncio.sleep(0.02)
            return await ainterrupt("late")

        async def slow(state: State) -> Any:
            await asyncio.sleep(0.1)
            return {"log": ["slow"]}

        graph = graph_of(leaves, slow)
        assert await soon(graph.ainvoke({"x": 1}, CONFIG)) == {"x": 1, "log": ["leaves", "slow"]}
        with pytest.raises(RuntimeError, match="leaves"):
            await soon(left[0])

    asyncio.run(main())


def test_concurrent_continuations_leave_no_held_task_behind() -> None:
    async def ask(state: State) -> Any:
        await asyncio.sleep(0.01)
        return {"log": [await ainterrupt("q")]}

    async def main() -> None:
        graph = graph_of(ask)
        await graph.ainvoke({"x": 1}, CONFIG)
        await graph.aclose()
        await asyncio.gather(*(graph.ainvoke(None, CONFIG) for _ in range(4)))
        assert (await graph.ainvoke(Command(resume=1), CONFIG))["log"] == [1]
        assert len(Registry.of(asyncio.get_running_loop())) == 0
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())
