"""Caches: what is kept, for how long, and who may share it."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from actograph.cache.base import BaseCache, FullKey
from actograph.cache.memory import InMemoryCache
from actograph.cache.sqlite import SqliteCache
from actograph.checkpoint.serde.errors import UnserializableTypeError
from actograph.checkpoint.serde.jsonplus import JsonPlusSerializer

A, AB = ("a",), ("a", "b")


@dataclass
class Point:
    x: int
    y: tuple[int, ...] = ()


@pytest.fixture(params=["memory", "sqlite"])
def cache(request: pytest.FixtureRequest, tmp_path: Path) -> BaseCache[Any]:
    return InMemoryCache() if request.param == "memory" else SqliteCache(path=str(tmp_path / "cache.db"))


def test_values_come_back_as_what_they_are(cache: BaseCache[Any]) -> None:
    values = [None, 0, "x", b"\xff", (1, (2,)), {1, 2}, Point(1, (2, 3)), [("key", {"n": 1.5})], float("inf")]
    cache.set({(A, str(index)): (value, None) for index, value in enumerate(values)})
    found = cache.get([(A, str(index)) for index in range(len(values) + 1)])
    assert [found[(A, str(index))] for index in range(len(values))] == values
    assert len(found) == len(values)


def test_nobody_s_mutation_changes_what_is_kept(cache: BaseCache[Any]) -> None:
    value = [1]
    cache.set({(A, "k"): (value, None)})
    value.append(2)
    first = cache.get([(A, "k")])
    first[(A, "k")].append(3)
    assert cache.get([(A, "k")]) == {(A, "k"): [1]}


def test_namespaces_are_cleared_exactly(cache: BaseCache[Any]) -> None:
    odd: list[FullKey] = [(("a,b",), "k"), (('a", "b',), "k"), ((), "k"), (("",), "k"), (("a", ""), "k")]
    keys = [(A, "k"), (AB, "k"), *odd]
    cache.set({key: (index, None) for index, key in enumerate(keys)})
    assert list(cache.get(keys).values()) == list(range(len(keys))), "no namespace reads like another"
    cache.clear([A, ("unknown",)])
    assert list(cache.get(keys)) == keys[1:]
    cache.clear([])
    assert len(cache.get(keys)) == len(keys) - 1
    cache.clear()
    assert cache.get(keys) == {}


def test_time_to_live(cache: BaseCache[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("actograph.cache.memory.time.monotonic", lambda: now[0])
    monkeypatch.setattr("actograph.cache.sqlite.time.time", lambda: now[0])
    cache.set({(A, "short"): (1, 10), (A, "long"): (2, 20), (A, "ever"): (3, None), (A, "never"): (4, 0)})
    keys = [(A, name) for name in ("short", "long", "ever", "never")]
    assert sorted(cache.get(keys).values()) == [1, 2, 3]
    now[0] += 10
    assert sorted(cache.get(keys).values()) == [2, 3]
    cache.set({(A, "short"): (5, None)})
    now[0] += 1000
    assert sorted(cache.get(keys).values()) == [3, 5]


def test_what_has_expired_is_dropped_as_the_cache_grows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    now = [1000.0]
    monkeypatch.setattr("actograph.cache.memory.time.monotonic", lambda: now[0])
    monkeypatch.setattr("actograph.cache.sqlite.time.time", lambda: now[0])
    memory: InMemoryCache[int] = InMemoryCache()
    stored: SqliteCache[int] = SqliteCache(path=str(tmp_path / "cache.db"))
    for batch in range(20):
        for cache in (memory, stored):
            cache.set({((str(batch),), str(index)): (index, 30) for index in range(100)})
        now[0] += 61
    assert sum(map(len, memory._spaces.values())) <= 256
    with sqlite3.connect(tmp_path / "cache.db") as connection:
        assert connection.execute("SELECT count(*) FROM actograph_cache").fetchone() == (100,)
    connection.close()
    stored.close()


def test_values_that_cannot_be_stored() -> None:
    lock = threading.Lock()
    memory: InMemoryCache[Any] = InMemoryCache()
    memory.set({(A, "lock"): (lock, None)})
    assert memory.get([(A, "lock")]) == {(A, "lock"): lock}, "in memory it is kept by reference"
    with pytest.raises(UnserializableTypeError, match="lock"):
        SqliteCache(path=":memory:").set({(A, "ok"): (1, None), (A, "lock"): (lock, None)})


def test_a_serializer_of_one_s_own() -> None:
    serde = JsonPlusSerializer(types="registered")
    for cache in (InMemoryCache[Any](serde=serde), SqliteCache[Any](path=":memory:", serde=serde)):
        assert cache.serde is serde
        with pytest.raises(UnserializableTypeError, match="Point"):
            cache.set({(A, "k"): (Point(1), None)})


def test_a_set_is_whole_or_not_at_all(tmp_path: Path) -> None:
    stored: SqliteCache[Any] = SqliteCache(path=str(tmp_path / "cache.db"))
    with pytest.raises(UnserializableTypeError):
        stored.set({(A, "one"): (1, None), (A, "bad"): (threading.Lock(), None)})
    assert stored.get([(A, "one")]) == {}
    stored.close()


def test_a_set_that_fails_at_its_end_does_not_block_the_next(tmp_path: Path) -> None:
    cache: SqliteCache[int] = SqliteCache(path=str(tmp_path / "c.db"))
    # A deferred constraint is looked at by COMMIT, which then leaves the transaction open.
    for statement in (
        "PRAGMA foreign_keys = ON",
        "CREATE TABLE parent (id INTEGER PRIMARY KEY)",
        "CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)",
        "CREATE TRIGGER bad AFTER INSERT ON actograph_cache WHEN NEW.key = 'bad' BEGIN INSERT INTO child VALUES (1); END",
    ):
        cache._connection.execute(statement).close()
    with pytest.raises(sqlite3.IntegrityError):
        cache.set({(("a",), "bad"): (1, None)})
    cache.set({(("a",), "good"): (2, None)})
    assert cache.get([(("a",), "bad"), (("a",), "good")]) == {(("a",), "good"): 2}


def test_a_file_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError) as caught:
        SqliteCache(path=str(tmp_path / "none" / "cache.db"))
    assert "directory must exist" in caught.value.__notes__[0]
    (tmp_path / "text.db").write_text("not a database " * 100)
    with pytest.raises(sqlite3.DatabaseError):
        SqliteCache(path=str(tmp_path / "text.db"))


def test_a_cache_lives_beside_other_tables(tmp_path: Path) -> None:
    path = tmp_path / "mine.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mine (x)")
        connection.execute("INSERT INTO mine VALUES (1)")
    connection.close()
    stored: SqliteCache[int] = SqliteCache(path=str(path))
    stored.set({(A, "k"): (1, None)})
    stored.clear()
    stored.close()
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT x FROM mine").fetchall() == [(1,)]
    connection.close()


def test_many_threads_and_loops_share_a_cache(cache: BaseCache[Any]) -> None:
    def work(worker: int) -> int:
        async def go() -> int:
            for turn in range(20):
                await cache.aset({(A, f"{worker}-{turn}"): ([worker, turn], None), (AB, "shared"): (worker, 60)})
                assert (AB, "shared") in await cache.aget([(AB, "shared")])
            return len(await cache.aget([(A, f"{worker}-{turn}") for turn in range(20)]))

        return asyncio.run(go())

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(4))) == [20] * 4
    assert len(cache.get([(A, f"{worker}-{turn}") for worker in range(4) for turn in range(20)])) == 80


WRITER = """
import sys
from actograph.cache.sqlite import SqliteCache
path, name = sys.argv[1:]
cache = SqliteCache(path=path)
for turn in range(25):
    cache.set({(("of", name), str(turn)): (turn, None), (("shared",), "k"): (name, None)})
    assert cache.get([(("of", name), str(turn))])
cache.close()
"""


def test_many_processes_share_a_file(tmp_path: Path) -> None:
    path = str(tmp_path / "cache.db")
    running = [subprocess.Popen([sys.executable, "-c", WRITER, path, name]) for name in "xyz"]
    assert [process.wait(50) for process in running] == [0, 0, 0]
    stored: SqliteCache[Any] = SqliteCache(path=path)
    assert len(stored.get([(("of", name), str(turn)) for name in "xyz" for turn in range(25)])) == 75
    assert stored.get([(("shared",), "k")])[(("shared",), "k")] in "xyz"
    stored.close()
