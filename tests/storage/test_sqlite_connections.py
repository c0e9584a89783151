"""Connections of every kind: paths, memory, URIs, handed in; any thread, any event loop, several processes."""

from __future__ import annotations

import asyncio
import gc
import os
import sqlite3
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import aiosqlite
import pytest

from actograph.checkpoint.sqlite import SqliteSaver, StorageClosedError, StorageError, ThreadBoundConnectionError
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from tests.storage.sqlite_kit import Play, aput, avalue, config, put, query, threads, value


def in_thread(function: Callable[[], Any]) -> Any:
    results: list[Any] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(function())
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(20)
    assert not thread.is_alive(), "deadlock"
    if failures:
        raise failures[0]
    return results[0]


@pytest.mark.parametrize("spell", [str, Path, lambda path: f"file:{path}?mode=rwc"])
def test_paths_and_uris(spell: Callable[[Path], Any], tmp_path: Path) -> None:
    path = tmp_path / "a b.db"
    with SqliteSaver.from_conn_string(spell(path)) as saver:
        put(saver)
        assert value(saver) == 1
    assert query(path, "PRAGMA journal_mode") == [("wal",)]
    assert query(path, "PRAGMA integrity_check") == [("ok",)]
    with SqliteSaver.from_conn_string(spell(path)) as saver:
        assert value(saver) == 1


@pytest.mark.parametrize("name", [":memory:", "file::memory:", "file:x?mode=memory"])
def test_in_memory(name: str) -> None:
    with SqliteSaver.from_conn_string(name) as saver:
        assert value(saver) is None
        put(saver)
        assert value(saver) == 1
        assert saver.conn.execute("SELECT count(*) FROM actograph_checkpoints").fetchone() == (1,)
    with SqliteSaver.from_conn_string(name) as saver:
        assert value(saver) is None


def test_own_connections_are_durable(tmp_path: Path) -> None:
    with SqliteSaver.from_conn_string(tmp_path / "a.db") as saver:
        saver.setup()
        connection = saver.store.port.connection  # type: ignore[attr-defined]
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_nothing_runs_before_the_first_use_and_nothing_after_close(tmp_path: Path) -> None:
    before = threads()
    with SqliteSaver.from_conn_string(tmp_path / "a.db") as saver:
        assert threads() == before
        assert not saver.is_setup
        saver.setup()
        assert saver.is_setup
        assert value(saver) is None
        assert len(threads() - before) == 2
    assert threads() == before
    saver.close()
    for call in (lambda: put(saver), lambda: value(saver), saver.setup):
        with pytest.raises(StorageClosedError, match=r"closed.*a\.db"):
            call()


def test_both_savers_have_both_faces(tmp_path: Path) -> None:
    async def main(saver: Any, thread_id: str) -> None:
        # Sync calls from the loop's own thread block on the persister's, not on the loop.
        put(saver, thread_id, 1)
        assert await avalue(saver, thread_id) == 1
        await aput(saver, thread_id, 2)
        assert value(saver, thread_id) == 2
        saver.put_writes(config(thread_id, "0002"), [("x", 1)], "task")
        await saver.aput_writes(config(thread_id, "0002"), [("y", 2)], "other")
        listed = [found async for found in saver.alist(config(thread_id))]
        assert listed == list(saver.list(config(thread_id)))
        assert [write[1:] for write in listed[0].pending_writes] == [("y", 2), ("x", 1)]
        assert (await saver.aget(config(thread_id))) == saver.get(config(thread_id))
        await saver.adelete_thread(thread_id)
        assert value(saver, thread_id) is None

    async def everything() -> None:
        async with AsyncSqliteSaver.from_conn_string(tmp_path / "a.db") as saver:
            await saver.setup()
            await main(saver, "async")
        with SqliteSaver.from_conn_string(tmp_path / "a.db") as other:
            await main(other, "sync")
        async with AsyncSqliteSaver.from_conn_string(":memory:") as saver:
            await main(saver, "memory")

    asyncio.run(everything())


