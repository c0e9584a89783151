"""Journals: what a run hands over comes back, whatever changed between two checkpoints, and costs what changed."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actograph.checkpoint.journal import RunStatus
from actograph.checkpoint.memory import InMemorySaver
from actograph.checkpoint.records.errors import CorruptRecordError
from actograph.checkpoint.serde.errors import UnserializableTypeError
from actograph.checkpoint.sqlite import SqliteSaver, StorageError
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from tests.storage.sqlite_kit import Play, config, file_size, query

KINDS = ["sqlite", "memory"]


def with_saver(kind: str, path: Path, test: Callable[[Any], Any]) -> None:
    async def main() -> None:
        if kind == "memory":
            await test(InMemorySaver())
        else:
            async with AsyncSqliteSaver.from_conn_string(path) as saver:
                await test(saver)

    asyncio.run(main())


def message(index: int, size: int = 150) -> dict[str, Any]:
    return {"role": "user", "content": f"{index:06}" + "x" * size, "id": str(index)}


HISTORIES: dict[str, list[Any]] = {
    "append": [[message(k) for k in range(n)] for n in range(30)],
    "append many": [[message(k) for k in range(n * 20)] for n in range(5)],
    "over 16 and 65536": [[0] * n for n in (0, 14, 15, 16, 17, 300, 65_530, 65_535, 65_536, 65_600)],
    "sliding window": [[message(k) for k in range(n, n + 20)] for n in range(60)],
    "replace one": [[message(k if k != n else -n) for k in range(25)] for n in range(25)],
    "remove": [[message(k) for k in range(40) if k % (n + 2)] for n in range(20)],
    "insert first": [[message(-k) for k in range(n, 0, -1)] for n in range(1, 40)],
    "shuffle": [[message((k * step) % 31) for k in range(31)] for step in range(1, 12)],
    "duplicates": [[message(1)] * n + [message(2)] * 3 for n in range(1, 20)],
    "clear and refill": [[message(k) for k in range(n % 7 * 5)] for n in range(30)],
    "dict grows": [{str(k): message(k) for k in range(n)} for n in range(40)],
    "dict changes": [{str(k): message(k + (k == n)) for k in range(30)} for n in range(30)],
    "dict shrinks": [{str(k): message(k) for k in range(n, 30)} for n in range(30)],
    "dict reorders": [{str((k * step) % 31): "v" * 30 for k in range(31)} for step in range(1, 12)],
    "dict keys of other kinds": [{k: message(k) for k in range(n)} for n in range(20)],
    "kinds change": [[message(1)] * 5, {"a": message(1)}, "text" * 100, None, 7, [message(1)] * 5, b"x" * 200, []],
    "tuples and sets": [(message(1),) * 5, {1, 2, 3}, frozenset("abc"), tuple(range(200)), set(range(200))],
    "text": ["é" * n for n in range(0, 400, 7)],
    "type changes in place": [[1] * 200, [True] * 200, [1.0] * 200, ["1"] * 200, [(1,)] * 200, [[1]] * 200],
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", HISTORIES)
def test_every_version_of_a_value_comes_back(kind: str, name: str, tmp_path: Path) -> None:
    async def test(saver: Any) -> None:
        play = Play(saver)
        for value in HISTORIES[name]:
            await play.put({"x": value, "small": len(play.ids)})
        for index, checkpoint_id in enumerate(play.ids):
            found = await saver.aget_tuple(config("t", checkpoint_id))
            value = found.checkpoint["channel_values"]["x"]
            assert value == HISTORIES[name][index]
            assert repr(value) == repr(HISTORIES[name][index]) or isinstance(value, set | frozenset)
            assert found.checkpoint["channel_values"]["small"] == index

    with_saver(kind, tmp_path / "a.db", test)


@given(
    st.lists(
        st.one_of(
            st.lists(st.one_of(st.integers(), st.text(max_size=40), st.just("same" * 20)), max_size=30),
            st.dictionaries(st.text(max_size=3), st.text(max_size=40), max_size=20),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_random_histories_come_back(history: list[Any]) -> None:
    async def main() -> None:
        for saver in (InMemorySaver(), None):
            if saver is None:
                with SqliteSaver.from_conn_string(":memory:") as sqlite:
                    await check(sqlite)
            else:
                await check(saver)

    async def check(saver: Any) -> None:
        play = Play(saver)
        for value in history:
            await play.put({"x": value})
        for index, found in enumerate(reversed(list(saver.list(config("t"))))):
            assert found.checkpoint["channel_values"]["x"] == history[index]
            if isinstance(history[index], dict):
                assert list(found.checkpoint["channel_values"]["x"]) == list(history[index])

    asyncio.run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_a_checkpoint_comes_back_whole(kind: str, tmp_path: Path) -> None:
    async def test(saver: Any) -> None:
        play = Play(saver, ns="sub:1")
        await play.put({"a": 1, "b": "x" * 100, "keep": [1, 2]}, tag="first", odd=(1, {2}), nan=float("inf"))
        await play.put({"a": 2}, emptied=["b"])
        newest = await saver.aget_tuple(config("t", ns="sub:1"))
        assert newest.config == config("t", play.ids[1], "sub:1")
        assert newest.parent_config == config("t", play.ids[0], "sub:1")
        assert newest.metadata == {"source": "loop", "step": 1, "parents": {}}
        assert newest.checkpoint["id"] == play.ids[1]
        assert newest.checkpoint["ts"] == "2026-01-02T03:04:05.678901+00:00"
        assert newest.checkpoint["channel_values"] == {"a": 2, "keep": [1, 2], "go": None}
        assert newest.checkpoint["channel_versions"] == play.versions
        assert newest.checkpoint["versions_seen"] == play.seen
        assert newest.checkpoint["updated_channels"] == ["a", "b", "go"]
        oldest = await saver.aget_tuple(config("t", play.ids[0], "sub:1"))
        assert oldest.parent_config is None
        assert oldest.checkpoint["channel_values"] == {"a": 1, "b": "x" * 100, "keep": [1, 2], "go": None}
        assert oldest.metadata["odd"] == (1, {2})
        assert oldest.metadata["nan"] == float("inf")
        assert [found.metadata["step"] for found in saver.list(config("t", ns="sub:1"), filter={"tag": "first"})] == [0]

    with_saver(kind, tmp_path / "a.db", test)


@pytest.mark.parametrize("kind", KINDS)
def test_later_mutation_does_not_change_what_is_stored(kind: str, tmp_path: Path) -> None:
    async def test(saver: Any) -> None:
        play = Play(saver)
        value = [message(k) for k in range(5)]
        first = play.put({"x": value}, writes=())
        value[2]["content"] = "mutated in place"
        value.append(message(9))
        second = play.put({"x": value}, writes=[play.writes(("x", value))])
        value.clear()
        await asyncio.gather(first, second)
        before, after = [(await saver.aget_tuple(config("t", at))).checkpoint["channel_values"]["x"] for at in play.ids]
        assert before == [message(k) for k in range(5)]
        assert after[2]["content"] == "mutated in place"
        assert len(after) == 6

    with_saver(kind, tmp_path / "a.db", test)


@pytest.mark.parametrize("kind", KINDS)
def test_writes_come_back_in_order_and_specials_replace(kind: str, tmp_path: Path) -> None:
    async def test(saver: Any) -> None:
        play = Play(saver)
        await play.put({"x": 1})
        at = play.ids[0]
        stored = [
            play.put(
                writes=[
                    play.writes(("x", 1), ("y", [1] * 50), task_id="b", path="p2"),
                    play.writes(("x", 3), task_id="a", path="p9"),
                ]
            ),
            play.put(writes=[play.writes(("__interrupt__", ["q1"]), task_id="a", path="p9")]),
            play.put(writes=[play.writes(("__interrupt__", ["q1", "q2"]), task_id="a", path="p9")]),
            play.put(
                writes=[
                    play.writes(("__resume__", ["a1"]), task_id="a", path="p9"),
                    play.writes(("__error__", "e"), task_id="c", path="p1"),
                ]
            ),
        ]
        await asyncio.gather(*stored)
        found = await saver.aget_tuple(config("t", at))
        assert found.pending_writes == [
            ("c", "__error__", "e"),
            ("b", "x", 1),
            ("b", "y", [1] * 50),
            ("a", "__resume__", ["a1"]),
            ("a", "__interrupt__", ["q1", "q2"]),
            ("a", "x", 3),
        ]

    with_saver(kind, tmp_path / "a.db", test)


def test_a_write_that_says_what_a_value_says_is_stored_once(tmp_path: Path) -> None:
    path = tmp_path / "a.db"

    async def test(saver: Any) -> None:
        play = Play(saver)
        await play.put({"x": [message(0, 300)], "y": 1})
        first = play.ids[0]
        new = message(1, 300)
        writes = [play.writes(("x", [new]), ("y", "v" * 300), ("z", [new]))]
        await play.put({"x": [message(0, 300), new], "y": "v" * 300}, writes=writes)
        found = await saver.aget_tuple(config("t", first))
        assert found.pending_writes == [("task", "x", [new]), ("task", "y", "v" * 300), ("task", "z", [new])]
        [(size,)] = query(path, "SELECT length(records) FROM actograph_writes")
        assert 300 < size < 500

    with_saver("sqlite", path, test)


@pytest.mark.parametrize("kind", KINDS)
def test_what_cannot_be_stored_raises_at_once_and_stores_nothing(kind: str, tmp_path: Path) -> None:
    class Odd:
        pass

    async def test(saver: Any) -> None:
        play = Play(saver)
        await play.put({"x": 1})
        before = list(play.ids)
        snapshot = play.snapshot({"ok": "x" * 100, "odd": {"deep": [Odd()]}})
        with pytest.raises(UnserializableTypeError, match=r"Odd.*odd|odd.*Odd"):
            play.journal.commit(snapshot=snapshot, status=RunStatus.RUNNING)
        with pytest.raises(UnserializableTypeError, match="Odd"):
            play.journal.commit(writes=[play.writes(("w", Odd()), on=before[0])])
        play.parent = before[0]
        del play.versions["ok"], play.versions["odd"]
        await play.put({"x": "y" * 100})
        found = await saver.aget_tuple(config("t"))
        assert found.checkpoint["channel_values"] == {"x": "y" * 100, "go": None}
        assert len(list(saver.list(config("t")))) == 2

    if kind == "sqlite":
        with_saver(kind, tmp_path / "a.db", test)
    else:
        from actograph.checkpoint.serde.jsonplus import JsonPlusSerializer

        asyncio.run(test(InMemorySaver(serde=JsonPlusSerializer())))


def test_memory_takes_any_object() -> None:
    class Odd:
        pass

    async def main() -> None:
        saver = InMemorySaver()
        play = Play(saver)
        odd = Odd()
        await play.put({"x": [odd], "y": {"k": odd}}, writes=(), note=odd)
        await play.put({"x": [odd, odd]}, writes=[play.writes(("x", [odd]))])
        found = saver.get_tuple(config("t"))
        assert found is not None
        assert found.checkpoint["channel_values"]["x"][1] is odd
        first = saver.get_tuple(config("t", play.ids[0]))
        assert first is not None
        assert first.checkpoint["channel_values"]["y"]["k"] is odd
        assert first.metadata["note"] is odd
        assert first.pending_writes is not None
        assert first.pending_writes[0][2][0] is odd

    asyncio.run(main())


@pytest.mark.parametrize("kind", KINDS)
def test_a_long_run_of_many_channels_reads_back_everywhere(kind: str, tmp_path: Path) -> None:
    """The state is stored as differences, and in full from time to time."""

    async def test(saver: Any) -> None:
        play = Play(saver)
        expected: list[dict[str, Any]] = []
        current: dict[str, Any] = {"go": None}
        stored = []
        for step in range(300):
            changed: dict[str, Any] = {f"c{step % 40}": step, f"d{step % 7}": "v" * (step % 60)}
            emptied = [f"c{(step * 3) % 40}"] if step % 5 == 0 and f"c{(step * 3) % 40}" not in changed else []
            stored.append(play.put(changed, emptied=emptied))
            current.update(changed)
            for name in emptied:
                current.pop(name, None)
            expected.append(dict(current))
        await asyncio.gather(*stored)
        found = list(saver.list(config("t")))
        assert [f.checkpoint["id"] for f in found] == play.ids[::-1]
        for index, got in enumerate(reversed(found)):
            assert got.checkpoint["channel_values"] == expected[index], index
        assert found[0].checkpoint["channel_versions"] == play.versions

    path = tmp_path / "a.db"
    with_saver(kind, path, test)
    if kind == "sqlite":
        [(whole, total)] = query(path, "SELECT sum(whole), sum(length(state)) FROM actograph_checkpoints")
        assert 1 < whole < 100
        assert total < 300 * 600


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_run_goes_on_with_differences(kind: str, tmp_path: Path) -> None:
    """The next run of a thread, in this process or the next one, does not store the whole list again once it was read."""
    path = tmp_path / "a.db"
    sizes: list[int] = []

    async def run(saver: Any, turn: int) -> None:
        play = Play(saver, run_id=f"run-{turn}")
        found = await saver.aget_tuple(config("t"))
        values: list[Any] = []
        if found is not None:
            play.parent = found.checkpoint["id"]
            play.versions = dict(found.checkpoint["channel_versions"])
            play.seen = found.checkpoint["versions_seen"]
            play.version = play.versions["x"]
            values = found.checkpoint["channel_values"]["x"]
        assert [v["id"] for v in values] == [str(k) for k in range(turn)]
        await play.put({"x": [*values, message(turn, 500)]})
        sizes.append(saver.statistics().bytes)

    if kind == "memory":

        async def main() -> None:
            saver = InMemorySaver()
            for turn in range(40):
                await run(saver, turn)
            assert sizes[-1] < 40 * 1500

        asyncio.run(main())
        return
    for turn in range(40):
        with_saver("sqlite", path, lambda saver, turn=turn: run(saver, turn))
    [(payloads,)] = query(path, "SELECT sum(length(payload)) FROM actograph_values")
    assert payloads < 40 * 700


def test_growth_is_linear(tmp_path: Path) -> None:
    """800 supersteps that append one message of 200 bytes: well under 1 MiB, and twice the steps cost twice the bytes."""

    def size(steps: int) -> int:
        path = tmp_path / f"{steps}.db"

        async def test(saver: Any) -> None:
            play = Play(saver)
            messages: list[Any] = []
            stored = []
            for index in range(steps):
                new = message(index)
                messages.append(new)
                writes = [play.writes(("x", [new]), task_id=f"{index:08}-0000-4000-8000-000000000000")] if index else []
                stored.append(play.put({"x": messages}, writes=writes))
            await asyncio.gather(*stored)
            found = await saver.aget_tuple(config("t"))
            assert found.checkpoint["channel_values"]["x"] == messages

        with_saver("sqlite", path, test)
        assert query(path, "PRAGMA integrity_check") == [("ok",)]
        return file_size(path)

    sizes = {steps: size(steps) for steps in (100, 200, 400, 800)}
    assert sizes[800] < 640 * 1024
    assert sizes[800] - sizes[400] < 1.15 * 2 * (sizes[400] - sizes[200])
    assert sizes[400] - sizes[200] < 1.3 * 2 * (sizes[200] - sizes[100])


def test_growth_in_memory_is_linear() -> None:
    async def main() -> None:
        totals = []
        saver = InMemorySaver()
        play = Play(saver)
        messages: list[Any] = []
        for index in range(800):
            messages.append(message(index))
            await play.put({"x": messages})
            if index + 1 in (400, 800):
                totals.append(saver.statistics().bytes)
        assert totals[1] < 2.2 * totals[0]
        assert totals[1] < 800 * 700

    asyncio.run(main())


def test_runs_have_their_state_and_their_process_a_lease(tmp_path: Path) -> None:
    path = tmp_path / "a.db"

    async def main() -> None:
        async with AsyncSqliteSaver.from_conn_string(path) as saver:
            done, paused, running = [Play(saver, name, run_id=f"run-{name}") for name in ("done", "paused", "running")]
            for play in (done, paused, running):
                await play.put({"x": 1}, status=RunStatus.RUNNING)
            assert saver.statistics().running == 3
            await done.put({"x": 2}, status=RunStatus.DONE)
            await paused.put(writes=[paused.writes(("__interrupt__", "q"))], status=RunStatus.PAUSED)
            assert saver.statistics().running == 1
            [(owner, pid)] = query(path, "SELECT owner, pid FROM actograph_leases")
            rows = query(path, "SELECT run_id, status, owner, started <= updated FROM actograph_runs ORDER BY run_id")
            assert rows == [
                ("run-done", "done", owner, 1),
                ("run-paused", "paused", owner, 1),
                ("run-running", "running", owner, 1),
            ]
            import os

            assert pid == os.getpid()
        # A run is still said to be running: the lease stays, and tells of a crash once it has run out.
        assert len(query(path, "SELECT 1 FROM actograph_leases")) == 1
        async with AsyncSqliteSaver.from_conn_string(path) as saver:
            play = Play(saver, "other", run_id="run-other")
            await play.put({"x": 1}, status=RunStatus.RUNNING)
            await play.put({"x": 2}, status=RunStatus.DONE)
        assert len(query(path, "SELECT 1 FROM actograph_leases")) == 1

    asyncio.run(main())


def test_deleting_a_thread_under_a_run(tmp_path: Path) -> None:
    async def test(saver: Any) -> None:
        play = Play(saver)
        await play.put({"x": [message(k) for k in range(9)], "keep": "k" * 100})
        await saver.adelete_thread("t")
        await play.put({"x": [message(k) for k in range(10)]})
        found = await saver.aget_tuple(config("t"))
        assert found.checkpoint["channel_values"]["x"] == [message(k) for k in range(10)]
        assert [f.checkpoint["id"] for f in saver.list(config("t"))] == play.ids[1:]

    for kind in KINDS:
        with_saver(kind, tmp_path / "a.db", test)


@pytest.mark.parametrize("table", ["values", "writes", "checkpoints"])
def test_a_flipped_byte_is_found(table: str, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    column = {"values": "payload", "writes": "records", "checkpoints": "state"}[table]

    async def fill(saver: Any) -> None:
        play = Play(saver)
        await play.put({"x": [message(k) for k in range(5)]})
        await play.put(writes=[play.writes(("x", "w" * 100))])

    with_saver("sqlite", path, fill)
    connection = sqlite3.connect(path)
    with connection:
        [(blob,)] = connection.execute(f"SELECT {column} FROM actograph_{table}").fetchall()
        flipped = bytearray(blob)
        flipped[len(blob) // 2] ^= 1
        connection.execute(f"UPDATE actograph_{table} SET {column} = ?", (bytes(flipped),))
    connection.close()
    assert query(path, "PRAGMA integrity_check") == [("ok",)]

    async def read(saver: Any) -> None:
        with pytest.raises(CorruptRecordError, match=r"checksum.*a\.db"):
            await saver.aget_tuple(config("t"))

    with_saver("sqlite", path, read)


def test_a_missing_link_is_found(tmp_path: Path) -> None:
    path = tmp_path / "a.db"

    async def fill(saver: Any) -> None:
        play = Play(saver)
        for count in range(3, 6):
            await play.put({"x": [message(k) for k in range(count)]})

    with_saver("sqlite", path, fill)
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("DELETE FROM actograph_values WHERE base IS NULL")
    connection.close()

    async def read(saver: Any) -> None:
        with pytest.raises(StorageError, match="missing"):
            await saver.aget_tuple(config("t"))

    with_saver("sqlite", path, read)
