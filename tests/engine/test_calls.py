"""Calls of tasks: threads that wait for them, cancellation, calls made while the loop stands still, what is stored when."""

from __future__ import annotations

import asyncio
import concurrent.futures
import threading
from pathlib import Path
from typing import Any, TypedDict

import pytest

from actograph.checkpoint.memory import InMemorySaver
from actograph.checkpoint.sqlite import SqliteSaver
from actograph.engine import workers
from actograph.func import entrypoint, task
from actograph.graph import START, StateGraph
from actograph.types import Command, RetryPolicy, interrupt


class State(TypedDict, total=False):
    x: int
    y: Any


def thread(name: str = "1") -> dict[str, Any]:
    return {"configurable": {"thread_id": name}}


def one_node(node: Any, **options: Any) -> Any:
    return StateGraph(State).add_node("node", node).add_edge(START, "node").compile(**options)


@task
def factorial(number: int) -> int:
    return 1 if number < 2 else number * factorial(number - 1).result()


@task
async def afactorial(number: int) -> int:
    return 1 if number < 2 else number * await afactorial(number - 1)


@task
def plus(number: int) -> int:
    return number + 1


@task
async def aplus(number: int) -> int:
    await asyncio.sleep(0)
    return number + 1


# -- threads -------------------------------------------------------------------------------------------------------------------------


def test_sync_tasks_that_wait_for_tasks_go_deeper_than_there_are_worker_threads() -> None:
    depth = workers.WORKERS.statistics().limit * 2

    @entrypoint()
    def flow(number: int) -> int:
        return factorial(number).result()

    expected = 1
    for number in range(1, depth + 1):
        expected *= number
    assert flow.invoke(depth) == expected
    assert asyncio.run(flow.ainvoke(depth)) == expected
    statistics = workers.WORKERS.statistics()
    assert (statistics.free, statistics.waiting) == (statistics.limit, 0)


def test_async_tasks_that_wait_for_tasks_go_deep() -> None:
    @entrypoint()
    async def flow(number: int) -> int:
        return await afactorial(number)

    assert asyncio.run(flow.ainvoke(300)) > 0


def test_many_calls_at_once_from_a_sync_function() -> None:
    @entrypoint()
    def flow(number: int) -> int:
        return sum(future.result() for future in [plus(index) for index in range(number)])

    assert flow.invoke(500) == sum(range(1, 501))
    assert asyncio.run(flow.ainvoke(500)) == sum(range(1, 501))


def test_a_thread_future_can_be_awaited_in_another_loop() -> None:
    @entrypoint()
    def flow(number: int) -> list[int]:
        future = aplus(number)

        async def waits() -> int:
            return await future

        async def calls() -> int:
            return await aplus(number + 10)

        return [asyncio.run(waits()), asyncio.run(calls())]

    assert flow.invoke(1) == [2, 12]


def test_max_concurrency_bounds_calls_and_a_waiting_caller_needs_no_place() -> None:
    running = 0
    most = 0

    @task
    async def work(number: int) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.001)
        running -= 1
        return number

    @entrypoint()
    async def flow(number: int) -> list[int]:
        return list(await asyncio.gather(*[work(index) for index in range(number)]))

    for limit in (1, 3):
        most = 0
        assert asyncio.run(flow.ainvoke(9, {"max_concurrency": limit})) == list(range(9))
        assert most == limit


# -- while the loop stands still -----------------------------------------------------------------------------------------------------


def hidden(name: str) -> Any:
    """A task that no look at the code finds."""
    return {"plus": plus, "aplus": aplus, "factorial": factorial}[name]


@pytest.mark.parametrize(("name", "given", "result"), [("plus", 1, 2), ("aplus", 1, 2), ("factorial", 5, 120)])
def test_a_node_that_was_not_seen_to_call_tasks_may_call_them(name: str, given: int, result: int) -> None:
    tasks = {"it": hidden(name)}
    seen: list[bool] = []

    class Anything:
        def __getattr__(self, _: str) -> Any:
            return tasks["it"]

    anything = Anything()

    def node(state: State) -> State:
        seen.append(threading.current_thread() is threading.main_thread())
        future = getattr(anything, "what" + "ever")(state["x"])
        return {"x": future.result(), "y": interrupt("q")}

    graph = one_node(node, checkpointer=InMemorySaver())
    chunks = list(graph.stream({"x": given}, thread(), stream_mode="updates"))
    assert {name: result} in chunks
    assert list(chunks[-1]) == ["__interrupt__"]
    assert graph.invoke(Command(resume="yes"), thread()) == {"x": result, "y": "yes"}
    assert seen == [True, True]


