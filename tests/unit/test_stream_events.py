"""The event stream: what is left of a run when its reader stops, and what only we promise."""

from __future__ import annotations

import asyncio
import gc
import operator
import threading
from collections.abc import Callable
from typing import Annotated, Any, TypedDict

import pytest

from actograph.actors import ActorSystem
from actograph.checkpoint.memory import InMemorySaver
from actograph.config import get_stream_writer
from actograph.graph import START, StateGraph
from actograph.stream import CustomTransformer, StreamChannel, StreamTransformer, UpdatesTransformer


class State(TypedDict):
    log: Annotated[list[str], operator.add]


def line(*steps: tuple[str, Any], **options: Any) -> Any:
    builder: Any = StateGraph(State)
    previous = START
    for name, action in steps:
        builder.add_node(name, action)
        builder.add_edge(previous, name)
        previous = name
    return builder.compile(**options)


def write(name: str) -> tuple[str, Callable[[State], dict[str, list[str]]]]:
    return name, lambda state: {"log": [name]}


class Held:
    """A node that waits until it is cancelled."""

    def __init__(self) -> None:
        self.entered = asyncio.Event()
        self.cancelled = 0

    async def __call__(self, state: State) -> dict[str, list[str]]:
        self.entered.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        raise AssertionError("unreachable")


def left() -> set[asyncio.Task[Any]]:
    return asyncio.all_tasks() - {task for task in (asyncio.current_task(),) if task}


async def read(projection: Any) -> list[Any]:
    return [item async for item in projection]


async def nothing_left() -> None:
    """Fails if tasks or actors are left once what nobody holds any more was collected."""
    for attempt in range(40):
        if not left() and not ActorSystem.current().cells:
            return
        if attempt % 8 == 4:
            gc.collect()
        await asyncio.sleep(0.002)
    raise AssertionError(f"left: {left()}, {ActorSystem.current().cells}")


# -- stopping ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("inside", [False, True])
def test_abort_while_a_reader_waits_cancels_the_nodes_and_lets_the_reader_go(inside: bool) -> None:
    async def main() -> None:
        held = Held()
        app = line(write("a"), ("inner", line(("held", held)))) if inside else line(write("a"), ("held", held))
        run = await app.astream_events({"log": []}, version="v3")
        readers = [asyncio.create_task(read(items)) for items in (run.values, run.lifecycle, run.subgraphs)]
        ending = asyncio.create_task(run.output())
        await held.entered.wait()
        await run.abort()
        assert held.cancelled == 1
        values, _, _ = await asyncio.gather(*readers)
        assert values == [{"log": []}, {"log": ["a"]}]
        assert await ending == {"log": ["a"]}
        await nothing_left()

    asyncio.run(main())


def test_two_aborts_at_once() -> None:
    async def main() -> None:
        held = Held()
        run = await line(("held", held)).astream_events({"log": []}, version="v3")
        reader = asyncio.create_task(read(run.values))
        await held.entered.wait()
        await asyncio.gather(run.abort(), run.abort())
        await run.abort()
        assert await reader == [{"log": []}]
        assert held.cancelled == 1
        await nothing_left()

    asyncio.run(main())


def test_leaving_the_context_with_an_error_stops_the_run() -> None:
    async def main() -> None:
        held = Held()
        run = await line(write("a"), ("held", held)).astream_events({"log": []}, version="v3")
        with pytest.raises(ZeroDivisionError):
            async with run:
                async for _ in run.values:
                    raise ZeroDivisionError
        assert held.cancelled == 0 and not held.entered.is_set(), "the superstep waited for its reader"
        await nothing_left()

    asyncio.run(main())


def test_cancelling_the_reader_that_drives_cancels_the_run_and_waits() -> None:
    async def main() -> None:
        held = Held()
        run = await line(write("a"), ("inner", line(("held", held)))).astream_events({"log": []}, version="v3")
        reader = asyncio.create_task(run.output())
        await held.entered.wait()
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
        assert held.cancelled == 1
        await nothing_left()
        assert await run.output() == {"log": ["a"]}
        assert [handle async for handle in run.subgraphs] == []

    asyncio.run(main())


