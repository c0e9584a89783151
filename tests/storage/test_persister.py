"""The persister: group commit, isolation of what fails, answers, back-pressure, and ends of every kind."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from actograph.checkpoint.journal import RunStatus
from actograph.checkpoint.sqlite import SqliteSaver, StorageError
from actograph.checkpoint.sqlite import worker as worker_module
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.checkpoint.sqlite.ops import Logic, Op, rows
from actograph.checkpoint.sqlite.persister import BARRIER, WORK
from actograph.checkpoint.sqlite.worker import Item
from tests.storage.sqlite_kit import Play, child, config, query


class Gate:
    """Holds the persister inside of a transaction until it is opened."""

    def __init__(self, saver: Any) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()
        saver.store.submit(Item(WORK, self._logic))
        assert self.entered.wait(10)

    def _logic(self, tables: Any) -> Logic[None]:
        self.entered.set()
        assert self.opened.wait(10)
        yield rows("SELECT 1")


def test_all_that_waits_is_stored_in_one_transaction(tmp_path: Path) -> None:
    async def main() -> None:
        async with AsyncSqliteSaver.from_conn_string(tmp_path / "a.db") as saver:
            gate = Gate(saver)
            plays = [Play(saver, f"thread-{k}", run_id=f"run-{k}") for k in range(200)]
            stored = [play.put({"x": k, "big": "x" * 100}, status=RunStatus.RUNNING) for k, play in enumerate(plays)]
            before = saver.statistics()
            assert before.queue >= 200
            loop = asyncio.get_running_loop()
            calls = 0
            original = loop.call_soon_threadsafe

            def counted(*args: Any, **kwargs: Any) -> Any:
                nonlocal calls
                calls += 1
                return original(*args, **kwargs)

            loop.call_soon_threadsafe = counted  # type: ignore[method-assign]
            gate.opened.set()
            await asyncio.gather(*stored)
            after = saver.statistics()
            assert after.largest_batch == 200
            assert after.batches - before.batches == 2
            # One wake-up for 200 answers.
            assert calls == 1
            assert after.queue == 0
            assert after.bytes > 200 * 100
            for k in range(0, 200, 33):
                found = await saver.aget_tuple(config(f"thread-{k}"))
                assert found is not None
                assert found.checkpoint["channel_values"]["x"] == k

    asyncio.run(main())


def test_stored_is_not_said_before_the_commit(tmp_path: Path) -> None:
    path = tmp_path / "a.db"

    async def main() -> None:
        async with AsyncSqliteSaver.from_conn_string(path) as saver:
            play = Play(saver)
            for step in range(20):
                await play.put({"x": step})
                assert query(path, "SELECT count(*) FROM actograph_checkpoints") == [(step + 1,)]
            gate = Gate(saver)
            stored = play.put({"x": 20})
            await asyncio.sleep(0.02)
            assert not stored.done()
            gate.opened.set()
            await stored

    asyncio.run(main())


def test_an_entry_that_fails_fails_alone(tmp_path: Path) -> None:
    async def main() -> None:
        async with AsyncSqliteSaver.from_conn_string(tmp_path / "a.db") as saver:
            first = Play(saver, "bad", run_id="bad")
            await first.put({"x": 1})
            gate = Gate(saver)
            good = [Play(saver, f"good-{k}", run_id=f"good-{k}") for k in range(20)]
            stored = [play.put({"x": 1}) for play in good[:10]]
            # A second run makes a checkpoint of the same id: refused by the database.
            twin = Play(saver, "bad", run_id="twin")
            snapshot = twin.snapshot({"x": 2})
            clash = Play(saver, "bad", run_id="clash")
            failures: list[BaseException | None] = []

            def done(error: BaseException | None) -> None:
                failures.append(error)

            import msgspec

            same = msgspec.structs.replace(snapshot, checkpoint_id=first.ids[0])
            clash.journal.commit(snapshot=same, done=done)
            later = msgspec.structs.replace(snapshot, parent_id=first.ids[0])
            clash.journal.commit(snapshot=later, writes=[twin.writes(("x", 1), on=first.ids[0])], done=done)
            stored += [play.put({"x": 1}) for play in good[10:]]
            gate.opened.set()
            await asyncio.gather(*stored)
            await saver.asetup()
            assert len(failures) == 2
            assert isinstance(failures[0], StorageError)
            # What comes after it in the same run builds on it, and fails with it.
            assert failures[1] is failures[0]
            for part in ("bad", "a.db", "UNIQUE"):
                assert part in str(failures[0])
            found = [f async for f in saver.alist(config("bad"))]
            assert [f.checkpoint["channel_values"]["x"] for f in found] == [1]
            assert found[0].pending_writes == []
            assert saver.statistics().failed == 2

    asyncio.run(main())


def test_logic_that_raises_is_rolled_back_and_its_neighbours_are_not(tmp_path: Path) -> None:
    def bad(tables: Any) -> Logic[None]:
        yield Op("DELETE FROM actograph_checkpoints")
        raise ZeroDivisionError("by hand")

    async def main() -> None:
        async with AsyncSqliteSaver.from_conn_string(tmp_path / "a.db") as saver:
            await Play(saver).put({"x": 1})
            gate = Gate(saver)
            before = Play(saver, "before").put({"x": 1})
            failing = asyncio.ensure_future(saver.store.aperform(WORK, bad))
            await asyncio.sleep(0)
            after = Play(saver, "after").put({"x": 1})
            gate.opened.set()
            await asyncio.gather(before, after)
            with pytest.raises(ZeroDivisionError):
                await failing
            assert len(list(saver.list(None))) == 3

    asyncio.run(main())


def test_a_cancelled_waiter_still_commits(tmp_path: Path) -> None:
    path = tmp_path / "a.db"

    async def main() -> None:
        async with AsyncSqliteSaver.from_conn_string(path) as saver:
            gate = Gate(saver)
            waiters = [
                asyncio.ensure_future(saver.aput_writes(config(f"t{k}", "1"), [("x", k)], "task")) for k in range(5)
            ]
            await asyncio.sleep(0)
            for waiter in waiters:
                waiter.cancel()
            results = await asyncio.gather(*waiters, return_exceptions=True)
            assert all(isinstance(result, asyncio.CancelledError) for result in results)
            gate.opened.set()
            await saver.asetup()
            assert query(path, "SELECT count(*) FROM actograph_writes") == [(5,)]

    asyncio.run(main())


def test_a_loop_that_is_gone_gets_no_answer_and_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with SqliteSaver.from_conn_string(path) as saver:
        saver.setup()

        async def leave() -> Gate:
            gate = Gate(saver)
            Play(saver, "left").put({"x": 1})
            return gate

        gate = asyncio.run(leave())
        gate.opened.set()
        saver.setup()
        assert saver.get_tuple(config("left")) is not None


def test_close_stores_what_is_queued(tmp_path: Path) -> None:
    path = tmp_path / "a.db"

    async def main(close: str) -> None:
        manager = AsyncSqliteSaver.from_conn_string(path)
        saver = await manager.__aenter__()
        gate = Gate(saver)
        stored = [Play(saver, f"{close}-{k}").put({"x": k}) for k in range(50)]
        threading.Timer(0.05, gate.opened.set).start()
        if close == "aclose":
            await saver.aclose()
        else:
            saver.close()
        await asyncio.gather(*stored)
        await manager.__aexit__(None, None, None)

    for close in ("aclose", "close"):
        asyncio.run(main(close))
    assert query(path, "SELECT count(*) FROM actograph_checkpoints") == [(100,)]


def test_answers_come_when_the_database_cannot_be_opened(tmp_path: Path) -> None:
    async def main() -> None:
        async with AsyncSqliteSaver.from_conn_string(tmp_path / "no" / "a.db") as saver:
            play = Play(saver)
            stored = [play.put({"x": k}) for k in range(3)]
            results = await asyncio.gather(*stored, return_exceptions=True)
            assert all(isinstance(result, StorageError) for result in results)
            with pytest.raises(StorageError, match="unable to open"):
                await saver.aget_tuple(config("t"))

    asyncio.run(main())


def test_blocking_callers_wait_while_too_much_is_queued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "QUEUE_ITEMS", 10)
    with SqliteSaver.from_conn_string(tmp_path / "a.db") as saver:
        saver.setup()
        gate = Gate(saver)
        queued = threading.Semaphore(0)
        finished = []

        def writer(k: int) -> None:
            saver.put_writes(config(f"t{k}", "1"), [("x", k)], "task")
            finished.append(k)

        workers = [threading.Thread(target=writer, args=(k,)) for k in range(40)]
        for worker in workers:
            worker.start()
        assert not queued.acquire(timeout=0.2)
        assert saver.statistics().queue <= 13
        assert not finished
        gate.opened.set()
        for worker in workers:
            worker.join(20)
        assert sorted(finished) == list(range(40))


def test_order_is_kept_between_entries_and_whole_checkpoints(tmp_path: Path) -> None:
    """Entries of journals and other work may share a transaction; they happen in the order of the calls."""

    async def main() -> None:
        async with AsyncSqliteSaver.from_conn_string(tmp_path / "a.db") as saver:
            gate = Gate(saver)
            play = Play(saver)
            one = play.put({"x": 1})
            deleted = asyncio.ensure_future(saver.adelete_thread("t"))
            await asyncio.sleep(0)
            two = Play(saver, run_id="second").put({"x": 2})
            gate.opened.set()
            await asyncio.gather(one, deleted, two)
            assert [f.checkpoint["channel_values"]["x"] for f in saver.list(config("t"))] == [2]

    asyncio.run(main())


def test_a_heartbeat_goes_on_while_a_run_is_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from actograph.checkpoint.sqlite import persister, tables

    monkeypatch.setattr(persister, "HEARTBEAT", 0.02)
    monkeypatch.setattr(tables, "HEARTBEAT", 0.02)
    path = tmp_path / "a.db"

    async def main() -> None:
        async with AsyncSqliteSaver.from_conn_string(path) as saver:
            play = Play(saver)
            await play.put({"x": 1}, status=RunStatus.RUNNING)
            [(first,)] = query(path, "SELECT heartbeat FROM actograph_leases")
            for _ in range(200):
                await asyncio.sleep(0.02)
                [(later,)] = query(path, "SELECT heartbeat FROM actograph_leases")
                if later > first:
                    break
            assert later > first
            await play.put({"x": 2}, status=RunStatus.DONE)
        assert query(path, "SELECT * FROM actograph_leases") == []

    asyncio.run(main())


def test_a_live_run_is_not_taken_for_a_crashed_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from actograph.checkpoint.sqlite import runs

    path = tmp_path / "a.db"

    async def main() -> None:
        async with AsyncSqliteSaver.from_conn_string(path) as saver, AsyncSqliteSaver.from_conn_string(path) as other:
            play = Play(saver, run_id="mine")
            await play.put({"x": 1}, status=RunStatus.RUNNING)
            for reader in (saver, other):
                [run] = await reader.aruns()
                assert (run.run_id, run.thread_id, run.crashed) == ("mine", "t", False)
            monkeypatch.setattr(runs, "LEASE_EXPIRED", -1.0)
            [run] = await other.aruns(RunStatus.RUNNING)
            assert run.crashed
            await play.put({"x": 2}, status=RunStatus.FAILED)
            [run] = await other.aruns()
            assert (run.status, run.crashed) == (RunStatus.FAILED, False)

    asyncio.run(main())


ACKNOWLEDGED = """
import asyncio, sys
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from tests.storage.sqlite_kit import Play
kept = []

