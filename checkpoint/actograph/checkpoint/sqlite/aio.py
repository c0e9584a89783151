"""Checkpoints in SQLite, for asyncio programs."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiosqlite

from actograph.checkpoint.base import SerializerProtocol
from actograph.checkpoint.sqlite.ports import AioPort, OwnPort, is_private, is_uri
from actograph.checkpoint.sqlite.saver import SqliteSaverBase
from actograph.checkpoint.sqlite.store import Store

__all__ = ("AsyncSqliteSaver",)


class AsyncSqliteSaver(SqliteSaverBase):
    """Checkpoints in an SQLite database. Not bound to an event loop: one saver may serve several loops, one after the other or at once.

    Parameters:
        conn: a connection of aiosqlite. It stays yours: you may use it, and you close it. A transaction that you have open on it is
            committed when something is stored. `from_conn_string` is faster: it works on connections in threads of its own.
        serde: how values become bytes; a `JsonPlusSerializer` by default.
    """

    def __init__(self, conn: aiosqlite.Connection, *, serde: SerializerProtocol | None = None) -> None:
        super().__init__(
            Store(AioPort(conn), "a connection of aiosqlite that was handed in", separate_reads=False), serde=serde
        )
        self._conn: aiosqlite.Connection | None = conn
        self.lock = asyncio.Lock()

    @classmethod
    @asynccontextmanager
    async def from_conn_string(
        cls, conn_string: str | os.PathLike[str], *, serde: SerializerProtocol | None = None
    ) -> AsyncIterator[AsyncSqliteSaver]:
        """A saver on a path, `":memory:"` or an SQLite URI (`file:...`), closed at the end of the `async with` block.

        Raises:
            StorageError: later, when the database cannot be opened or written.
        """
        database = os.fspath(conn_string)
        saver = cls.__new__(cls)
        SqliteSaverBase.__init__(
            saver, Store(OwnPort(database), database, separate_reads=not is_private(database)), serde=serde
        )
        saver._conn = None
        saver.lock = asyncio.Lock()
        try:
            yield saver
        finally:
            await saver.aclose()

    @property
    def conn(self) -> aiosqlite.Connection:
        """A connection for your own queries: the one handed in, else one on the same database, opened when first asked for."""
        if self._conn is None:
            self.setup_now()
            port, database = self.store.port, self.store.database

            def connect() -> sqlite3.Connection:
                if is_private(database):
                    # There is only one connection to a database in memory.
                    assert isinstance(port, OwnPort) and port.connection is not None
                    return port.connection
                return sqlite3.connect(database, uri=is_uri(database), check_same_thread=False)

            connection = aiosqlite.Connection(connect, iter_chunk_size=64)
            # The property cannot wait on this loop, so another one does, which is over when the connection is open.
            opening = threading.Thread(target=lambda: asyncio.run(_open(connection)))
            opening.start()
            opening.join()
            self._conn = connection
        return self._conn

    def setup_now(self) -> None:
        """Set up the tables, blocking."""
        SqliteSaverBase.setup(self)

    async def setup(self) -> None:
        """Set up the tables now. There is no need to: the first use does so."""
        await self.asetup()

    def close(self) -> None:
        """Store what is queued, end the saver's threads, and close the connections that it opened."""
        super().close()
        connection = self._take_own()
        if connection is not None:
            closing = threading.Thread(target=lambda: asyncio.run(connection.close()))
            closing.start()
            closing.join()

    async def aclose(self) -> None:
        """As `close`, without blocking the event loop."""
        await super().aclose()
        connection = self._take_own()
        if connection is not None:
            await connection.close()

    def _take_own(self) -> aiosqlite.Connection | None:
        if not isinstance(self.store.port, OwnPort):
            return None
        connection, self._conn = self._conn, None
        return connection


async def _open(connection: aiosqlite.Connection) -> None:
    await connection
