"""Storage logic does no I/O: it is written as generators that yield operations and are sent rows. This module performs them.

One logic, two drivers: a `sqlite3.Connection` in the calling thread, and an `aiosqlite.Connection` through its public methods.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from enum import IntEnum
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from actograph.checkpoint.sqlite import sql

if TYPE_CHECKING:
    import sqlite3

    import aiosqlite

T = TypeVar("T")
Rows = list[Any]


class Mode(IntEnum):
    """What an operation is: a statement, one for many rows of parameters, a query, or an end of a transaction."""

    RUN = 0
    MANY = 1
    ROWS = 2
    BEGIN = 3
    COMMIT = 4
    ROLLBACK = 5


class Op(msgspec.Struct, frozen=True, gc=False):
    """One operation on the database. `ROWS` is answered with all rows, everything else with an empty list."""

    sql: str
    params: Sequence[Any] = ()
    mode: Mode = Mode.RUN


Logic = Generator[Op, Rows, T]

BEGIN = Op(sql.BEGIN, (), Mode.BEGIN)
BEGIN_READ = Op(sql.BEGIN_READ, (), Mode.BEGIN)
COMMIT = Op(sql.COMMIT, (), Mode.COMMIT)
ROLLBACK = Op(sql.ROLLBACK, (), Mode.ROLLBACK)


def rows(statement: str, params: Sequence[Any] = ()) -> Op:
    """A query."""
    return Op(statement, params, Mode.ROWS)


def insert(statements: dict[int, str], records: Sequence[Sequence[Any]]) -> Logic[None]:
    """Many rows with few statements (see `sql.ROW_COUNTS`)."""
    start, total = 0, len(records)
    for count in sql.ROW_COUNTS:
        while total - start >= count:
            if count == 1:
                params: Sequence[Any] = records[start]
            else:
                params = list(chain.from_iterable(records[start : start + count]))
            yield Op(statements[count], params)
            start += count


def drive(connection: sqlite3.Connection, logic: Logic[T]) -> T:
    """Perform a logic's operations on a connection, in this thread."""
    try:
        op = next(logic)
        while True:
            try:
                answer = perform(connection, op)
            except Exception as error:
                op = logic.throw(error)
            else:
                op = logic.send(answer)
    except StopIteration as stop:
        result: T = stop.value
        return result


def perform(connection: sqlite3.Connection, op: Op) -> Rows:
    """One operation on a `sqlite3.Connection`."""
    mode = op.mode
    if mode == Mode.RUN:
        connection.execute(op.sql, op.params)
    elif mode == Mode.ROWS:
        cursor = connection.cursor()
        # A factory that the owner of the connection set is not for our rows.
        cursor.row_factory = None
        return cursor.execute(op.sql, op.params).fetchall()
    elif mode == Mode.MANY:
        connection.executemany(op.sql, op.params)
    elif mode == Mode.BEGIN:
        if connection.in_transaction:
            # Handed in with a transaction of the owner's open: it is committed, as every write through this saver commits.
            connection.commit()
        if not connection.in_transaction:
            connection.execute(op.sql)
    elif mode == Mode.COMMIT:
        connection.commit()
        if connection.in_transaction and getattr(connection, "autocommit", None) is not False:
            connection.execute(op.sql)
    elif connection.in_transaction:
        connection.rollback()
        if connection.in_transaction and getattr(connection, "autocommit", None) is not False:
            connection.execute(op.sql)
    return []


async def adrive(connection: aiosqlite.Connection, logic: Logic[T]) -> T:
    """As `drive`, on an `aiosqlite.Connection`."""
    try:
        op = next(logic)
        while True:
            try:
                answer = await aperform(connection, op)
            except Exception as error:
                op = logic.throw(error)
            else:
                op = logic.send(answer)
    except StopIteration as stop:
        result: T = stop.value
        return result


async def aperform(connection: aiosqlite.Connection, op: Op) -> Rows:
    """One operation on an `aiosqlite.Connection`."""
    mode = op.mode
    if mode == Mode.RUN:
        await (await connection.execute(op.sql, op.params)).close()
    elif mode == Mode.ROWS:
        return [tuple(row) for row in await connection.execute_fetchall(op.sql, op.params)]
    elif mode == Mode.MANY:
        await (await connection.executemany(op.sql, op.params)).close()
    elif mode == Mode.BEGIN:
        if connection.in_transaction:
            await connection.commit()
        if not connection.in_transaction:
            await (await connection.execute(op.sql)).close()
    elif mode == Mode.COMMIT:
        await connection.commit()
        if connection.in_transaction:
            # Opened with autocommit=True, where the method does nothing.
            await (await connection.execute(op.sql)).close()
    elif connection.in_transaction:
        await connection.rollback()
        if connection.in_transaction:
            await (await connection.execute(op.sql)).close()
    return []