async def main(path):
    manager = AsyncSqliteSaver.from_conn_string(path)
    saver = await manager.__aenter__()
    kept.append((manager, saver))
    play = Play(saver)
    for step in range(10):
        await play.put({"x": step})
    # Accepted, not awaited: stored before the interpreter ends.
    for step in range(10, 300):
        play.put({"x": step})

asyncio.run(main(sys.argv[1]))
%s
"""


@pytest.mark.parametrize("end", ["", "sys.exit(0)", "kept.clear()"])
def test_the_end_of_the_interpreter_neither_hangs_nor_loses(end: str, tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    process = child(ACKNOWLEDGED % end, path)
    _out, error = process.communicate(timeout=40)
    assert process.returncode == 0, error
    assert query(path, "SELECT count(*) FROM actograph_checkpoints") == [(300,)]
    assert query(path, "PRAGMA integrity_check") == [("ok",)]


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_what_was_acknowledged_survives_sigkill(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    code = """
import asyncio, sys
from actograph.checkpoint.sqlite.aio import AsyncSqliteSaver
from actograph.checkpoint.journal import RunStatus
from tests.storage.sqlite_kit import Play

async def main(path):
    async with AsyncSqliteSaver.from_conn_string(path) as saver:
        play = Play(saver)
        values = []
        for step in range(100000):
            values.append({"step": step, "text": "x" * 50})
            await play.put({"x": values}, status=RunStatus.RUNNING if step == 0 else None)
            print(step, flush=True)

