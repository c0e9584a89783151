"""`DeltaChannel` in graphs: what savers store of it, and that neither grouping nor restarts change its value."""

from __future__ import annotations

import asyncio
import operator
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple, TypedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actograph.channels import BinaryOperatorAggregate, DeltaChannel, LastValue
from actograph.channels.base import MISSING
from actograph.checkpoint.base import BaseCheckpointSaver
from actograph.checkpoint.memory import InMemorySaver
from actograph.checkpoint.sqlite import SqliteSaver
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.errors import EmptyChannelError, InvalidUpdateError
from actograph.graph import END, START, StateGraph
from actograph.types import Command, Overwrite, interrupt
from tests.engine.test_foreign_saver import DictSaver


def collect(value: list[Any], writes: Sequence[Any]) -> list[Any]:
    return [*value, *(item for write in writes for item in write)]


def collect_in_place(value: list[Any], writes: Sequence[Any]) -> list[Any]:
    for write in writes:
        value.extend(write)
    return value


class State(TypedDict, total=False):
    log: Annotated[list[Any], DeltaChannel(collect)]
    n: int


def looping(schema: Any, saver: Any, rounds: int = 3) -> Any:
    """A graph that writes to `log` once a round."""
    builder = StateGraph(schema)
    builder.add_node("write", lambda state: {"log": [f"w{len(state['log'])}"], "n": state.get("n", 0) + 1})
    builder.add_edge(START, "write")
    builder.add_conditional_edges("write", lambda state: "write" if state["n"] % rounds else END)
    return builder.compile(checkpointer=saver)


@pytest.mark.parametrize("reducer", [collect, collect_in_place])
@pytest.mark.parametrize("saver", [InMemorySaver, DictSaver])
def test_history_shows_each_value(saver: Any, reducer: Any) -> None:
    log = Annotated[list[Any], DeltaChannel(reducer)]
    schema = TypedDict("schema", {"log": log, "n": int}, total=False)  # type: ignore[misc]  # noqa: UP013
    app = looping(schema, saver())
    config: Any = {"configurable": {"thread_id": "1"}}
    given = ["in"]
    assert app.invoke({"log": given}, config)["log"] == ["in", "w1", "w2", "w3"]
    assert given == ["in"]
    assert app.invoke({"log": []}, config, durability="sync")["log"][4:] == ["w4", "w5", "w6"]
    lengths = [len(snapshot.values["log"]) for snapshot in app.get_state_history(config)]
    assert lengths == [7, 6, 5, 4, 4, 4, 3, 2, 1, 0][: len(lengths)]
    assert lengths[-1] == 0


def test_a_large_value_is_stored_once(tmp_path: Path) -> None:
    """200 rounds of 200 bytes are 40 kB of content; whole values would be 4 MB."""
    path = tmp_path / "state.sqlite"
    with SqliteSaver.from_conn_string(str(path)) as saver:
        builder = StateGraph(State)
        builder.add_node("write", lambda state: {"log": ["x" * 200], "n": state.get("n", 0) + 1})
        builder.add_edge(START, "write")
        builder.add_conditional_edges("write", lambda state: "write" if state["n"] < 200 else END)
        config: Any = {"configurable": {"thread_id": "1"}, "recursion_limit": 1000}
        builder.compile(checkpointer=saver).invoke({"log": []}, config)
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) < 1_000_000


def test_it_goes_on_after_a_pause_in_another_process(tmp_path: Path) -> None:
    def ask(state: State) -> State:
        return {"log": [interrupt("more?")]}

    def build(saver: Any) -> Any:
        builder = StateGraph(State).add_node("ask", ask).add_node("beside", lambda _: {"log": ["beside"]})
        return builder.add_edge(START, "ask").add_edge(START, "beside").compile(checkpointer=saver)

    config: Any = {"configurable": {"thread_id": "1"}}
    path = str(tmp_path / "state.sqlite")

    async def run() -> None:
        async with AsyncSqliteSaver.from_conn_string(path) as saver:
            await build(saver).ainvoke({"log": ["in"]}, config)
        async with AsyncSqliteSaver.from_conn_string(path) as saver:
            app = build(saver)
            assert (await app.aget_state(config)).values["log"] == ["in", "beside"]
            result = await app.ainvoke(Command(resume="answer"), config)
            assert result["log"] == ["in", "answer", "beside"]

    asyncio.run(run())


