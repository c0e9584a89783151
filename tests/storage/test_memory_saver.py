"""The memory saver beyond what it shares with the SQLite savers (see `test_sqlite_parity.py`, `test_sqlite_journal.py`)."""

from __future__ import annotations

import asyncio
import threading
import tracemalloc
from collections import OrderedDict
from typing import Any

import pytest

from actograph.checkpoint.journal import JournalledSaver, RunStatus
from actograph.checkpoint.memory import InMemorySaver, MemorySaver
from actograph.checkpoint.serde.jsonplus import JsonPlusSerializer
from tests.storage.sqlite_kit import Play, checkpoint, config


class Point:
    def __init__(self, x: int) -> None:
        self.x = x


def test_names() -> None:
    assert MemorySaver is InMemorySaver
    assert isinstance(InMemorySaver(), JournalledSaver)


def test_a_commit_is_stored_when_it_returns() -> None:
    async def main() -> None:
        saver = InMemorySaver()
        play = Play(saver)
        snapshot = play.snapshot({"x": 1})

        def never(error: BaseException | None) -> None:
            raise AssertionError("done is not called for what is stored already")

        assert play.journal.commit(snapshot=snapshot, status=RunStatus.RUNNING, done=never)
        found = saver.get_tuple(config("t"))
        assert found is not None
        assert found.checkpoint["channel_values"] == {"x": 1, "go": None}
        assert saver.statistics().running == 1
        assert play.journal.commit(status=RunStatus.DONE, done=never)
        assert saver.statistics().running == 0

    asyncio.run(main())


def test_what_is_stored_does_not_change_with_the_values() -> None:
    saver = InMemorySaver()
    values = {"list": [1, [2]], "dict": {"a": {"b": 1}}, "point": Point(1)}
    metadata: dict[str, Any] = {"step": 1, "nested": {"k": [1]}}
    saver.put(config("t"), checkpoint("1", values, dict.fromkeys(values, 1)), metadata, dict.fromkeys(values, 1))
    values["list"][1].append(3)  # type: ignore[index]
    values["dict"]["a"]["b"] = 2  # type: ignore[index]
    metadata["nested"]["k"].append(2)
    found = saver.get_tuple(config("t"))
    assert found is not None
    assert found.checkpoint["channel_values"]["list"] == [1, [2]]
    assert found.checkpoint["channel_values"]["dict"] == {"a": {"b": 1}}
    assert found.metadata == {"step": 1, "nested": {"k": [1]}}
    # Nor does it change with what a reader does to its copy.
    found.checkpoint["channel_values"]["list"].append(4)
    again = saver.get_tuple(config("t"))
    assert again is not None
    assert again.checkpoint["channel_values"]["list"] == [1, [2]]


def test_any_object_in_values_metadata_and_further_keys() -> None:
    saver = InMemorySaver()
    lock = threading.Lock()
    for version in (1, 2):
        put = checkpoint(str(version), {"x": [lock], "same": lock}, {"x": version, "same": 1}, extra_key=lock)
        saver.put(config("t"), put, {"m": lock}, {"x": version, "same": 1})  # type: ignore[typeddict-unknown-key]
    for version in (1, 2):
        found = saver.get_tuple(config("t", str(version)))
        assert found is not None
        assert found.checkpoint["channel_values"] == {"x": [lock], "same": lock}
        assert found.checkpoint["extra_key"] is lock  # type: ignore[typeddict-item]
        assert found.metadata["m"] is lock  # type: ignore[typeddict-item]
    saver.put_writes(config("t", "2"), [("x", lock), ("__interrupt__", lock)], "task")
    found = saver.get_tuple(config("t"))
    assert found is not None
    assert found.pending_writes is not None
    assert [write[2] for write in found.pending_writes] == [lock, lock]
    assert [f.metadata for f in saver.list(None, filter={"m": lock})] == [{"m": lock}] * 2  # type: ignore[comparison-overlap]