def test_it_may_fail_or_ask_there_too() -> None:
    class Anything:
        def __getattr__(self, name: str) -> Any:
            return tasks[name]

    anything = Anything()
    attempts: list[int] = []

    @task(retry_policy=RetryPolicy(initial_interval=0.001, jitter=False, max_attempts=3, retry_on=ValueError))
    def fails() -> None:
        attempts.append(1)
        raise ValueError("no")

    @task
    def asks() -> Any:
        return interrupt("name?")

    tasks = {"fails": fails, "asks": asks}

    def node(state: State) -> State:
        with pytest.raises(ValueError, match="no"):
            getattr(anything, "fails")().result()  # noqa: B009
        return {"y": getattr(anything, "asks")().result()}  # noqa: B009

    graph = one_node(node, checkpointer=InMemorySaver())
    assert graph.invoke({"x": 1}, thread())["__interrupt__"][0].value == "name?"
    assert graph.invoke(Command(resume="Ada"), thread())["y"] == "Ada"
    assert len(attempts) == 6


def test_a_node_that_names_a_task_leaves_the_loop_free() -> None:
    def helper(number: int) -> int:
        return plus(number).result()

    class Shop:
        rate = 2

        @task
        def price(self, amount: int) -> int:
            return amount * self.rate

        def total(self, state: State) -> State:
            return {"x": sum(future.result() for future in [self.price(state["x"]), self.price(1)])}

    kept: list[int] = []

    def direct(state: State) -> State:
        first, second = plus(state["x"]), plus(10)
        concurrent.futures.wait([first, second], timeout=30)
        kept.append(threading.get_ident())
        return {"x": first.result() + second.result()}

    def behind_a_helper(state: State) -> State:
        return {"x": helper(state["x"])}

    assert one_node(direct).invoke({"x": 1}) == {"x": 13}
    assert kept != [threading.get_ident()]
    assert one_node(behind_a_helper).invoke({"x": 1}) == {"x": 2}
    assert one_node(Shop().total).invoke({"x": 1}) == {"x": 4}


# -- cancelling ----------------------------------------------------------------------------------------------------------------------


def test_cancelling_a_run_cancels_its_calls_and_leaves_no_task() -> None:
    log: list[str] = []

    async def main() -> int:
        started = asyncio.Event()

        @task
        async def inner() -> None:
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                log.append("inner")

        @task
        async def outer() -> None:
            try:
                await inner()
            finally:
                log.append("outer")

        @entrypoint()
        async def flow(_: int) -> None:
            try:
                await outer()
            finally:
                log.append("flow")

        before = len(asyncio.all_tasks())
        run = asyncio.create_task(flow.ainvoke(1))
        await started.wait()
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        return len(asyncio.all_tasks()) - before

    assert asyncio.run(main()) == 0
    assert sorted(log) == ["flow", "inner", "outer"]


def test_cancelling_a_run_frees_threads_that_wait_for_calls() -> None:
    freed = threading.Event()

    async def main() -> None:
        started = asyncio.Event()

        @task
        async def forever() -> None:
            started.set()
            await asyncio.Event().wait()

        @entrypoint()
        def flow(_: int) -> None:
            try:
                forever().result()
            finally:
                freed.set()

        run = asyncio.create_task(flow.ainvoke(1))
        await started.wait()
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        assert await asyncio.to_thread(freed.wait, 30)

    asyncio.run(main())


def test_closing_a_stream_cancels_calls() -> None:
    log: list[str] = []

    async def main() -> int:
        @task
        async def quick() -> int:
            return 1

        @task
        async def forever() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                log.append("cancelled")

        @entrypoint()
        async def flow(_: int) -> None:
            waiting = forever()
            await quick()
            await waiting

        before = len(asyncio.all_tasks())
        stream = flow.astream(1)
        assert await anext(stream) == {"quick": 1}
        await stream.aclose()
        return len(asyncio.all_tasks()) - before

    assert asyncio.run(main()) == 0
    assert log == ["cancelled"]


def test_a_failing_function_stops_its_calls_and_the_thread_goes_on() -> None:
    log: list[str] = []
    broken = True

    @task
    async def work(number: int) -> int:
        log.append(f"work {number}")
        return number

    @task
    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            log.append("stopped")

    @entrypoint(checkpointer=InMemorySaver())
    async def flow(number: int) -> int:
        done = await work(number)
        if broken:
            forever()
            await asyncio.sleep(0.01)
            raise ValueError("broken")
        return done

    async def main() -> None:
        nonlocal broken
        with pytest.raises(ValueError, match="broken"):
            await flow.ainvoke(3, thread())
        broken = False
        assert await flow.ainvoke(None, thread()) == 3

    asyncio.run(main())
    assert log == ["work 3", "stopped"]


# -- what is refused -----------------------------------------------------------------------------------------------------------------


