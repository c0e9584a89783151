"""Any `BaseCheckpointSaver` drives a run: here a small one with sync methods only, and one with async methods only."""

from __future__ import annotations

import asyncio
import copy
import operator
from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Annotated, Any, TypedDict

import pytest

from actograph.checkpoint.base import WRITES_IDX_MAP, BaseCheckpointSaver, CheckpointTuple
from actograph.checkpoint.memory import InMemorySaver
from actograph.graph import END, START, StateGraph
from actograph.types import Command, interrupt


class State(TypedDict, total=False):
    value: int
    log: Annotated[list[str], operator.add]


class DictSaver(BaseCheckpointSaver[int]):
    """Keeps checkpoints in dicts, as somebody's own saver would."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, dict[str, tuple[Any, Any, str | None]]] = {}
        self.left: dict[tuple[str, str], dict[tuple[str, int], tuple[str, Any]]] = {}
        self.calls: list[str] = []

    def _tuple(self, thread: str, checkpoint_id: str) -> CheckpointTuple:
        checkpoint, metadata, parent = self.kept[thread][checkpoint_id]

        def config(of: str) -> Any:
            return {"configurable": {"thread_id": thread, "checkpoint_ns": "", "checkpoint_id": of}}

        writes = [(task, key, value) for (task, _), (key, value) in self.left.get((thread, checkpoint_id), {}).items()]
        return CheckpointTuple(
            config(checkpoint_id), copy.deepcopy(checkpoint), metadata, config(parent) if parent else None, writes
        )

    def get_tuple(self, config: Any) -> CheckpointTuple | None:
        self.calls.append("get_tuple")
        thread = config["configurable"]["thread_id"]
        wanted = config["configurable"].get("checkpoint_id") or max(self.kept.get(thread, {}), default=None)
        return None if wanted is None or wanted not in self.kept.get(thread, {}) else self._tuple(thread, wanted)

    def list(
        self, config: Any, *, filter: Any = None, before: Any = None, limit: int | None = None
    ) -> Iterator[CheckpointTuple]:
        thread = config["configurable"]["thread_id"]
        for checkpoint_id in sorted(self.kept.get(thread, {}), reverse=True)[:limit]:
            yield self._tuple(thread, checkpoint_id)

    def put(self, config: Any, checkpoint: Any, metadata: Any, new_versions: Any) -> Any:
        self.calls.append("put")
        configurable = config["configurable"]
        thread = configurable["thread_id"]
        kept = self.kept.setdefault(thread, {})
        kept[checkpoint["id"]] = (copy.deepcopy(checkpoint), dict(metadata), configurable.get("checkpoint_id"))
        return {"configurable": {**configurable, "checkpoint_id": checkpoint["id"]}}

    def put_writes(self, config: Any, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = "") -> None:
        self.calls.append("put_writes")
        configurable = config["configurable"]
        left = self.left.setdefault((configurable["thread_id"], configurable["checkpoint_id"]), {})
        for index, (key, value) in enumerate(writes):
            left[(task_id, WRITES_IDX_MAP.get(key, index))] = (key, copy.deepcopy(value))


class AsyncOnlySaver(BaseCheckpointSaver[int]):
    """The same behind async methods."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = DictSaver()

    async def aget_tuple(self, config: Any) -> CheckpointTuple | None:
        await asyncio.sleep(0)
        return self.inner.get_tuple(config)

    async def alist(
        self, config: Any, *, filter: Any = None, before: Any = None, limit: int | None = None
    ) -> AsyncIterator[CheckpointTuple]:
        for stored in self.inner.list(config, limit=limit):
            yield stored

    async def aput(self, config: Any, checkpoint: Any, metadata: Any, new_versions: Any) -> Any:
        await asyncio.sleep(0)
        return self.inner.put(config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self, config: Any, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        await asyncio.sleep(0)
        self.inner.put_writes(config, writes, task_id, task_path)


def build() -> Any:
    async def first(state: State) -> dict[str, Any]:
        return {"log": ["first"]}

    def ask(state: State) -> dict[str, Any]:
        return {"log": [f"ask {interrupt('go?')}"], "value": state["value"] + 1}

    def beside(state: State) -> dict[str, Any]:
        return {"log": ["beside"]}

    return (
        StateGraph(State)
        .add_node("first", first)
        .add_node("ask", ask)
        .add_node("beside", beside)
        .add_edge(START, "first")
        .add_edge("first", "ask")
        .add_edge("first", "beside")
        .add_edge("ask", END)
    )


CONFIG: dict[str, Any] = {"configurable": {"thread_id": "1"}}


def shown(history: list[Any]) -> list[Any]:
    return [
        (one.values, one.next, dict(one.metadata), [(task.name, task.result, task.error) for task in one.tasks])
        for one in history
    ]


@pytest.mark.parametrize("durability", ["sync", "async", "exit"])
@pytest.mark.parametrize("make", [DictSaver, AsyncOnlySaver])
def test_a_foreign_saver_gives_what_ours_gives(make: Any, durability: Any) -> None:
    async def run(saver: Any) -> list[Any]:
        graph = build().compile(checkpointer=saver)
        paused = await graph.ainvoke({"value": 1}, CONFIG, durability=durability)
        assert [question.value for question in paused["__interrupt__"]] == ["go?"]
        done = await graph.ainvoke(Command(resume="yes"), CONFIG, durability=durability)
        await graph.aupdate_state(CONFIG, {"value": 10}, as_node="ask")
        return [done, *shown([one async for one in graph.aget_state_history(CONFIG)])]

    assert asyncio.run(run(make())) == asyncio.run(run(InMemorySaver()))


@pytest.mark.parametrize("make", [DictSaver, AsyncOnlySaver])
def test_from_sync_code_too(make: Any) -> None:
    saver = make()
    graph = build().compile(checkpointer=saver)
    graph.invoke({"value": 1}, CONFIG)
    assert graph.invoke(Command(resume="yes"), CONFIG)["value"] == 2
    assert graph.get_state(CONFIG).next == ()
    assert len(list(graph.get_state_history(CONFIG))) == 4


def test_an_error_of_the_saver_reaches_the_caller() -> None:
    class Broken(DictSaver):
        def put(self, config: Any, checkpoint: Any, metadata: Any, new_versions: Any) -> Any:
            raise OSError("the disk is gone")

    for durability in ("sync", "async", "exit"):
        graph = build().compile(checkpointer=Broken())
        with pytest.raises(OSError, match="the disk is gone"):
            graph.invoke({"value": 1}, CONFIG, durability=durability)


def test_a_saver_with_neither_form_is_told_what_is_missing() -> None:
    class Empty(BaseCheckpointSaver[int]):
        pass

    graph = build().compile(checkpointer=Empty())
    with pytest.raises(TypeError, match="Empty has neither get_tuple"):
        graph.invoke({"value": 1}, CONFIG)
