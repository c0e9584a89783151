"""Streams of runs and of the graphs inside them: order, early ends, bounds."""

from __future__ import annotations

import asyncio
import operator
import threading
from contextlib import aclosing
from typing import Annotated, Any, TypedDict

import pytest
from pydantic import BaseModel

from actograph.checkpoint.memory import InMemorySaver
from actograph.config import get_stream_writer
from actograph.engine import workers
from actograph.engine.drive import thread_loop
from actograph.engine.streams.outlet import Outlet, StreamOverflow, _bound
from actograph.graph import START, StateGraph


class State(TypedDict, total=False):
    value: int
    log: Annotated[list[str], operator.add]


MODES = ["values", "updates", "custom", "tasks", "checkpoints", "debug"]


def threaded_leaf() -> Any:
    def leaf(state: State) -> dict[str, Any]:
        get_stream_writer()("leaf")
        return {"log": ["leaf"]}

    return StateGraph(State).add_node(leaf).add_edge(START, "leaf").compile()


def whole(saver: InMemorySaver | None = None) -> Any:
    """A sub-graph as a node beside a sync node and an async one that call it."""
    sub = threaded_leaf()

    def call(state: State) -> dict[str, Any]:
        get_stream_writer()("call")
        sub.invoke({"value": 1})
        return {"log": ["call"]}

    async def acall(state: State) -> dict[str, Any]:
        await sub.ainvoke({"value": 2})
        return {"log": ["acall"]}

    builder = StateGraph(State).add_node("sub", sub).add_node(call).add_node(acall)
    builder = builder.add_node("last", lambda state: {"value": 9})
    for name in ("sub", "call", "acall"):
        builder.add_edge(START, name)
    return builder.add_edge(["sub", "call", "acall"], "last").compile(checkpointer=saver)


END_LOG = ["acall", "call", "leaf"]


def test_an_async_reader_may_stop_at_any_chunk() -> None:
    async def main() -> None:
        app = whole(InMemorySaver())
        stopped = 0
        for stop in range(200):
            config = {"configurable": {"thread_id": f"async-{stop}"}}
            async with aclosing(app.astream({"value": 0}, config, stream_mode=MODES, subgraphs=True)) as chunks:
                taken = 0
                async for _ in chunks:
                    taken += 1
                    if taken > stop:
                        break
            assert asyncio.all_tasks() == {asyncio.current_task()}
            if taken <= stop:
                break
            stopped += 1
            state = await app.ainvoke(None, config)
            assert (state["value"], sorted(state["log"])) == (9, END_LOG)
        assert stopped > 40

    asyncio.run(main())
    assert workers.WORKERS.statistics().waiting == 0


def test_a_sync_reader_may_stop_at_any_chunk() -> None:
    app = whole(InMemorySaver())
    stopped = 0
    for stop in range(200):
        config = {"configurable": {"thread_id": f"sync-{stop}"}}
        chunks = app.stream({"value": 0}, config, stream_mode=MODES, subgraphs=True)
        taken = 0
        for _ in chunks:
            taken += 1
            if taken > stop:
                break
        chunks.close()
        assert not asyncio.all_tasks(thread_loop())
        if taken <= stop:
            break
        stopped += 1
        state = app.invoke(None, config)
        assert (state["value"], sorted(state["log"])) == (9, END_LOG)
    assert stopped > 40


def test_a_stream_that_prints_stops_its_run_when_it_is_closed(capsys: pytest.CaptureFixture[str]) -> None:
    async def main() -> None:
        app = whole(InMemorySaver())
        config = {"configurable": {"thread_id": "printed"}}
        stream = app.astream({"value": 0}, config, stream_mode="updates", print_mode="values")
        async with aclosing(stream) as chunks:
            await anext(chunks)
        assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())
    assert "{'value': 0, 'log': []}" in capsys.readouterr().out


@pytest.mark.parametrize("how", ["stream", "astream", "invoke"])
def test_chunks_come_in_the_order_in_which_they_were_made(how: str) -> None:
    sub = threaded_leaf()

    def call(state: State) -> dict[str, Any]:
        writer = get_stream_writer()
        for number in range(20):
            writer(number)
            sub.invoke({"value": number})
        thread = threading.Thread(target=writer, args=("from a thread",))
        thread.start()
        thread.join()
        return {"log": ["call"]}

    app = StateGraph(State).add_node(call).add_edge(START, "call").compile()
    modes = ["custom", "updates"]
    if how == "stream":
        chunks = list(app.stream({"value": 0}, stream_mode=modes, subgraphs=True))
    elif how == "invoke":
        chunks = app.invoke({"value": 0}, stream_mode=modes, subgraphs=True)
    else:

        async def read() -> list[Any]:
            return [chunk async for chunk in app.astream({"value": 0}, stream_mode=modes, subgraphs=True)]

        chunks = asyncio.run(read())
    seen = [chunk if mode == "custom" else sorted(chunk) for _, mode, chunk in chunks]
    expected: list[Any] = []
    for number in range(20):
        expected += [number, "leaf", ["leaf"]]
    assert seen == [*expected, "from a thread", ["call"]]


def test_chunks_of_a_sub_graph_in_another_thread_wake_the_reader() -> None:
    read = threading.Event()
    sub = threaded_leaf()

    def call(state: State) -> dict[str, Any]:
        sub.invoke({"value": 1})
        # The reader has the sub-graph's chunks while its caller still runs.
        assert read.wait(30)
        return {"log": ["call"]}

    app = StateGraph(State).add_node(call).add_edge(START, "call").compile()
    for namespace, _ in app.stream({"value": 0}, stream_mode="updates", subgraphs=True):
        if namespace:
            read.set()
    assert read.is_set()