def test_one_saver_many_loops_and_threads(tmp_path: Path) -> None:
    with SqliteSaver.from_conn_string(tmp_path / "a.db") as saver:
        failures: list[BaseException] = []

        async def work(name: str) -> None:
            for number in range(1, 8):
                await aput(saver, name, number)
                assert await avalue(saver, name) == number

        def run(name: str) -> None:
            try:
                asyncio.run(work(name))
                put(saver, name, 9)
                assert value(saver, name) == 9
            except BaseException as error:
                failures.append(error)

        workers = [threading.Thread(target=run, args=(f"thread-{k}",)) for k in range(8)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert not failures
        assert len(list(saver.list(None))) == 64


def test_a_sqlite3_connection_handed_in(tmp_path: Path) -> None:
    for options in ({}, {"isolation_level": None}):
        connection = sqlite3.connect(tmp_path / "a.db", check_same_thread=False, **options)  # type: ignore[arg-type]
        connection.row_factory = sqlite3.Row
        connection.execute("CREATE TABLE IF NOT EXISTS mine (n)")
        saver = SqliteSaver(connection)
        assert saver.conn is connection
        connection.execute("INSERT INTO mine VALUES (1)")
        put(saver)
        # What the owner had open was committed with it, as every write through the connection is.
        assert not connection.in_transaction
        assert value(saver) == 1
        assert in_thread(partial(value, saver)) == 1
        assert asyncio.run(avalue(saver)) == 1
        with saver.cursor() as cursor:
            cursor.execute("INSERT INTO mine VALUES (2)")
        saver.close()
        # The owner closes it.
        assert len(connection.execute("SELECT * FROM mine").fetchall()) >= 2
        connection.close()
    assert query(tmp_path / "a.db", "SELECT count(*) FROM mine") == [(4,)]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="sqlite3 has autocommit from 3.12 on")
@pytest.mark.parametrize("autocommit", [True, False])
def test_a_connection_with_autocommit_set(autocommit: bool, tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "a.db", check_same_thread=False, autocommit=autocommit)
    saver = SqliteSaver(connection)
    put(saver)
    assert query(tmp_path / "a.db", "SELECT count(*) FROM actograph_checkpoints") == [(1,)]
    with pytest.raises(RuntimeError, match="by hand"):
        saver.store.work(failing)
    put(saver, number=2)
    assert value(saver) == 2
    saver.close()
    connection.close()


def failing(tables: Any) -> Any:
    from actograph.checkpoint.sqlite.ops import Op

    yield Op("DELETE FROM actograph_checkpoints")
    raise RuntimeError("by hand")


def test_a_connection_bound_to_its_thread_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "a.db")
    with pytest.raises(ThreadBoundConnectionError, match=r"check_same_thread=False") as caught:
        SqliteSaver(connection)
    assert "a.db" in str(caught.value)
    connection.close()


def test_an_aiosqlite_connection_handed_in(tmp_path: Path) -> None:
    async def main() -> None:
        async with aiosqlite.connect(tmp_path / "a.db") as connection:
            connection.row_factory = aiosqlite.Row
            saver = AsyncSqliteSaver(connection)
            assert saver.conn is connection
            await saver.setup()
            await aput(saver)
            assert await avalue(saver) == 1
            put(saver, number=2)
            assert value(saver) == 2
            play = Play(saver, "run")
            await asyncio.gather(*(play.put({"x": number}) for number in range(5)))
            assert await avalue(saver, "run") == 4
            async with connection.execute("SELECT count(*) FROM actograph_checkpoints") as cursor:
                assert tuple((await cursor.fetchone()) or ()) == (7,)
            await saver.aclose()
            async with connection.execute("SELECT 1") as cursor:
                assert await cursor.fetchone() is not None

    asyncio.run(main())


def test_an_aiosqlite_connection_outlives_its_loop(tmp_path: Path) -> None:
    async def first() -> tuple[aiosqlite.Connection, AsyncSqliteSaver]:
        connection = await aiosqlite.connect(tmp_path / "a.db")
        saver = AsyncSqliteSaver(connection)
        await aput(saver)
        return connection, saver

    async def second(connection: aiosqlite.Connection, saver: AsyncSqliteSaver) -> None:
        assert await avalue(saver) == 1
        await aput(saver, number=2)
        await saver.aclose()
        await connection.close()

    connection, saver = asyncio.run(first())
    assert value(saver) == 1
    assert in_thread(lambda: value(saver)) == 1
    asyncio.run(second(connection, saver))
    assert query(tmp_path / "a.db", "SELECT count(*) FROM actograph_checkpoints") == [(2,)]


