"""Checkpoints in SQLite. `SqliteSaver` is for programs without an event loop, `AsyncSqliteSaver` (in `.aio`) for asyncio programs.

Both have all methods in both forms. Start with `from_conn_string`."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

from actograph.checkpoint.base import SerializerProtocol
from actograph.checkpoint.records.errors import StorageClosedError, StorageError, ThreadBoundConnectionError
from actograph.checkpoint.records.statistics import SaverStatistics
from actograph.checkpoint.sqlite.ports import OwnPort, SharedPort, check_threads, is_private, is_uri, name_of
from actograph.checkpoint.sqlite.runs import StoredRun
from actograph.checkpoint.sqlite.saver import SqliteSaverBase
from actograph.checkpoint.sqlite.store import Store

__all__ = (
    "SaverStatistics",
    "SqliteSaver",
    "StorageClosedError",
    "StorageError",
    "StoredRun",
    "ThreadBoundConnectionError",
)


class SqliteSaver(SqliteSaverBase):
    """Checkpoints in an SQLite database.

    Parameters:
        conn: an open connection, made with `check_same_thread=False`. It stays yours: you may use it, and you close it. A transaction that
            you have open on it is committed when something is stored. `from_conn_string` is faster: it reads on a connection of its own.
        serde: how values become bytes; a `JsonPlusSerializer` by default.

    Raises:
        ThreadBoundConnectionError: the connection only works in the thread that opened it.
    """

    def __init__(self, conn: sqlite3.Connection, *, serde: SerializerProtocol | None = None) -> None:
        check_threads(conn)
        super().__init__(Store(SharedPort(conn), name_of(conn), separate_reads=False), serde=serde)
        self._conn: sqlite3.Connection | None = conn
        self.lock = threading.RLock()

    @classmethod
    @contextmanager
    def from_conn_string(
        cls, conn_string: str | os.PathLike[str], *, serde: SerializerProtocol | None = None
    ) -> Iterator[SqliteSaver]:
        """A saver on a path, `":memory:"` or an SQLite URI (`file:...`), closed at the end of the `with` block.

        Raises:
            StorageError: later, when the database cannot be opened or written.
        """
        database = os.fspath(conn_string)
        saver = cls.__new__(cls)
        SqliteSaverBase.__init__(
            saver, Store(OwnPort(database), database, separate_reads=not is_private(database)), serde=serde
        )
        saver._conn = None
        saver.lock = threading.RLock()
        with closing(saver):
            yield saver

    @property
    def conn(self) -> sqlite3.Connection:
        """A connection for your own queries: the one handed in, else one on the same database, opened when first asked for."""
        if self._conn is None:
            database = self.store.database
            if is_private(database):
                self.setup()
                port = self.store.port
                assert isinstance(port, OwnPort) and port.connection is not None
                return port.connection
            self.setup()
            self._conn = sqlite3.connect(database, check_same_thread=False, uri=is_uri(database))
        return self._conn

    @contextmanager
    def cursor(self, transaction: bool = True) -> Iterator[sqlite3.Cursor]:
        """A cursor on `conn` for your own statements; with `transaction`, they are committed at the end of the block."""
        with self.lock:
            connection = self.conn
            with closing(connection.cursor()) as cursor:
                try:
                    yield cursor
                finally:
                    if transaction:
                        connection.commit()

    def close(self) -> None:
        """Store what is queued, end the saver's threads, and close the connections that it opened."""
        super().close()
        self._close_own()

    async def aclose(self) -> None:
        """As `close`, without blocking the event loop."""
        await super().aclose()
        self._close_own()

    def _close_own(self) -> None:
        if isinstance(self.store.port, OwnPort) and self._conn is not None:
            self._conn.close()
            self._conn = None