class Plain(TypedDict, total=False):
    log: Annotated[list[Any], operator.add]
    n: int


def test_a_key_may_change_between_reducer_kinds(tmp_path: Path) -> None:
    config: Any = {"configurable": {"thread_id": "1"}}
    with SqliteSaver.from_conn_string(str(tmp_path / "state.sqlite")) as saver:
        looping(Plain, saver, 1).invoke({"log": ["in"]}, config)
        assert looping(State, saver, 1).invoke({"log": ["more"]}, config)["log"] == ["in", "w1", "more", "w3"]
        assert looping(Plain, saver, 1).get_state(config).values["log"] == ["in", "w1", "more", "w3"]


def test_exit_durability_keeps_the_whole_value() -> None:
    app = looping(State, InMemorySaver())
    config: Any = {"configurable": {"thread_id": "1"}}
    app.invoke({"log": ["in"]}, config, durability="exit")
    assert app.get_state(config).values["log"] == ["in", "w1", "w2", "w3"]


def test_the_router_sees_the_new_value() -> None:
    seen: list[Any] = []
    builder = StateGraph(State).add_node("write", lambda _: {"log": ["w"]}).add_edge(START, "write")
    builder.add_conditional_edges("write", lambda state: seen.append(list(state["log"])) or END)
    assert builder.compile().invoke({"log": ["in"]})["log"] == ["in", "w"]
    assert seen == [["in", "w"]]


def test_saver_tells_writes_and_seed() -> None:
    saver = InMemorySaver()
    app = looping(State, saver)
    config: Any = {"configurable": {"thread_id": "1"}}
    app.invoke({"log": ["in"]}, config)
    newest = app.get_state(config).config
    history = saver.get_delta_channel_history(config=newest, channels=["log", "never"])
    assert set(history) == {"log", "never"}
    channel = DeltaChannel(collect, list).from_checkpoint(history["log"].get("seed", MISSING))
    channel.replay_writes(history["log"]["writes"])
    assert channel.get() == ["in", "w1", "w2", "w3"]
    assert asyncio.run(saver.aget_delta_channel_history(config=newest, channels=["log"]))["log"] == history["log"]
    assert history["never"] == {"writes": []}


@given(st.lists(st.lists(st.one_of(st.lists(st.integers(0, 9), max_size=2), st.just("clear")), max_size=3), max_size=6))
def test_replayed_writes_give_what_updates_gave(supersteps: list[list[Any]]) -> None:
    """As long as no superstep has writes behind an Overwrite, which an update drops and a replay keeps."""
    live = DeltaChannel(collect, list).from_checkpoint(MISSING)
    stored: list[tuple[str, str, Any]] = []
    for superstep in supersteps:
        writes = [Overwrite([0])] if "clear" in superstep else superstep
        live.update(writes)
        stored += [("task", "log", write) for write in writes]
    again = DeltaChannel(collect, list).from_checkpoint(MISSING)
    again.replay_writes(stored)
    assert again.get() == live.get()


class _DeltaSnapshot(NamedTuple):
    value: Any


def test_a_snapshot_of_another_saver_is_unwrapped() -> None:
    assert DeltaChannel(collect, list).from_checkpoint(_DeltaSnapshot([1])).get() == [1]


def test_a_type_without_an_empty_value_starts_with_none() -> None:
    def first(value: Any, writes: Sequence[Any]) -> Any:
        return writes[0] if value is None else value

    channel = DeltaChannel(first, int | None).from_checkpoint(MISSING)  # type: ignore[arg-type]
    channel.key = "maybe"
    assert not channel.is_available()
    with pytest.raises(EmptyChannelError, match="'maybe'"):
        channel.get()
    assert channel.update([4, 5])
    assert channel.get() == 4


