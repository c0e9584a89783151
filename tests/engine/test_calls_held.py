"""`ainterrupt` inside tasks: the call and its callers stay where they are while the thread is paused, or are run again."""

from __future__ import annotations

import asyncio
from typing import Any, TypedDict

import pytest

from actograph.checkpoint.memory import InMemorySaver
from actograph.engine.suspended import Registry
from actograph.func import entrypoint, task
from actograph.graph import START, StateGraph
from actograph.types import Command, ainterrupt, interrupt


class State(TypedDict, total=False):
    x: int
    y: Any


def thread(name: str = "1") -> dict[str, Any]:
    return {"configurable": {"thread_id": name}}


def answers(result: Any, *values: Any) -> Command[Any]:
    return Command(
        resume={question.id: value for question, value in zip(result["__interrupt__"], values, strict=False)}
    )


def values(result: Any) -> list[Any]:
    return [question.value for question in result["__interrupt__"]]


def test_a_call_and_its_callers_go_on_where_they_wait() -> None:
    log: list[str] = []

    @task
    async def ask(text: str) -> Any:
        log.append(f"ask {text}")
        answer = await ainterrupt(text)
        log.append(f"asked {text}")
        return answer

    @task
    async def outer(text: str) -> Any:
        log.append("outer")
        return [await ask(text), await ask(text * 2)]

    @entrypoint(checkpointer=InMemorySaver())
    async def flow(text: str, *, previous: Any = None) -> Any:
        log.append("flow")
        return [await outer(text), previous]

    async def main() -> None:
        first = await flow.ainvoke("a", thread())
        assert values(first) == ["a"]
        assert len(Registry.of(asyncio.get_running_loop())) == 1
        second = await flow.ainvoke(Command(resume=1), thread())
        assert values(second) == ["aa"]
        chunks = [chunk async for chunk in flow.astream(Command(resume=2), thread(), stream_mode="updates")]
        assert chunks == [{"ask": 2}, {"outer": [1, 2]}, {"flow": [[1, 2], None]}]
        assert len(Registry.of(asyncio.get_running_loop())) == 0
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())
    assert log == ["flow", "outer", "ask a", "asked a", "ask aa", "asked aa"]


def test_several_calls_wait_at_once_and_are_answered_one_by_one() -> None:
    log: list[str] = []

    @task
    async def ask(text: str) -> Any:
        log.append(text)
        return await ainterrupt(text)

    @task
    async def work() -> int:
        log.append("work")
        await asyncio.sleep(0.01)
        return 7

    @entrypoint(checkpointer=InMemorySaver())
    async def flow(_: int) -> Any:
        log.append("flow")
        return await asyncio.gather(ask("a"), work(), ask("b"))

    async def main() -> None:
        first = await flow.ainvoke(1, thread())
        assert values(first) == ["a", "b"]
        second = await flow.ainvoke(answers(first, "A"), thread())
        assert values(second) == ["b"]
        assert await flow.ainvoke(answers(second, "B"), thread()) == ["A", 7, "B"]
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())
    assert log == ["flow", "a", "work", "b"]


def test_another_process_replays() -> None:
    saver = InMemorySaver()
    log: list[str] = []

    @task
    async def work() -> int:
        log.append("work")
        return 7

    @task
    async def ask(text: str) -> Any:
        log.append("ask")
        try:
            return await ainterrupt(text)
        except asyncio.CancelledError:
            log.append("evicted")
            raise

    @entrypoint(checkpointer=saver)
    async def flow(_: int) -> Any:
        return [await work(), await ask("name?")]

    assert values(asyncio.run(flow.ainvoke(1, thread()))) == ["name?"]
    assert asyncio.run(flow.ainvoke(Command(resume="Ada"), thread())) == [7, "Ada"]
    assert log == ["work", "ask", "evicted", "ask"]


def test_closing_the_graph_ends_held_calls() -> None:
    log: list[str] = []

    @task
    async def ask(text: str) -> Any:
        try:
            return await ainterrupt(text)
        finally:
            log.append(text)

    @entrypoint(checkpointer=InMemorySaver())
    async def flow(_: int) -> Any:
        first, second = ask("a"), ask("b")
        return [await first, await second]

    async def main() -> None:
        assert len(values(await flow.ainvoke(1, thread()))) == 2
        await flow.aclose()
        assert sorted(log) == ["a", "b"]
        assert len(asyncio.all_tasks()) == 1
        again = await flow.ainvoke(None, thread())
        assert len(values(again)) == 2
        await flow.ainvoke(2, thread())
        assert len(log) == 4

    asyncio.run(main())


