"""The journal of a run on SQLite: encodes on the calling thread, leaves the rest to the persister."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from actograph.checkpoint.journal import Done, RunStatus, Snapshot, TaskWrites, Version
from actograph.checkpoint.records.encoder import Encoder
from actograph.checkpoint.records.ids import pack_id, pack_once
from actograph.checkpoint.records.wire import Memo, Wire
from actograph.checkpoint.records.writes import seal_writes
from actograph.checkpoint.sqlite.persister import APPEND
from actograph.checkpoint.sqlite.tables import Appended, Key, WriteRow
from actograph.checkpoint.sqlite.worker import Item

if TYPE_CHECKING:
    from actograph.checkpoint.sqlite.saver import SqliteSaverBase


class SqliteJournal:
    """One run's entries, in order. `error` is set once an entry could not be stored; every later entry then fails with it too."""

    __slots__ = ("_encoder", "_epoch", "_key", "_loop", "_run_id", "_saver", "error")

    def __init__(self, saver: SqliteSaverBase, key: Key, run_id: str, loop: asyncio.AbstractEventLoop) -> None:
        self._saver = saver
        self._key = key
        self._run_id = run_id
        self._loop = loop
        self._epoch = saver.store.epoch
        self._encoder: Encoder | None = None
        self.error: BaseException | None = None

    def commit(
        self,
        *,
        snapshot: Snapshot | None = None,
        writes: Sequence[TaskWrites] = (),
        status: RunStatus | None = None,
        done: Done | None = None,
    ) -> bool:
        """See `Journal.commit`. Always returns False: it is stored later."""
        saver = self._saver
        store = saver.store
        wire = saver.wire
        record = None
        payloads = None
        memo: Memo = {}
        size = 60
        encoder = self._encoder
        if snapshot is not None:
            if encoder is None or encoder.checkpoint_id != snapshot.parent_id or encoder.wire is not wire:
                encoder = self._encoder = saver.warm.take(self._key, snapshot.parent_id)
            orphan = self._epoch != store.epoch
            if orphan:
                # The thread was deleted under this run: what the checkpoint would build on is gone.
                self._epoch = store.epoch
                encoder.forget()
            record = encoder.encode(snapshot, whole=orphan, memo=memo)
            size += record.size
            if writes and record.values:
                payloads = {value[0]: (value[1], value[3]) for value in record.values if value[4] is None}
        rows: list[WriteRow] = []
        try:
            for task in writes:
                size += add_rows(rows, wire, task, payloads, memo)
        except BaseException:
            if record is not None and encoder is not None:
                # It is not stored, so nothing may build on it.
                encoder.forget()
            raise
        if record is not None and encoder is not None:
            saver.warm.keep(self._key, encoder)
        entry = Appended(self._key, record, rows, None if status is None else (self._run_id, status), size)
        store.submit(Item(APPEND, entry, None, self._loop, size, self, done))
        return False


def add_rows(
    rows: list[WriteRow],
    wire: Wire,
    task: TaskWrites,
    payloads: Mapping[str, tuple[Version, bytes]] | None = None,
    memo: Memo | None = None,
) -> int:
    """Add the rows of one task's writes; see `seal_writes`. Returns their bytes, about."""
    checkpoint_id, task_id, path, size = pack_id(task.checkpoint_id), pack_once(task.task_id), task.task_path, 0
    for slot, blob in seal_writes(wire, task.writes, payloads, memo):
        rows.append((checkpoint_id, task_id, path, slot, blob))
        size += 80 + len(blob)
    return size
