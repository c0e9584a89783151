"""Connections as workers use them: one that is opened in the worker's thread, one that was handed in, one of aiosqlite."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from typing import TYPE_CHECKING, TypeVar

from actograph.checkpoint.records.errors import ThreadBoundConnectionError
from actograph.checkpoint.sqlite import sql
from actograph.checkpoint.sqlite.ops import Logic, adrive, drive, rows

if TYPE_CHECKING:
    import aiosqlite

T = TypeVar("T")


def is_uri(database: str) -> bool:
    """Whether a connection string is an SQLite URI."""
    return database.startswith("file:")


def is_private(database: str) -> bool:
    """Whether a second connection to this string would see another, empty database."""
    return database in ("", ":memory:") or (is_uri(database) and (":memory:" in database or "mode=memory" in database))


class OwnPort:
    """A connection opened by the worker, with everything set for durability: WAL and `synchronous=FULL`."""

    def __init__(self, database: str | os.PathLike[str], *, read_only: bool = False) -> None:
        self.database = os.fspath(database)
        self.connection: sqlite3.Connection | None = None
        self._read_only = read_only

    def open(self) -> None:
        connection = sqlite3.connect(
            self.database,
            timeout=10.0,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
            uri=is_uri(self.database),
        )
        try:
            connection.execute(sql.BUSY_TIMEOUT)
            if self._read_only:
                connection.execute(sql.QUERY_ONLY)
            else:
                _write_ahead(connection)
                connection.execute(sql.SYNCHRONOUS_FULL)
        except BaseException:
            connection.close()
            raise
        self.connection = connection

    def run(self, logic: Logic[T]) -> T:
        assert self.connection is not None
        return drive(self.connection, logic)

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to WAL. Several processes may do so at once, and SQLite does not wait for the lock it needs here."""
    for attempt in range(200):
        try:
            connection.execute(sql.JOURNAL_MODE_WAL)
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or attempt == 199:
                raise
            threading.Event().wait(0.01)


class SharedPort:
    """A `sqlite3.Connection` that was handed in. Its owner may use it too, and closes it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def open(self) -> None:
        if self.connection.in_transaction:
            self.connection.commit()
        # With autocommit=False there always is a transaction, in which the journal mode cannot be changed: it is the owner's choice then.
        if not self.connection.in_transaction:
            _write_ahead(self.connection)

    def run(self, logic: Logic[T]) -> T:
        return drive(self.connection, logic)

    def close(self) -> None:
        """The connection is its owner's."""


class AioPort:
    """An `aiosqlite.Connection` that was handed in. aiosqlite answers on whatever loop asks, so the worker asks from a loop of its own:
    the connection then serves every loop and every thread, and outlives the loop on which it was opened."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self.connection = connection
        self._loop: asyncio.AbstractEventLoop | None = None

    def open(self) -> None:
        self._loop = asyncio.new_event_loop()
        try:
            self._loop.run_until_complete(self._connect())
        except BaseException:
            self.close()
            raise

    async def _connect(self) -> None:
        try:
            self.connection.in_transaction  # noqa: B018  # says whether it is connected
        except ValueError:
            await self.connection
        if self.connection.in_transaction:
            await self.connection.commit()
        if not self.connection.in_transaction:
            async with self.connection.execute(sql.JOURNAL_MODE_WAL):
                pass

    def run(self, logic: Logic[T]) -> T:
        assert self._loop is not None
        return self._loop.run_until_complete(adrive(self.connection, logic))

    def close(self) -> None:
        if self._loop is not None:
            self._loop.close()
            self._loop = None


def check_threads(connection: sqlite3.Connection) -> None:
    """Raise `ThreadBoundConnectionError` when a connection only works in the thread that opened it."""
    failures: list[sqlite3.Error] = []

    def probe() -> None:
        try:
            connection.cursor().close()
        except sqlite3.Error as error:
            failures.append(error)

    thread = threading.Thread(target=probe)
    thread.start()
    thread.join()
    if failures and "thread" in str(failures[0]):
        raise ThreadBoundConnectionError(
            "the connection handed in works in one thread only, and a saver serves any",
            database=name_of(connection),
            remedy="Open it with sqlite3.connect(path, check_same_thread=False), or use from_conn_string(path).",
        ) from failures[0]


def name_of(connection: sqlite3.Connection) -> str:
    """The file of a connection, for messages."""
    try:
        found = drive(connection, _main_file())
    except sqlite3.Error:
        return "a connection handed in"
    return found or ":memory:"


def _main_file() -> Logic[str]:
    for _, name, file in (yield rows(sql.DATABASE_LIST)):
        if name == "main":
            return str(file or "")
    return ""