def test_two_overwrites_name_the_key_and_the_nodes() -> None:
    builder = StateGraph(State)
    for name in ("one", "two"):
        builder.add_node(name, lambda _: {"log": Overwrite([1])}).add_edge(START, name)
    with pytest.raises(InvalidUpdateError, match=r"'log' got 2 Overwrite values.*'one'.*'two'.*superstep 1"):
        builder.compile().invoke({"log": []})


def test_plain_channels_do_not_pay_for_it() -> None:
    assert not LastValue.replayed
    assert not BinaryOperatorAggregate.replayed


class Bridge(BaseCheckpointSaver[Any]):
    """A saver for LangGraph, behind our base class, with sync methods or async ones only."""

    def __init__(self, inner: Any) -> None:
        super().__init__()
        self.inner = inner

    def get_next_version(self, current: Any, channel: None) -> Any:
        return self.inner.get_next_version(current, channel)


class SyncBridge(Bridge):
    def get_tuple(self, config: Any) -> Any:
        return self.inner.get_tuple(config)

    def list(self, config: Any, **options: Any) -> Any:
        return self.inner.list(config, **options)

    def put(self, *args: Any) -> Any:
        return self.inner.put(*args)

    def put_writes(self, *args: Any) -> None:
        self.inner.put_writes(*args)


class AsyncBridge(Bridge):
    async def aget_tuple(self, config: Any) -> Any:
        return await self.inner.aget_tuple(config)

    async def alist(self, config: Any, **options: Any) -> Any:
        async for found in self.inner.alist(config, **options):
            yield found

    async def aput(self, *args: Any) -> Any:
        return await self.inner.aput(*args)

    async def aput_writes(self, *args: Any) -> None:
        await self.inner.aput_writes(*args)


@pytest.mark.parametrize("bridge", [SyncBridge, AsyncBridge])
@pytest.mark.parametrize("frequency", [2, 100])
def test_threads_that_langgraph_ran_are_read(bridge: Any, frequency: int) -> None:
    """There a checkpoint lacks the value, and it has to be made again from the writes before it."""
    channels = pytest.importorskip("langgraph.channels")
    theirs = pytest.importorskip("langgraph.graph")
    saver = pytest.importorskip("langgraph.checkpoint.memory").InMemorySaver()
    config: Any = {"configurable": {"thread_id": "1"}}

    def build(builder: Any, channel: Any, saver: Any) -> Any:
        log = Annotated[list[Any], channel(collect, snapshot_frequency=frequency)]
        graph = builder(TypedDict("State", {"log": log, "n": int}, total=False))  # type: ignore[misc]
        graph.add_node("a", lambda state: {"log": [f"a{len(state['log'])}"]})
        graph.add_node("b", lambda state: {"log": ["b"]})
        return graph.add_edge(START, "a").add_edge("a", "b").compile(checkpointer=saver)

    reference = build(theirs.StateGraph, channels.DeltaChannel, saver)
    for text in ("x", "y"):
        reference.invoke({"log": [text]}, config)
    expected = [snapshot.values for snapshot in reference.get_state_history(config)]
    app = build(StateGraph, DeltaChannel, bridge(saver))
    assert app.get_state(config).values == expected[0] == {"log": ["x", "a1", "b", "y", "a4", "b"]}
    assert [snapshot.values for snapshot in app.get_state_history(config)] == expected
    assert app.invoke({"log": ["z"]}, config)["log"] == [*expected[0]["log"], "z", "a7", "b"]
    app.update_state(config, {"log": ["u"]}, as_node="b")
    assert app.get_state(config).values["log"][-2:] == ["b", "u"]
    # And back: a whole value is what LangGraph takes for a snapshot.
    assert reference.get_state(config).values == app.get_state(config).values
    assert reference.invoke({"log": ["w"]}, config)["log"][-4:] == ["u", "w", "a11", "b"]
    past = [snapshot for snapshot in app.get_state_history(config) if snapshot.next == ("a",)][-1]
    assert app.invoke(None, past.config)["log"] == ["x", "a1", "b"]
