"""What the tests of the savers share: a run that is played into a journal as the engine does it, and ways to look at the file."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from actograph.checkpoint.base import new_checkpoint_id
from actograph.checkpoint.journal import Journal, RunStatus, Snapshot, TaskWrites

Config = dict[str, Any]


def config(thread_id: Any, checkpoint_id: str | None = None, ns: str | None = "") -> Config:
    found: dict[str, Any] = {"thread_id": thread_id}
    if ns is not None:
        found["checkpoint_ns"] = ns
    if checkpoint_id is not None:
        found["checkpoint_id"] = checkpoint_id
    return {"configurable": found}


def checkpoint(checkpoint_id: str, values: dict[str, Any], versions: dict[str, Any], **more: Any) -> Any:
    return {
        "v": 1,
        "id": checkpoint_id,
        "ts": "2026-01-02T03:04:05.678901+00:00",
        "channel_values": values,
        "channel_versions": versions,
        "versions_seen": {},
        **more,
    }


def put(saver: Any, thread_id: str = "t", number: int = 1) -> None:
    saver.put(
        config(thread_id), checkpoint(f"{number:04}", {"x": number}, {"x": number}), {"step": number}, {"x": number}
    )


def value(saver: Any, thread_id: str = "t") -> Any:
    found = saver.get_tuple(config(thread_id))
    return None if found is None else found.checkpoint["channel_values"]["x"]


async def aput(saver: Any, thread_id: str = "t", number: int = 1) -> None:
    await saver.aput(
        config(thread_id), checkpoint(f"{number:04}", {"x": number}, {"x": number}), {"step": number}, {"x": number}
    )


async def avalue(saver: Any, thread_id: str = "t") -> Any:
    found = await saver.aget_tuple(config(thread_id))
    return None if found is None else found.checkpoint["channel_values"]["x"]


class Play:
    """A run of a graph with one node, `n`, that is triggered by `go` and changes `values`."""

    def __init__(
        self, saver: Any, thread_id: str = "t", *, ns: str = "", run_id: str = "run", loop: Any = None
    ) -> None:
        self.saver = saver
        self.loop = loop or asyncio.get_running_loop()
        self.journal: Journal = saver.open_journal(thread_id=thread_id, checkpoint_ns=ns, run_id=run_id, loop=self.loop)
        self.parent: str | None = None
        self.step = -1
        self.versions: dict[str, Any] = {}
        self.seen: dict[str, dict[str, Any]] = {}
        self.version: Any = None
        self.ids: list[str] = []

    def snapshot(self, values: dict[str, Any], *, emptied: Sequence[str] = (), **metadata: Any) -> Snapshot:
        self.step += 1
        self.version = self.saver.get_next_version(self.version, None)
        changed = dict.fromkeys([*values, *emptied, "go"], self.version)
        seen = {"n": {"go": self.version}}
        self.versions.update(changed)
        self.seen.setdefault("n", {}).update(seen["n"])
        made = Snapshot(
            checkpoint_id=new_checkpoint_id(),
            parent_id=self.parent,
            ts="2026-01-02T03:04:05.678901+00:00",
            metadata={"source": "loop", "step": self.step, "parents": {}, **metadata},
            values={**values, "go": None},
            versions=changed,
            seen=seen,
            updated=list(changed),
            all_versions=self.versions,
            all_seen=self.seen,
        )
        self.parent = made.checkpoint_id
        self.ids.append(made.checkpoint_id)
        return made

    def put(
        self,
        values: dict[str, Any] | None = None,
        *,
        writes: Sequence[TaskWrites] = (),
        status: RunStatus | None = None,
        emptied: Sequence[str] = (),
        **metadata: Any,
    ) -> asyncio.Future[None]:
        """Commit one entry; the future is done when it is stored."""
        made = None if values is None else self.snapshot(values, emptied=emptied, **metadata)
        stored: asyncio.Future[None] = self.loop.create_future()

        def done(error: BaseException | None) -> None:
            if not stored.done():
                if error is None:
                    stored.set_result(None)
                else:
                    stored.set_exception(error)

        if self.journal.commit(snapshot=made, writes=writes, status=status, done=done):
            stored.set_result(None)
        return stored

    def writes(
        self, *pairs: tuple[str, Any], task_id: str = "task", path: str = "p", on: str | None = None
    ) -> TaskWrites:
        at = on or self.parent
        assert at is not None
        return TaskWrites(at, task_id, path, pairs)


def file_size(path: Path) -> int:
    """Bytes of a database after its log was folded in."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return path.stat().st_size


def query(path: Path, statement: str, params: Sequence[Any] = ()) -> list[Any]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(statement, params).fetchall()
    finally:
        connection.close()


def threads() -> set[str]:
    """Names of the savers' threads that are running."""
    return {thread.name for thread in threading.enumerate() if thread.name.startswith("actograph")}


def child(code: str, *args: Any) -> subprocess.Popen[str]:
    root = Path(__file__).parents[2]
    roots = [str(root), *(str(root / name) for name in ("runtime", "actors", "checkpoint"))]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(roots)}
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code, *map(str, args)],
        env=environment,
        cwd=root,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def finish(process: subprocess.Popen[str]) -> str:
    out, error = process.communicate(timeout=40)
    assert process.returncode == 0, error
    assert error == ""
    return out