def test_a_timeout_while_reading() -> None:
    async def main() -> None:
        held = Held()
        run = await line(("held", held)).astream_events({"log": []}, version="v3")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await read(run.values)
        assert held.cancelled == 1
        await nothing_left()

    asyncio.run(main())


def test_a_cancelled_reader_that_only_waits_for_its_turn_cancels_nothing() -> None:
    async def main() -> None:
        gate = asyncio.Event()

        async def wait(state: State) -> dict[str, list[str]]:
            await gate.wait()
            return {"log": ["waited"]}

        run = await line(("wait", wait)).astream_events({"log": []}, version="v3")
        driving = asyncio.create_task(read(run.values))
        waiting = asyncio.create_task(read(run.lifecycle))
        await asyncio.sleep(0.02)
        waiting.cancel()
        await asyncio.wait([waiting])
        gate.set()
        assert await driving == [{"log": []}, {"log": ["waited"]}]

    asyncio.run(main())


def test_a_dropped_run_leaves_nothing() -> None:
    async def main() -> None:
        held = Held()
        run = await line(write("a"), write("b"), ("held", held)).astream_events({"log": []}, version="v3")
        values = aiter(run.values)
        await anext(values)
        await anext(values)
        del run, values
        await nothing_left()
        assert not held.entered.is_set()

    asyncio.run(main())


def test_a_run_that_is_never_read_costs_nothing() -> None:
    async def main() -> None:
        run = await line(write("a")).astream_events({"log": []}, version="v3")
        assert not left() and not ActorSystem.current().cells
        del run
        gc.collect()

    asyncio.run(main())
    line(write("a")).stream_events({"log": []}, version="v3")


def test_abort_of_a_sync_run_waits_for_its_async_nodes() -> None:
    ended: list[str] = []

    async def quick(state: State) -> dict[str, list[str]]:
        get_stream_writer()("quick")
        return {"log": ["quick"]}

    async def forever(state: State) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("forever")

    builder: Any = StateGraph(State)
    builder.add_node("quick", quick)
    builder.add_node("forever", forever)
    builder.add_edge(START, "quick")
    builder.add_edge(START, "forever")
    with builder.compile().stream_events({"log": []}, version="v3", transformers=[CustomTransformer]) as run:
        for chunk in run.custom:
            assert chunk == "quick"
            break
    assert ended == ["forever"]
    assert run.output == {"log": []}


def test_the_thread_of_an_aborted_run_goes_on() -> None:
    async def main() -> None:
        app = line(write("a"), write("b"), checkpointer=InMemorySaver())
        config = {"configurable": {"thread_id": "1"}}
        async with await app.astream_events({"log": []}, config, version="v3", durability="sync") as run:
            values = aiter(run.values)
            await anext(values)
            await anext(values)
        assert (await app.aget_state(config)).next == ("b",)
        run = await app.astream_events(None, config, version="v3")
        assert await run.output() == {"log": ["a", "b"]}

    asyncio.run(main())


def test_abort_of_a_handle_ends_its_projections_only() -> None:
    run = line(("inner", line(write("i"), write("j"))), write("z")).stream_events({"log": []}, version="v3")
    for handle in run.subgraphs:
        values = iter(handle.values)
        assert next(values) == {"log": ["i"]}
        handle.abort()
        assert list(values) == []
    assert run.output is not None and run.output["log"][-1] == "z"


# -- readers -----------------------------------------------------------------------------------------------------------------------


def test_a_projection_can_be_read_when_the_run_object_is_gone() -> None:
    async def main() -> None:
        values = (await line(write("a")).astream_events({"log": []}, version="v3")).values
        gc.collect()
        assert await read(values) == [{"log": []}, {"log": ["a"]}]

    asyncio.run(main())
    values = line(write("a")).stream_events({"log": []}, version="v3").values
    gc.collect()
    assert list(values) == [{"log": []}, {"log": ["a"]}]


