"""The journal of a run on SQLite: encodes on the calling thread, leaves the rest to the persister."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from actograph.checkpoint.journal import Done, RunStatus, Snapshot, TaskWrites, Version
from actograph.checkpoint.records.encoder import Encoder
from actograph.checkpoint.records.ids import pack_id
from actograph.checkpoint.records.writes import Write, dump_writes, seal_writes
from actograph.checkpoint.sqlite.persister import APPEND
from actograph.checkpoint.sqlite.tables import Appended, Key, WriteRow
from actograph.checkpoint.sqlite.worker import Item, Reply

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
        wire = saver.wire
        dumped = [dump_writes(wire, task.writes) for task in writes] if writes else ()
        record = None
        payloads = None
        if snapshot is not None:
            encoder = self._encoder
            if encoder is None or encoder.checkpoint_id != snapshot.parent_id or encoder.wire is not wire:
                encoder = self._encoder = saver.warm.take(self._key, snapshot.parent_id)
            orphan = self._epoch != saver.store.epoch
            if orphan:
                # The thread was deleted under this run: what the checkpoint would build on is gone.
                self._epoch = saver.store.epoch
                encoder.forget()
            record = encoder.encode(snapshot, whole=orphan)
            saver.warm.keep(self._key, encoder)
            if dumped and record.values:
                payloads = {value[0]: (value[1], value[3]) for value in record.values if value[4] is None}
        rows = seal_rows(writes, dumped, payloads) if dumped else ()
        entry = Appended(self._key, record, rows, None if status is None else (self._run_id, status))
        reply: Reply | None = None
        if done is not None:
            answered = done

            def answer(_: Any, error: BaseException | None) -> None:
                answered(error)

            reply = answer

        saver.store.submit(Item(APPEND, entry, reply=reply, loop=self._loop, size=entry.size, line=self))
        return False


def seal_rows(
    tasks: Sequence[TaskWrites],
    dumped: Sequence[Sequence[Write]],
    payloads: Mapping[str, tuple[Version, bytes]] | None = None,
) -> list[WriteRow]:
    """The rows of several tasks' writes; see `seal_writes`."""
    rows: list[WriteRow] = []
    for task, writes in zip(tasks, dumped, strict=True):
        checkpoint_id, task_id = pack_id(task.checkpoint_id), pack_id(task.task_id)
        for slot, blob in seal_writes(writes, payloads):
            rows.append((checkpoint_id, task_id, task.task_path, slot, blob))
    return rows