def test_a_sync_stream_of_sub_graphs_inside_a_running_loop() -> None:
    async def main() -> int:
        return len(list(whole().stream({"value": 0}, stream_mode=MODES, subgraphs=True)))

    assert asyncio.run(main()) == len(list(whole().stream({"value": 0}, stream_mode=MODES, subgraphs=True)))


def test_a_sync_stream_may_be_read_by_several_threads() -> None:
    app = whole()
    expected = len(list(app.stream({"value": 0}, stream_mode=MODES, subgraphs=True)))
    chunks = app.stream({"value": 0}, stream_mode=MODES, subgraphs=True)
    end = object()
    count = 0
    while True:
        taken: list[Any] = []
        thread = threading.Thread(target=lambda taken=taken: taken.append(next(chunks, end)))
        thread.start()
        thread.join()
        if taken[0] is end:
            break
        count += 1
    assert count == expected


def flood(count: int) -> Any:
    def write(state: State) -> dict[str, Any]:
        for number in range(count):
            get_stream_writer()(number)
        return {"log": ["written"]}

    async def awrite(state: State) -> dict[str, Any]:
        return write(state)

    def build(node: Any) -> Any:
        return StateGraph(State).add_node("write", node).add_edge(START, "write").compile()

    return build(write), build(awrite), build(lambda state: build(write).invoke(state) and {"log": ["called"]})


def test_a_bounded_stream_stops_who_writes_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Outlet, "limit", 5)

    async def read(app: Any) -> list[Any]:
        found = []
        async for chunk in app.astream({"value": 0}, stream_mode="custom", subgraphs=True):
            # What the others write meanwhile waits.
            await asyncio.sleep(0.001)
            found.append(chunk)
        return found

    for app in flood(5)[:2]:
        assert len(asyncio.run(read(app))) == 5
    for app in flood(1000):
        with pytest.raises(StreamOverflow, match="more than 5 chunks"):
            asyncio.run(read(app))
    for app in flood(1000):
        # A caller who takes everything at the end has asked for it.
        assert len(app.invoke({"value": 0}, stream_mode="custom", subgraphs=True)) == 1000


def test_the_bound_of_streams_is_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _bound() is None
    monkeypatch.setenv("ACTOGRAPH_STREAM_BOUND", "12")
    assert _bound() == 12
    for text in ("0", "-1", "many"):
        monkeypatch.setenv("ACTOGRAPH_STREAM_BOUND", text)
        with pytest.raises(ValueError, match="ACTOGRAPH_STREAM_BOUND"):
            _bound()


def test_what_an_abandoned_node_writes_is_dropped() -> None:
    entered, leave, left = threading.Event(), threading.Event(), threading.Event()
    sub = threaded_leaf()

    def slow(state: State) -> dict[str, Any]:
        entered.set()
        assert leave.wait(30)
        try:
            get_stream_writer()("too late")
            return dict(sub.invoke({"value": 1}))
        finally:
            left.set()

    async def main() -> None:
        app = StateGraph(State).add_node(slow).add_edge(START, "slow").compile()
        chunks = app.astream({"value": 0}, stream_mode=["values", "custom"], subgraphs=True)
        await anext(chunks)
        reading = asyncio.ensure_future(anext(chunks))
        while not entered.is_set():
            await asyncio.sleep(0.001)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert [chunk async for chunk in chunks] == []
        leave.set()
        assert await asyncio.to_thread(left.wait, 30)

    asyncio.run(main())


def test_parts_of_a_sub_graph_with_a_schema_of_its_own_stay_plain() -> None:
    class Outer(BaseModel):
        value: int

    class Inner(BaseModel):
        other: int

    sub = StateGraph(Inner).add_node("in", lambda state: {"other": 2}).add_edge(START, "in").compile()
    app = StateGraph(Outer).add_node("call", lambda state: {"value": sub.invoke({"other": 1})["other"]})
    parts = list(
        app.add_edge(START, "call").compile().stream(Outer(value=0), stream_mode="values", version="v2", subgraphs=True)
    )
    assert [part["data"] for part in parts] == [Outer(value=0), {"other": 1}, {"other": 2}, Outer(value=2)]


def test_a_values_part_holds_only_keys_of_the_output_schema() -> None:
    class Output(BaseModel, extra="forbid"):
        value: int

    builder = StateGraph(State, output_schema=Output).add_node("a", lambda state: {"log": ["a"], "value": 1})
    app = builder.add_edge(START, "a").compile()
    parts = list(app.stream({"value": 0}, stream_mode="values", version="v2"))
    assert [part["data"] for part in parts] == [Output(value=0), Output(value=1)]


def test_an_unknown_mode_and_an_unknown_argument_are_named() -> None:
    app = threaded_leaf()
    with pytest.raises(ValueError, match=r"'upgrades' is not offered; choose among .*updates"):
        app.stream({"value": 0}, stream_mode=["values", "upgrades"])
    with pytest.raises(ValueError, match="'nothing' is not offered"):
        app.invoke({"value": 0}, print_mode="nothing")
    with pytest.warns(UserWarning, match="'LangGraph' knows no argument 'strem_mode'"):
        app.invoke({"value": 0}, strem_mode="values")


def test_a_run_that_nobody_streams_makes_no_chunks() -> None:
    seen = []

    def look(state: State) -> dict[str, Any]:
        from actograph.engine.current import current_task

        emit = current_task("look").run.emit
        seen.append((vars(emit), emit.ends, emit.tasks, emit.checkpoints))
        return {}

    sub = StateGraph(State).add_node(look).add_edge(START, "look").compile()
    app = (
        StateGraph(State).add_node(look).add_node("sub", sub).add_edge(START, "look").add_edge("look", "sub").compile()
    )
    app.invoke({"value": 0})
    assert seen == [({}, False, False, False)] * 2