def test_an_aiosqlite_connection_that_is_closed_too_early(tmp_path: Path) -> None:
    async def main() -> None:
        connection = await aiosqlite.connect(tmp_path / "a.db")
        saver = AsyncSqliteSaver(connection)
        await aput(saver)
        await connection.close()
        with pytest.raises(StorageError, match="Keep the connection open"):
            await aput(saver, number=2)
        await saver.aclose()

    asyncio.run(main())


@pytest.mark.parametrize("name", ["file", ":memory:"])
def test_conn_of_the_async_saver_is_for_the_users_own_queries(name: str, tmp_path: Path) -> None:
    async def main() -> None:
        before = set(threading.enumerate())
        async with AsyncSqliteSaver.from_conn_string(name if name == ":memory:" else tmp_path / "a.db") as saver:
            await aput(saver)
            assert isinstance(saver.conn, aiosqlite.Connection)
            async with saver.conn.execute("SELECT count(*) FROM actograph_checkpoints") as cursor:
                assert await cursor.fetchone() == (1,)
            assert saver.conn is saver.conn
        # aiosqlite does not wait for its thread.
        for thread in set(threading.enumerate()) - before:
            thread.join(10)
        assert set(threading.enumerate()) <= before

    asyncio.run(main())


def test_conn_of_the_sync_saver(tmp_path: Path) -> None:
    with SqliteSaver.from_conn_string(tmp_path / "a.db") as saver:
        put(saver)
        assert saver.conn.execute("SELECT count(*) FROM actograph_checkpoints").fetchone() == (1,)
        with saver.cursor() as cursor:
            cursor.execute("CREATE TABLE mine (n)")
        with saver.cursor(transaction=False) as cursor:
            assert cursor.execute("SELECT * FROM mine").fetchall() == []


def test_a_langgraph_database_is_left_alone(tmp_path: Path) -> None:
    from langgraph.checkpoint.sqlite import SqliteSaver as Theirs

    path = tmp_path / "a.db"
    with Theirs.from_conn_string(str(path)) as theirs:
        put(theirs)
    before = query(path, "SELECT * FROM checkpoints")
    with SqliteSaver.from_conn_string(path) as saver:
        assert value(saver) is None
        put(saver, number=2)
    assert query(path, "SELECT * FROM checkpoints") == before
    with Theirs.from_conn_string(str(path)) as theirs:
        assert value(theirs) == 1


def test_a_newer_schema_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with SqliteSaver.from_conn_string(path) as saver:
        put(saver)
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE actograph_schema SET version = 99")
    connection.close()
    with SqliteSaver.from_conn_string(path) as saver, pytest.raises(StorageError, match=r"version 99.*upgrade"):
        value(saver)


@pytest.mark.parametrize("what", ["directory", "missing", "garbage", "readonly"])
def test_databases_that_cannot_be_used(what: str, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    if what == "directory":
        path.mkdir()
    elif what == "missing":
        path = tmp_path / "no" / "such" / "a.db"
    elif what == "garbage":
        path.write_bytes(os.urandom(8192))
    else:
        path = Path(f"file:{path}?mode=ro")
    with SqliteSaver.from_conn_string(str(path)) as saver:
        for call in (lambda: put(saver), lambda: value(saver), saver.setup):
            with pytest.raises(StorageError) as caught:
                call()
            assert "a.db" in str(caught.value)
            assert len(caught.value.remedy) > 20


def test_it_recovers_once_the_database_can_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "later" / "a.db"
    with SqliteSaver.from_conn_string(path) as saver:
        with pytest.raises(StorageError):
            put(saver)
        path.parent.mkdir()
        put(saver)
        assert value(saver) == 1


def test_a_saver_that_is_dropped_ends_its_threads(tmp_path: Path) -> None:
    before = threads()

    def use() -> None:
        manager = SqliteSaver.from_conn_string(tmp_path / "a.db")
        saver = manager.__enter__()
        put(saver)
        assert value(saver) == 1
        assert len(threads() - before) == 2
        leaked.append(manager.gen)  # type: ignore[attr-defined]

    leaked: list[Any] = []
    connection = sqlite3.connect(tmp_path / "b.db", check_same_thread=False)
    saver: SqliteSaver | None = SqliteSaver(connection)
    assert saver is not None
    put(saver)
    worker = saver.store._writer.worker
    saver = None
    gc.collect()
    worker.join(20)
    assert threads() == before
    connection.close()
    use()
    leaked.pop().close()
    assert threads() == before