def test_a_sync_run_inside_a_running_loop() -> None:
    async def main() -> list[Any]:
        run = line(write("a")).stream_events({"log": []}, version="v3", transformers=[UpdatesTransformer])
        return list(run.interleave("values", "updates"))

    assert asyncio.run(main()) == [
        ("values", {"log": []}),
        ("updates", {"a": {"log": ["a"]}}),
        ("values", {"log": ["a"]}),
    ]


def test_readers_that_take_turns_get_everything_once() -> None:
    async def main() -> None:
        names = [f"n{i}" for i in range(30)]
        app = line(*map(write, names), transformers=[UpdatesTransformer])
        run = await app.astream_events({"log": []}, {"recursion_limit": 50}, version="v3")
        events, updates, values, output = await asyncio.gather(
            read(run), read(run.updates), read(run.values), run.output()
        )
        assert [next(iter(update)) for update in updates] == names
        assert [len(value["log"]) for value in values] == list(range(31))
        assert [event["seq"] for event in events] == list(range(1, 62))
        assert output == values[-1]

    asyncio.run(main())


def test_branches_of_atee_read_at_once_and_share_an_error() -> None:
    def fail(state: State) -> None:
        raise ValueError("node")

    async def main() -> None:
        run = await line(write("a"), ("fail", fail)).astream_events({"log": []}, version="v3")
        branches = run.values.atee(3)
        results = await asyncio.gather(*map(read, branches), return_exceptions=True)
        assert [str(result) for result in results] == ["node"] * 3

    asyncio.run(main())


def test_a_crowded_reader_is_let_through_first() -> None:
    class Numbers(StreamTransformer):
        def __init__(self, scope: tuple[str, ...] = ()) -> None:
            super().__init__(scope)
            self.numbers: StreamChannel[int] = StreamChannel(maxlen=1)
            self.most = 0

        def init(self) -> dict[str, Any]:
            return {"numbers": self.numbers, "most": lambda: self.most}

        def process(self, event: Any) -> bool:
            if event["method"] == "values":
                self.numbers.push(len(event["params"]["data"]["log"]))
                self.most = max(self.most, len(self.numbers._items))
            return True

    async def main() -> None:
        app = line(*map(write, "abcdef"), transformers=[Numbers])
        run = await app.astream_events({"log": []}, version="v3")
        numbers, values = await asyncio.gather(read(run.extensions["numbers"]), read(run.values))
        assert numbers == list(range(7)) and len(values) == 7, "nothing is dropped"
        assert run.extensions["most"]() == 1

    class Sync(Numbers):
        pass

    run = line(write("a"), transformers=[Sync]).stream_events({"log": []}, version="v3")
    assert list(run.extensions["numbers"]) == [0, 1]
    asyncio.run(main())


def test_unread_projections_keep_nothing() -> None:
    run = line(*map(write, "abc"), transformers=[UpdatesTransformer]).stream_events({"log": []}, version="v3")
    list(run.values)
    assert not run.updates._items and not run.hub.events._items


# -- transformers ------------------------------------------------------------------------------------------------------------------


class Scheduling(StreamTransformer):
    requires_async = True
    how: Any = "raise"

    def init(self) -> dict[str, Any]:
        return {}

    def process(self, event: Any) -> bool:
        if not self.scheduled:
            self.schedule(self.work(), on_error=self.how)
        return True

    async def work(self) -> None:
        raise ValueError("scheduled")