def test_a_call_needs_a_caller_that_runs() -> None:
    left: list[Any] = []

    @entrypoint()
    async def flow(number: int) -> int:
        async def late() -> None:
            await asyncio.sleep(0.01)
            try:
                plus(number)
            except RuntimeError as error:
                left.append(str(error))

        left.append(asyncio.create_task(late()))
        return number

    async def main() -> None:
        await flow.ainvoke(1)
        await left[0]

    with pytest.raises(RuntimeError, match="outside of a running graph"):
        plus(1)
    asyncio.run(main())
    assert "has ended" in left[1]
    assert "'plus'" in left[1]


def test_a_question_that_nobody_waits_for_fails_the_run_by_name() -> None:
    release = asyncio.Event()

    @task
    async def asks() -> Any:
        await release.wait()
        return interrupt("name?")

    @entrypoint(checkpointer=InMemorySaver())
    async def flow(_: int) -> int:
        asks()
        asyncio.get_running_loop().call_later(0.01, release.set)
        return 1

    with pytest.raises(RuntimeError, match=r"'asks' asked 'name\?'.*'flow'"):
        asyncio.run(flow.ainvoke(1, thread()))


# -- storage -------------------------------------------------------------------------------------------------------------------------


def test_with_durability_sync_a_result_is_stored_before_its_caller_has_it(tmp_path: Path) -> None:
    path = str(tmp_path / "state.db")
    stored: list[Any] = []

    def look() -> None:
        with SqliteSaver.from_conn_string(path) as other:
            found = other.get_tuple(thread())  # type: ignore[arg-type]
            stored.append([value for _, key, value in found.pending_writes or () if key == "__return__"])  # type: ignore[union-attr]

    with SqliteSaver.from_conn_string(path) as saver:

        @entrypoint(checkpointer=saver)
        def flow(number: int) -> int:
            for index in range(5):
                plus(number + index).result()
                look()
            return number

        @entrypoint(checkpointer=saver)
        async def aflow(number: int) -> int:
            for index in range(5):
                await plus(number + index)
                look()
            return number

        flow.invoke(1, thread(), durability="sync")
        asyncio.run(aflow.ainvoke(10, thread(), durability="sync"))
    expected = [[2], [2, 3], [2, 3, 4], [2, 3, 4, 5], [2, 3, 4, 5, 6]]
    assert [sorted(values) for values in stored[:5]] == expected
    assert [sorted(values) for values in stored[5:]] == [[value + 9 for value in values] for values in expected]


def test_a_result_that_cannot_be_stored_fails_the_run_and_frees_the_caller(tmp_path: Path) -> None:
    @task
    def lock() -> Any:
        return threading.Lock()

    for durability in ("sync", "async"):
        with SqliteSaver.from_conn_string(str(tmp_path / f"{durability}.db")) as saver:

            @entrypoint(checkpointer=saver)
            def flow(_: int) -> str:
                return str(lock().result())

            with pytest.raises(TypeError, match="lock"):
                flow.invoke(1, thread(), durability=durability)


def test_results_are_told_by_the_order_of_calls_also_when_they_end_in_another() -> None:
    gates = [threading.Event() for _ in range(3)]
    log: list[int] = []

    @task
    def work(number: int) -> int:
        assert gates[number].wait(30)
        if number:
            gates[number - 1].set()
        log.append(number)
        return number * 10

    @entrypoint(checkpointer=InMemorySaver())
    def flow(_: int) -> Any:
        futures = [work(index) for index in range(3)]
        gates[2].set()
        results = [future.result() for future in futures]
        return [*results, interrupt("q")]

    flow.invoke(1, thread())
    assert flow.invoke(Command(resume="a"), thread()) == [0, 10, 20, "a"]
    assert log == [2, 1, 0]


def test_a_thread_that_was_left_behind_does_not_wait_for_calls() -> None:
    go_on = threading.Event()
    ended = threading.Event()
    started = threading.Event()
    seen: list[str] = []

    @task
    def quick() -> int:
        return 1

    @entrypoint()
    def flow(_: int) -> None:
        quick().result()
        started.set()
        assert go_on.wait(30)
        try:
            quick().result()
        except BaseException as error:
            seen.append(type(error).__name__)
        ended.set()

    stream = flow.stream(1)
    assert next(stream) == {"quick": 1}
    assert started.wait(30)
    stream.close()
    go_on.set()
    assert ended.wait(30)
    assert seen == ["CancelledError"]


def test_an_attempt_that_is_given_up_asks_nothing_any_more() -> None:
    attempts: list[int] = []

    @task
    async def late() -> Any:
        await asyncio.sleep(0.02)
        return interrupt("late?")

    @entrypoint(
        checkpointer=InMemorySaver(),
        retry_policy=RetryPolicy(initial_interval=0.001, jitter=False, retry_on=ValueError),
    )
    async def flow(_: int) -> str:
        attempts.append(1)
        if len(attempts) == 1:
            late()
            raise ValueError("once")
        await asyncio.sleep(0.05)
        return "done"

    assert asyncio.run(flow.ainvoke(1, thread())) == "done"
