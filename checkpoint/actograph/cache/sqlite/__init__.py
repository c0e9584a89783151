"""A cache in an SQLite file, shared by threads and processes."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from actograph.cache.base import BaseCache, FullKey, Namespace, ValueT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from actograph.checkpoint.serde.base import SerializerProtocol

__all__ = ("SqliteCache",)

_SETUP: Final = (
    "PRAGMA busy_timeout = 10000",
    "PRAGMA journal_mode = WAL",
    # What a power cut takes from a cache is computed again.
    "PRAGMA synchronous = NORMAL",
    """CREATE TABLE IF NOT EXISTS actograph_cache (
        namespace TEXT NOT NULL, key TEXT NOT NULL, expiry REAL, kind TEXT NOT NULL, value BLOB NOT NULL,
        PRIMARY KEY (namespace, key)
    ) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS actograph_cache_expiry ON actograph_cache (expiry) WHERE expiry IS NOT NULL",
)
_GET: Final = (
    "SELECT kind, value FROM actograph_cache WHERE namespace = ? AND key = ? AND (expiry IS NULL OR expiry > ?)"
)
_SET: Final = "INSERT OR REPLACE INTO actograph_cache (namespace, key, expiry, kind, value) VALUES (?, ?, ?, ?, ?)"
_EXPIRE: Final = "DELETE FROM actograph_cache WHERE expiry IS NOT NULL AND expiry <= ?"
_CLEAR: Final = "DELETE FROM actograph_cache WHERE namespace = ?"
_CLEAR_ALL: Final = "DELETE FROM actograph_cache"

_BUSY_SECONDS: Final = 10.0
"""How long to wait for other processes."""
_EXPIRE_SECONDS: Final = 60.0
"""At most this often entries that have expired are looked for, so that a write need not pay for it."""


class SqliteCache(BaseCache[ValueT]):
    """Values in a table of an SQLite database. For any number of threads, event loops and processes at once.

    The file may hold other tables too; this cache uses `actograph_cache` alone.

    Parameters:
        path: of the file, made if there is none; ":memory:" for a database that lives as long as this object.
        serde: how values become bytes; by default one that takes data of classes that are loaded, and reads without running code.

    Raises sqlite3.OperationalError when the file cannot be opened or written.
    """

    def __init__(self, *, path: str, serde: SerializerProtocol | None = None) -> None:
        super().__init__(serde=serde)
        self._path = path
        self._lock = threading.Lock()
        self._expired_at = 0.0
        try:
            self._connection = sqlite3.connect(
                path, check_same_thread=False, isolation_level=None, timeout=_BUSY_SECONDS
            )
            _set_up(self._connection)
        except sqlite3.Error as error:
            error.add_note(f"opening the cache {path!r}; its directory must exist, and be writable for this user")
            raise

    def close(self) -> None:
        """Close the file; the cache cannot be used any more."""
        with self._lock:
            self._connection.close()

    def __del__(self) -> None:
        connection = getattr(self, "_connection", None)
        if connection is not None:
            connection.close()

    def get(self, keys: Sequence[FullKey]) -> dict[FullKey, ValueT]:
        """The values that are there and have not expired, by key."""
        now = time.time()
        found: dict[FullKey, tuple[str, bytes]] = {}
        with self._lock:
            for namespace, key in keys:
                cursor = self._connection.execute(_GET, (_text(namespace), key, now))
                row = cursor.fetchone()
                cursor.close()
                if row is not None:
                    found[(namespace, key)] = (row[0], row[1])
        return {key: self.serde.loads_typed(data) for key, data in found.items()}

    async def aget(self, keys: Sequence[FullKey]) -> dict[FullKey, ValueT]:
        """`get`, in a thread: another process may hold the file."""
        return await asyncio.to_thread(self.get, keys)

    def set(self, mapping: Mapping[FullKey, tuple[ValueT, int | None]]) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Keep values, each with the seconds it is good for, or None for ever; all of them or none.

        Raises what the serializer raises for a value it does not take, and sqlite3.OperationalError when the file cannot be written.
        """
        now = time.time()
        rows = [
            (_text(namespace), key, None if ttl is None else now + ttl, *self.serde.dumps_typed(value))
            for (namespace, key), (value, ttl) in mapping.items()
        ]
        if not rows:
            return
        with self._writing():
            self._connection.executemany(_SET, rows).close()
            if now - self._expired_at >= _EXPIRE_SECONDS:
                self._expired_at = now
                self._connection.execute(_EXPIRE, (now,)).close()

    async def aset(self, mapping: Mapping[FullKey, tuple[ValueT, int | None]]) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """`set`, in a thread."""
        await asyncio.to_thread(self.set, mapping)

    def clear(self, namespaces: Sequence[Namespace] | None = None) -> None:
        """Drop what is in exactly these namespaces; everything, for None."""
        with self._writing():
            if namespaces is None:
                self._connection.execute(_CLEAR_ALL).close()
            else:
                self._connection.executemany(_CLEAR, [(_text(namespace),) for namespace in namespaces]).close()

    async def aclear(self, namespaces: Sequence[Namespace] | None = None) -> None:
        """`clear`, in a thread."""
        await asyncio.to_thread(self.clear, namespaces)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            # IMMEDIATE: a transaction that starts by reading could not wait for another writer.
            self._connection.execute("BEGIN IMMEDIATE").close()
            try:
                yield
                self._connection.execute("COMMIT").close()
            except BaseException:
                # A full disk ends the transaction by itself; one left open would refuse every later write.
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK").close()
                raise


def _set_up(connection: sqlite3.Connection) -> None:
    """Make the table. A file that another process is turning to WAL is busy at once, whatever the connection's time-out: wait here."""
    until = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            for statement in _SETUP:
                connection.execute(statement).close()
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
        time.sleep(0.01)


def _text(namespace: Namespace) -> str:
    """A namespace as text that no other has."""
    return json.dumps(namespace)