@pytest.mark.parametrize("how", ["raise", "log"])
def test_what_a_scheduled_coroutine_raises(how: str, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        kind = type("Own", (Scheduling,), {"how": how})
        run = await line(write("a"), write("b")).astream_events({"log": []}, version="v3", transformers=[kind])
        if how == "raise":
            with pytest.raises(ValueError, match="scheduled"):
                await run.output()
        else:
            assert await run.output() == {"log": ["a", "b"]}
        await nothing_left()

    asyncio.run(main())
    assert [record.name for record in caplog.records] == (["actograph.stream"] if how == "log" else [])


@pytest.mark.parametrize("end", ["abort", "failure"])
def test_what_was_scheduled_is_cancelled_when_a_run_does_not_end_well(end: str) -> None:
    cancelled: list[str] = []

    class Waiting(Scheduling):
        async def work(self) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.append("work")

    def fail(state: State) -> None:
        raise ValueError("node")

    async def main() -> None:
        run = await line(write("a"), ("fail", fail)).astream_events({"log": []}, version="v3", transformers=[Waiting])
        values = aiter(run.values)
        await anext(values)
        await asyncio.sleep(0)
        if end == "abort":
            await run.abort()
        else:
            with pytest.raises(ValueError, match="node"):
                await run.output()
        assert cancelled == ["work"]
        await nothing_left()

    asyncio.run(main())


def test_a_transformer_may_abort_the_run() -> None:
    class Enough(StreamTransformer):
        run: Any = None

        def init(self) -> dict[str, Any]:
            return {}

        async def aprocess(self, event: Any) -> bool:
            if event["method"] == "values" and len(event["params"]["data"]["log"]) == 2:
                await type(self).run.abort()
            return True

    async def main() -> None:
        app = line(*map(write, "abcd"))
        run = Enough.run = await app.astream_events({"log": []}, version="v3", transformers=[Enough])
        assert await run.output() == {"log": ["a", "b"]}
        await nothing_left()
        Enough.run = None

    asyncio.run(main())


class Reading(StreamTransformer):
    """Reads the run that it is part of, which can never end."""

    run: Any = None

    def init(self) -> dict[str, Any]:
        return {}

    def process(self, event: Any) -> bool:
        return bool(type(self).run.output)


class AsyncReading(Reading):
    async def aprocess(self, event: Any) -> bool:
        return bool(await type(self).run.output())


def test_a_transformer_that_reads_its_own_run_is_told_so() -> None:
    async def main() -> None:
        run = AsyncReading.run = await line(write("a")).astream_events(
            {"log": []}, version="v3", transformers=[AsyncReading]
        )
        with pytest.raises(RuntimeError, match="reads the run that it is part of"):
            await run.output()

    run = Reading.run = line(write("a")).stream_events({"log": []}, version="v3", transformers=[Reading])
    with pytest.raises(RuntimeError, match="reads the run that it is part of"):
        _ = run.output
    asyncio.run(main())
    Reading.run = AsyncReading.run = None


def test_a_failing_fail_hook_does_not_hide_the_error(caplog: pytest.LogCaptureFixture) -> None:
    class Bad(StreamTransformer):
        def init(self) -> dict[str, Any]:
            return {}

        def process(self, event: Any) -> bool:
            return True

        def fail(self, err: BaseException) -> None:
            raise KeyError("hook")

    def fail(state: State) -> None:
        raise ValueError("node")

    run = line(("fail", fail), transformers=[Bad]).stream_events({"log": []}, version="v3")
    with pytest.raises(ValueError, match="node"):
        _ = run.output
    assert "Bad.fail() failed" in caplog.text


def test_a_transformer_of_a_sub_graph_that_fails_at_its_end_fails_the_run() -> None:
    class Bad(StreamTransformer):
        def init(self) -> dict[str, Any]:
            return {}

        def process(self, event: Any) -> bool:
            return True

        def finalize(self) -> None:
            if self.scope:
                raise KeyError("inner end")

    run = line(("inner", line(write("i"))), transformers=[Bad]).stream_events({"log": []}, version="v3")
    with pytest.raises(KeyError, match="inner end"):
        _ = run.output


# -- threads -----------------------------------------------------------------------------------------------------------------------


def test_sync_runs_leave_no_thread() -> None:
    before = threading.active_count()
    for _ in range(3):
        run = line(write("a"), ("inner", line(write("i")))).stream_events({"log": []}, version="v3")
        next(iter(run.values))
        run.abort()
    assert threading.active_count() <= before + 1


def test_errors_say_what_to_do() -> None:
    run = line(write("a")).stream_events({"log": []}, version="v3")
    with pytest.raises(AttributeError, match=r"'updates'; give transformers=\[UpdatesTransformer\]"):
        _ = run.updates
    with pytest.raises(KeyError, match="no projection 'nothing'; there are: lifecycle, messages, subgraphs, values"):
        list(run.interleave("nothing"))
    with pytest.raises(TypeError, match="made 'int'"):
        line(write("a")).stream_events({"log": []}, version="v3", transformers=[lambda scope: 3])


# -- cancelled anywhere ------------------------------------------------------------------------------------------------------------


def thorough() -> tuple[Any, list[str]]:
    """A graph with parallel nodes and sub-graphs, some of which wait; and what ran in it."""
    ran: list[str] = []

    def node(name: str, turns: int) -> tuple[str, Any]:
        async def run(state: State) -> dict[str, list[str]]:
            for _ in range(turns):
                await asyncio.sleep(0)
                get_stream_writer()(name)
            ran.append(name)
            return {"log": [name]}

        return name, run

    builder: Any = StateGraph(State)
    builder.add_node(*node("a", 1))
    builder.add_node("left", line(node("l1", 1), ("deep", line(node("d", 2))), node("l2", 0)))
    builder.add_node(*node("right", 3))
    builder.add_node(*node("z", 1))
    builder.add_edge(START, "a")
    builder.add_edge("a", "left")
    builder.add_edge("a", "right")
    builder.add_edge(["left", "right"], "z")
    return builder.compile(checkpointer=InMemorySaver(), transformers=[CustomTransformer]), ran


@pytest.mark.parametrize("how", ["cancel", "abort", "drop"])
def test_stopped_at_any_moment_it_leaves_nothing_and_its_thread_goes_on(how: str) -> None:
    async def at(turns: int) -> bool:
        app, _ = thorough()
        config = {"configurable": {"thread_id": "1"}}
        run = await app.astream_events({"log": []}, config, version="v3")
        readers = [asyncio.create_task(read(items)) for items in (run.values, run.custom, run.subgraphs, run)]
        for _ in range(turns):
            await asyncio.sleep(0)
        ended = readers[0].done()
        if how == "cancel":
            for number in range(len(readers)):
                readers[number].cancel()
        elif how == "abort":
            await run.abort()
        await asyncio.gather(*readers, return_exceptions=True)
        del run, readers
        await nothing_left()
        snapshot = await app.aget_state(config)
        if snapshot.next or not snapshot.values:
            final = await app.ainvoke(None if snapshot.values or snapshot.next else {"log": []}, config)
        else:
            final = snapshot.values
        assert sorted(set(final["log"])) == ["a", "d", "l1", "l2", "right", "z"]
        assert final["log"][0] == "a" and final["log"][-1] == "z"
        return ended

    async def main() -> None:
        turns = 0
        while not await at(turns):
            turns += 1 if turns < 20 else max(13, turns // 4)
        assert turns > 20

    asyncio.run(main())


def test_a_reader_that_is_cancelled_while_the_run_is_aborted_is_cancelled() -> None:
    started, release = asyncio.Event(), asyncio.Event()

    async def slow_to_stop(state: State) -> dict[str, Any]:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            await release.wait()
        return {}

    async def main() -> None:
        app = StateGraph(State).add_node("n", slow_to_stop).add_edge(START, "n").compile()
        run = await app.astream_events({"log": []}, version="v3")
        reader = asyncio.create_task(read(run.values))
        await started.wait()
        aborting = asyncio.create_task(run.abort())
        await asyncio.sleep(0)
        reader.cancel()
        release.set()
        await asyncio.wait([reader])
        assert reader.cancelled()
        await aborting
        await nothing_left()

    asyncio.run(main())


@pytest.mark.parametrize("kept", [False, True])
def test_a_stream_with_callbacks_that_is_open_when_the_loop_ends_is_closed_quietly(
    kept: bool, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("langchain_core")
    streams: list[Any] = []
    app = line(write("a"), write("b"))

    async def chunks() -> None:
        stream = app.astream({"log": []}, stream_mode=["values", "messages"])
        await anext(stream)
        if kept:
            streams.append(stream)

    async def events() -> None:
        run = await app.astream_events({"log": []}, version="v3")
        await anext(aiter(run.values))
        if kept:
            streams.append(run)

    asyncio.run(chunks())
    asyncio.run(events())
    streams.clear()
    gc.collect()
    assert not caplog.records