def test_a_call_that_stops_waiting_by_itself_goes_on() -> None:
    @task
    async def patient() -> Any:
        try:
            return await asyncio.wait_for(ainterrupt("quick?"), 0.05)
        except TimeoutError:
            return "nobody came"

    @task
    async def slow() -> str:
        await asyncio.sleep(0.3)
        return "slow"

    @entrypoint(checkpointer=InMemorySaver())
    async def flow(_: int) -> Any:
        return await asyncio.gather(patient(), slow())

    async def main() -> None:
        assert await flow.ainvoke(1, thread()) == ["nobody came", "slow"]

    asyncio.run(main())


def test_one_raises_its_question_while_the_other_waits_in_place() -> None:
    log: list[str] = []

    @task
    async def raises() -> Any:
        await asyncio.sleep(0)
        return interrupt("raised?")

    @task
    async def waits() -> Any:
        log.append("waits")
        return await ainterrupt("waited?")

    @entrypoint(checkpointer=InMemorySaver())
    async def flow(_: int) -> Any:
        first, second = waits(), raises()
        return [await second, await first]

    async def main() -> None:
        paused = await flow.ainvoke(1, thread())
        assert sorted(values(paused)) == ["raised?", "waited?"]
        by = {question.value: question.id for question in paused["__interrupt__"]}
        done = await flow.ainvoke(Command(resume={by["raised?"]: 1, by["waited?"]: 2}), thread())
        assert done == [1, 2]
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


def test_where_a_thread_waits_for_the_call_it_is_run_again() -> None:
    log: list[str] = []

    @task
    async def ask(text: str) -> Any:
        log.append(text)
        return await ainterrupt(text)

    @entrypoint(checkpointer=InMemorySaver())
    def flow(_: int) -> Any:
        log.append("flow")
        return ask("a").result()

    assert values(flow.invoke(1, thread())) == ["a"]
    assert flow.invoke(Command(resume="A"), thread()) == "A"
    assert log == ["flow", "a", "flow", "a"]


def test_a_failure_beside_held_calls_stops_them() -> None:
    log: list[str] = []

    @task
    async def ask(text: str) -> Any:
        try:
            return await ainterrupt(text)
        finally:
            log.append("stopped")

    @task
    async def fails() -> None:
        await asyncio.sleep(0.05)
        raise ValueError("no")

    @entrypoint(checkpointer=InMemorySaver())
    async def flow(_: int) -> Any:
        return await asyncio.gather(ask("a"), fails())

    async def main() -> None:
        with pytest.raises(ValueError, match="no"):
            await flow.ainvoke(1, thread())
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())
    assert log == ["stopped"]


@pytest.mark.parametrize("gathered", [True, False])
@pytest.mark.parametrize("waits", [interrupt, ainterrupt])
@pytest.mark.parametrize("asks", [interrupt, ainterrupt])
def test_a_graph_called_in_a_task_asks_beside_another_task(asks: Any, waits: Any, gathered: bool) -> None:
    log: list[str] = []

    async def answer_to(ask: Any, text: str) -> Any:
        found = ask(text)
        return await found if asyncio.iscoroutine(found) else found

    async def node(state: State) -> State:
        log.append("node")
        return {"y": [await answer_to(asks, "one"), await answer_to(asks, "two")]}

    graph = StateGraph(State).add_node("node", node).add_edge(START, "node").compile()

    @task
    async def calls(number: int) -> Any:
        return (await graph.ainvoke({"x": number}))["y"]

    @task
    async def other() -> Any:
        return await answer_to(waits, "other")

    @entrypoint(checkpointer=InMemorySaver())
    async def flow(number: int) -> Any:
        if gathered:
            return list(await asyncio.gather(calls(number), other()))
        futures = [calls(number), other()]
        return [await future for future in futures]

    async def main() -> None:
        result = await flow.ainvoke(1, thread())
        rounds = 0
        while isinstance(result, dict):
            question = result["__interrupt__"][0]
            result = await flow.ainvoke(Command(resume={question.id: question.value.upper()}), thread())
            rounds += 1
        assert result == [["ONE", "TWO"], "OTHER"]
        assert rounds == 3
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())
    assert len(log) == (1 if asks is ainterrupt else 3)