def test_a_serializer_of_ones_own() -> None:
    class Reversed:
        def dumps_typed(self, value: Any) -> tuple[str, bytes]:
            return "rev", repr(value).encode()[::-1]

        def loads_typed(self, data: tuple[str, bytes]) -> Any:
            assert data[0] == "rev"
            return eval(data[1][::-1])

    from actograph.checkpoint.sqlite import SqliteSaver

    with SqliteSaver.from_conn_string(":memory:", serde=Reversed()) as sqlite:
        for saver in (InMemorySaver(serde=Reversed()), sqlite):
            assert isinstance(saver, InMemorySaver | SqliteSaver)

            async def main(saver: Any = saver) -> None:
                play = Play(saver)
                await play.put({"x": [1, 2, 3] * 50, "small": 1}, tag=(1, 2))
                await play.put({"x": [1, 2, 3] * 51}, writes=[play.writes(("x", [1]), ("__error__", "e"))])
                first = await saver.aget_tuple(config("t", play.ids[0]))
                assert first.metadata["tag"] == (1, 2)
                assert first.pending_writes == [("task", "__error__", "e"), ("task", "x", [1])]
                newest = await saver.aget_tuple(config("t"))
                assert newest.checkpoint["channel_values"] == {"x": [1, 2, 3] * 51, "small": 1, "go": None}

            asyncio.run(main())
            saver.put(config("p"), checkpoint("1", {"x": {1}, "odd": 5}, {"x": 1}), {}, {"x": 1})
            found = saver.get_tuple(config("p"))
            assert found is not None
            assert found.checkpoint["channel_values"] == {"x": {1}, "odd": 5}


def test_a_copy_with_an_allow_list_shares_the_storage() -> None:
    saver = InMemorySaver(serde=JsonPlusSerializer())
    copy = saver.with_allowlist([("some.module", "Name")])
    assert copy is not saver
    saver.put(config("t"), checkpoint("1", {"x": 1}, {"x": 1}), {}, {"x": 1})
    found = copy.get_tuple(config("t"))
    assert found is not None
    copy.put(config("t", "1"), checkpoint("2", {"x": 2}, {"x": 2}), {}, {"x": 2})
    newest = saver.get_tuple(config("t"))
    assert newest is not None
    assert newest.checkpoint["channel_values"] == {"x": 2}


def test_many_threads_at_once() -> None:
    saver = InMemorySaver()
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for number in range(100):
                put = checkpoint(f"{number:04}", {"x": [number] * 50}, {"x": number})
                saver.put(config(name), put, {"step": number}, {"x": number})
                saver.put_writes(config(name, f"{number:04}"), [("x", number)], "task")
                found = saver.get_tuple(config(name))
                assert found is not None
                assert found.checkpoint["channel_values"]["x"] == [number] * 50
                if number % 20 == 0:
                    assert len(list(saver.list(config(name)))) == number + 1
                    list(saver.list(None, limit=5))
            if int(name) % 2:
                saver.delete_thread(name)
        except BaseException as error:
            failures.append(error)

    workers = [threading.Thread(target=work, args=(str(k),)) for k in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not failures
    assert sorted(saver.storage) == ["0", "2", "4"]


def test_its_attributes_show_what_is_stored() -> None:
    saver = InMemorySaver(factory=lambda default: OrderedDict())
    saver.put(config("t"), checkpoint("1", {"x": "v" * 100}, {"x": 1}), {}, {"x": 1})
    saver.put_writes(config("t", "1"), [("x", 1)], "task", "path")
    saver.put_writes(config("t", "9"), [("x", 1)], "early")
    assert list(saver.storage["t"][""]) == ["1"]
    assert list(saver.blobs) == [("t", "", "x", 1)]
    assert saver.writes["t", "", "1"]["task", 0][0] == "path"
    assert ("t", "", "9") in saver.writes
    # Writes may come before their checkpoint.
    saver.put(config("t", "1"), checkpoint("9", {}, {}), {}, {})
    found = saver.get_tuple(config("t"))
    assert found is not None
    assert found.pending_writes == [("early", "x", 1)]
    saver.delete_thread("t")
    assert not saver.storage
    assert not saver.blobs
    assert not saver.writes


def test_deleted_threads_leave_nothing_behind() -> None:
    async def fill(saver: InMemorySaver, rounds: int) -> None:
        for number in range(rounds):
            play = Play(saver, f"thread-{number}", run_id=str(number))
            for step in range(3):
                await play.put({"x": [step] * 100}, status=RunStatus.RUNNING if step == 0 else RunStatus.DONE)
            await saver.adelete_thread(f"thread-{number}")

    saver = InMemorySaver()
    asyncio.run(fill(saver, 300))
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        asyncio.run(fill(saver, 300))
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    # Ids that were packed stay in a bounded cache.
    assert grown < 600_000


@pytest.mark.parametrize("method", ["context", "async context"])
def test_contexts(method: str) -> None:
    async def main() -> None:
        async with InMemorySaver() as saver:
            await saver.aput(config("t"), checkpoint("1", {}, {}), {}, {})
        # What is stored stays.
        assert await saver.aget_tuple(config("t")) is not None

    if method == "context":
        with InMemorySaver() as saver:
            saver.put(config("t"), checkpoint("1", {}, {}), {}, {})
        assert saver.get_tuple(config("t")) is not None
    else:
        asyncio.run(main())