asyncio.run(main(sys.argv[1]))
"""
    for round_ in range(3):
        process = child(code, path)
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= 15 + 20 * round_:
                break
        process.send_signal(signal.SIGKILL)
        rest, _ = process.communicate()
        acknowledged = int((line + rest).strip().splitlines()[-1])
        assert query(path, "PRAGMA integrity_check") == [("ok",)]
        with SqliteSaver.from_conn_string(path) as saver:
            found = saver.get_tuple(config("t"))
            assert found is not None
            values = found.checkpoint["channel_values"]["x"]
            assert len(values) >= acknowledged + 1
            assert [item["step"] for item in values] == list(range(len(values)))
            # The lease has not run out, but its process is gone.
            [run] = saver.runs(RunStatus.RUNNING)
            assert (run.thread_id, run.status, run.crashed) == ("t", RunStatus.RUNNING, True)
            assert saver.runs(RunStatus.DONE) == []
            saver.delete_thread("t")


def test_the_storage_logic_is_one_for_both_drivers(tmp_path: Path) -> None:
    """The same calls leave the same rows, whatever drives them."""
    import aiosqlite

    async def fill(saver: Any) -> None:
        play = Play(saver, run_id="r")
        for step in range(5):
            writes = [play.writes(("x", step), ("__interrupt__", step), task_id=str(step))] if step else []
            await play.put({"x": [step] * 100}, writes=writes)

    async def main() -> None:
        async with AsyncSqliteSaver.from_conn_string(tmp_path / "a.db") as saver:
            await fill(saver)
        async with aiosqlite.connect(tmp_path / "b.db") as connection:
            handed_in = AsyncSqliteSaver(connection)
            await fill(handed_in)
            await handed_in.aclose()

    asyncio.run(main())
    for statement in (
        "SELECT count(*), sum(length(metadata)), sum(whole) FROM actograph_checkpoints",
        "SELECT channel, length(payload), base IS NULL FROM actograph_values ORDER BY seq",
        "SELECT task_path, slot, length(records) FROM actograph_writes ORDER BY seq",
    ):
        assert query(tmp_path / "a.db", statement) == query(tmp_path / "b.db", statement)


def test_statistics_count(tmp_path: Path) -> None:
    with SqliteSaver.from_conn_string(tmp_path / "a.db") as saver:
        empty = saver.statistics()
        assert (empty.entries, empty.batches, empty.queue, empty.bytes, empty.failed) == (0, 0, 0, 0, 0)
        saver.put_writes(config("t", "1"), [("x", "v" * 1000)], "task")
        saver.get_tuple(config("t"))
        counted = saver.statistics()
        assert counted.entries == 1
        assert counted.batches == 1
        assert counted.bytes > 1000
        assert counted.reads == 1


def test_items_of_every_kind_are_answered_once(tmp_path: Path) -> None:
    with SqliteSaver.from_conn_string(tmp_path / "a.db") as saver:
        answers: list[tuple[int, Any, Any]] = []
        done = threading.Event()
        saver.setup()
        gate = Gate(saver)
        for number in range(30):
            kind = (BARRIER, WORK)[number % 2]
            payload = (lambda tables, number=number: _value(number)) if kind == WORK else None
            saver.store.submit(
                Item(kind, payload, reply=lambda value, error, number=number: answers.append((number, value, error)))
            )
        saver.store.submit(Item(BARRIER, None, reply=lambda value, error: done.set()))
        gate.opened.set()
        assert done.wait(10)
        assert answers == [(number, number if number % 2 else None, None) for number in range(30)]


def _value(number: int) -> Logic[int]:
    yield rows("SELECT 1")
    return number
