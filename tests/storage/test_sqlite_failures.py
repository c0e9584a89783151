"""Several processes on one file, reading while writing, and databases that are locked, full or inherited by a fork."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from pathlib import Path

import pytest

from actograph.checkpoint.journal import RunStatus
from actograph.checkpoint.sqlite import SqliteSaver, StorageError
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from tests.storage.sqlite_kit import Play, aput, avalue, child, config, finish, put, query, value

CHILD = """
import asyncio, sys
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from tests.storage.sqlite_kit import Play, config

async def main(path, name, steps):
    async with AsyncSqliteSaver.from_conn_string(path) as saver:
        play = Play(saver, name, run_id=name)
        values = []
        for step in range(steps):
            values.append({"step": step, "text": "x" * 100})
            await play.put({"x": values, "n": step})
        found = await saver.aget_tuple(config(name))
        assert found.checkpoint["channel_values"]["x"] == values

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


def test_several_processes_set_up_and_write_one_file(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    children = [child(CHILD, path, f"thread-{k}", 40) for k in range(3)]
    for process in children:
        finish(process)
    assert query(path, "PRAGMA integrity_check") == [("ok",)]
    with SqliteSaver.from_conn_string(path) as saver:
        for k in range(3):
            found = saver.get_tuple(config(f"thread-{k}"))
            assert found is not None
            assert len(found.checkpoint["channel_values"]["x"]) == 40
            assert len(list(saver.list(config(f"thread-{k}")))) == 40
    assert len(query(path, "SELECT 1 FROM actograph_scopes")) == 3


DELETER = """
import sys
from actograph.checkpoint.sqlite import SqliteSaver
with SqliteSaver.from_conn_string(sys.argv[1]) as saver:
    saver.delete_thread("b")
    saver.delete_thread("a")
    saver.put({"configurable": {"thread_id": "c", "checkpoint_ns": ""}},
        {"v": 1, "id": "1", "ts": "", "channel_values": {"x": 3}, "channel_versions": {"x": 1}, "versions_seen": {}}, {}, {"x": 1})
"""


def test_ids_of_scopes_are_not_trusted_across_processes(tmp_path: Path) -> None:
    """Another process deletes threads whose row ids this one remembers, and makes a thread that gets one of these ids."""
    path = tmp_path / "a.db"
    with SqliteSaver.from_conn_string(path) as saver:
        put(saver, "a")
        put(saver, "b")
        finish(child(DELETER, path))
        put(saver, "b", 2)
        assert value(saver, "b") == 2
        assert value(saver, "a") is None
        assert value(saver, "c") == 3
        assert len(list(saver.list(config("c")))) == 1


def test_reading_while_writing(tmp_path: Path) -> None:
    """Readers get answers from a snapshot while commits go on; each read sees what its own task has written."""

    async def main() -> None:
        async with AsyncSqliteSaver.from_conn_string(tmp_path / "a.db") as saver:
            stop = False
            steps = 0

            async def write() -> None:
                nonlocal steps
                play = Play(saver, "busy")
                while not stop:
                    await play.put({"x": steps})
                    steps += 1

            async def read(name: str) -> None:
                play = Play(saver, name)
                for number in range(25):
                    stored = play.put({"x": number})
                    assert await avalue(saver, name) == number
                    await stored

            writer = asyncio.create_task(write())
            await asyncio.gather(*(read(f"reader-{k}") for k in range(4)))
            stop = True
            await writer
            assert steps > 5
            listed = saver.alist(config("busy"))
            async for _ in listed:
                # A listing that is left open holds no lock and no transaction.
                await aput(saver, "between")
                break
            await listed.aclose()  # type: ignore[attr-defined]
            assert saver.statistics().reads >= 100

    asyncio.run(main())


def test_a_locked_database_is_a_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    connection = sqlite3.connect(path, check_same_thread=False, timeout=0.05)
    saver = SqliteSaver(connection)
    put(saver)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match=r"locked.*a\.db"):
        put(saver, number=2)
    other.execute("ROLLBACK")
    other.close()
    put(saver, number=3)
    assert [found.checkpoint["id"] for found in saver.list(config("t"))] == ["0003", "0001"]
    saver.close()
    connection.close()


def test_a_full_database_is_a_clear_error_and_nothing_is_half_written(tmp_path: Path) -> None:
    path = tmp_path / "a.db"

    async def main() -> None:
        connection = sqlite3.connect(path, check_same_thread=False)
        saver = SqliteSaver(connection)
        play = Play(saver)
        await play.put({"x": 1}, status=RunStatus.RUNNING)
        [(pages,)] = connection.execute("PRAGMA page_count").fetchall()
        connection.execute(f"PRAGMA max_page_count = {pages + 10}")
        with pytest.raises(StorageError, match=r"full.*a\.db") as caught:
            await play.put({"x": "v" * 200_000, "y": 1}, writes=[play.writes(("x", "w"))])
        assert "Free space" in caught.value.remedy
        # The run's later entries build on the lost one: they fail with it.
        with pytest.raises(StorageError, match="full"):
            await play.put({"x": 2})
        # Other threads go on.
        await Play(saver, "other", run_id="other").put({"x": 5})
        assert await avalue(saver, "other") == 5
        assert await avalue(saver) == 1
        assert saver.statistics().failed == 2
        await saver.aclose()
        connection.close()

    asyncio.run(main())
    assert query(path, "SELECT count(*) FROM actograph_writes") == [(0,)]
    assert query(path, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs os.fork")
def test_a_forked_child_gets_a_clear_error(tmp_path: Path) -> None:
    code = """
import os, sys, warnings
warnings.simplefilter("ignore")
from actograph.checkpoint.sqlite import SqliteSaver, StorageClosedError
from tests.storage.sqlite_kit import checkpoint, config
with SqliteSaver.from_conn_string(sys.argv[1]) as saver:
    saver.put(config("t"), checkpoint("1", {"x": 1}, {"x": 1}), {}, {"x": 1})
    pid = os.fork()
    if pid == 0:
        try:
            saver.get_tuple(config("t"))
        except StorageClosedError as error:
            os._exit(0 if "fork" in str(error) and "child" in str(error) else 3)
        os._exit(4)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, status
    assert saver.get_tuple(config("t")).checkpoint["channel_values"] == {"x": 1}
"""
    finish(child(code, tmp_path / "a.db"))
