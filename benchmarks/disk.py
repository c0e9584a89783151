"""A place for databases that is a real disk, and how large a database has become."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_IN_MEMORY = {"tmpfs", "ramfs", "devtmpfs"}


def filesystem(path: Path) -> str:
    """Type of the file system that holds `path` (`ext4`, `tmpfs`, ...); `unknown` where the system does not say."""
    try:
        with open("/proc/self/mounts", encoding="utf-8") as file:
            mounts = [line.split()[1:3] for line in file]
    except OSError:
        return "unknown"
    resolved = path.resolve()
    best, kind = "", "unknown"
    for point, type_ in mounts:
        point = point.replace("\\040", " ")
        if len(point) >= len(best) and resolved.is_relative_to(point):
            best, kind = point, type_
    return kind


def parent() -> Path:
    """Where databases go: `BENCH_DIR`, or the temporary directory, or the working directory if that is only memory."""
    if chosen := os.environ.get("BENCH_DIR"):
        return Path(chosen)
    temporary = Path(tempfile.gettempdir())
    if filesystem(temporary) not in _IN_MEMORY:
        return temporary
    return Path.cwd()


@contextmanager
def scratch() -> Iterator[Path]:
    """A directory for one process's databases, removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=parent()) as name:
        yield Path(name)


def stored_bytes(path: Path, *, timeout: float = 10.0) -> int:
    """Bytes of the database at `path` after `wal_checkpoint(TRUNCATE)`, with other files of its name beside it.

    Parameters:
        timeout: seconds to wait for others that use the database.

    Raises:
        RuntimeError: if a connection that is still open kept the log from being truncated.
    """
    with closing(sqlite3.connect(path, timeout=timeout)) as connection:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise RuntimeError(f"{path.name}: a reader or writer is still open; close the saver before its size is read")
    return sum(file.stat().st_size for file in path.parent.glob(f"{path.name}*") if not file.name.endswith("-shm"))
