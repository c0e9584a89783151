"""The persister: it belongs to a database, not to an event loop, and stores all that waits in one transaction (group commit)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from actograph.checkpoint.records.errors import StorageError
from actograph.checkpoint.sqlite.failures import is_storage_failure, storage_error
from actograph.checkpoint.sqlite.ops import BEGIN, BEGIN_READ, COMMIT, ROLLBACK, Logic
from actograph.checkpoint.sqlite.tables import HEARTBEAT, Appended, Tables
from actograph.checkpoint.sqlite.worker import Item, Port

APPEND: Final = 0
"""Payload: an `Appended`. `line` is whatever has an attribute `error`: once an entry of a line failed, so do those after it."""
WORK: Final = 1
"""Payload: `Tables` -> logic that writes, inside of the transaction."""
LOOK: Final = 2
"""Payload: () -> logic that reads, after everything before it is committed."""
BARRIER: Final = 3
"""Payload: None. Answered when everything before it is committed, or has failed."""

Work = Callable[[Tables], Logic[Any]]
Look = Callable[[], Logic[Any]]


class Persister:
    """Handles the items of the worker that owns the writing connection."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def prepare(self, port: Port) -> None:
        try:
            port.run(self._tables.setup())
        except BaseException:
            _roll_back(port)
            raise

    def refuse(self, items: Sequence[Item], error: BaseException) -> None:
        if is_storage_failure(error):
            error = storage_error(error, doing="opening it", database=self._tables.database)
        for item in items:
            self._fail(item, error)

    def handle(self, port: Port, items: Sequence[Item]) -> None:
        writing = [item for item in items if item.kind <= WORK]
        if writing:
            self._store(port, writing)
        looking = [item for item in items if item.kind == LOOK]
        if looking:
            look(port, looking, self._tables.database)

    def _store(self, port: Port, items: Sequence[Item]) -> None:
        """All in one transaction; when that fails, each in its own, so that only those fail that are to blame."""
        error = self._transact(port, items)
        if error is None:
            return
        began, failure = error
        if len(items) == 1 or not began:
            for item in items:
                self._fail(item, failure)
            return
        for item in items:
            item.value = None
            item.error = None
            alone = self._transact(port, [item])
            if alone is not None:
                self._fail(item, alone[1])

    def _transact(self, port: Port, items: Sequence[Item]) -> tuple[bool, BaseException] | None:
        progress = _Progress()
        try:
            port.run(self._batch(items, progress))
        except BaseException as error:
            _roll_back(port)
            self._tables.rolled_back()
            return progress.began, error
        return None

    def _batch(self, items: Sequence[Item], progress: _Progress) -> Logic[None]:
        tables = self._tables
        yield BEGIN
        progress.began = True
        yield from tables.refresh()
        entries: list[Appended] = []
        for item in items:
            if item.kind == APPEND:
                spoilt = item.line.error if item.line is not None else None
                if spoilt is None:
                    entries.append(item.payload)
                else:
                    item.error = spoilt
                continue
            if entries:
                yield from tables.append(entries)
                entries = []
            item.value = yield from item.payload(tables)
        if entries:
            yield from tables.append(entries)
        yield from tables.lease(time.time())
        yield COMMIT

    def _fail(self, item: Item, error: BaseException) -> None:
        if item.kind == APPEND:
            error = storage_error(error, doing=_describe(item.payload), database=self._tables.database)
            if item.line is not None:
                item.line.error = error
        elif is_storage_failure(error):
            error = storage_error(error, doing="storing", database=self._tables.database)
        item.error = error

    def tick(self, port: Port) -> float | None:
        if not self._tables.running:
            return None
        if self._tables.lease_due(time.time()):
            try:
                port.run(self._heartbeat())
            except BaseException:
                # Nobody waits for this one. What it is for shows in the next commit, or in a lease that runs out.
                _roll_back(port)
        return HEARTBEAT

    def _heartbeat(self) -> Logic[None]:
        yield BEGIN
        yield from self._tables.lease(time.time())
        yield COMMIT

    def finish(self, port: Port) -> None:
        try:
            port.run(self._tables.release())
        except BaseException:
            # A lease that stays is one that runs out; the connection closes in any case.
            _roll_back(port)


class Reader:
    """Handles the items of a worker that owns a reading connection: all that wait are answered from one snapshot, in one hop."""

    def __init__(self, database: str) -> None:
        self._database = database

    def prepare(self, port: Port) -> None:
        """The persister made the tables."""

    def refuse(self, items: Sequence[Item], error: BaseException) -> None:
        for item in items:
            item.error = storage_error(error, doing="opening it for reading", database=self._database)

    def handle(self, port: Port, items: Sequence[Item]) -> None:
        look(port, items, self._database)

    def tick(self, port: Port) -> float | None:
        return None

    def finish(self, port: Port) -> None:
        """There is nothing to undo."""


class _Progress:
    __slots__ = ("began",)

    def __init__(self) -> None:
        self.began = False


def look(port: Port, items: Sequence[Item], database: str) -> None:
    """Answer reads from one snapshot; each fails for itself."""
    try:
        port.run(_look(items))
    except BaseException as error:
        _roll_back(port)
        failure = storage_error(error, doing="reading", database=database) if is_storage_failure(error) else error
        for item in items:
            item.error = failure
        return
    for item in items:
        if item.error is not None and is_storage_failure(item.error):
            item.error = storage_error(item.error, doing="reading", database=database)


def _look(items: Sequence[Item]) -> Logic[None]:
    yield BEGIN_READ
    for item in items:
        try:
            item.value = yield from item.payload()
        except Exception as error:
            item.error = error
    yield COMMIT


def _roll_back(port: Port) -> None:
    try:
        port.run(_undo())
    except BaseException:
        # The connection is gone; its transaction went with it, and the error that led here is the one to tell.
        return


def _undo() -> Logic[None]:
    yield ROLLBACK


def _describe(entry: Appended) -> str:
    thread_id, checkpoint_ns = entry.key
    what = "a checkpoint" if entry.checkpoint is not None else "writes" if entry.writes else "the state of a run"
    return f"storing {what} of thread {thread_id!r}" + (f" (namespace {checkpoint_ns!r})" if checkpoint_ns else "")


__all__ = ("APPEND", "BARRIER", "LOOK", "WORK", "Look", "Persister", "Reader", "StorageError", "Work")
