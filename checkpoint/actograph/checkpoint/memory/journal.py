"""The journal of a run in memory: everything is stored when `commit` returns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from actograph.checkpoint.journal import Done, RunStatus, Snapshot, TaskWrites
from actograph.checkpoint.records.encoder import Encoder
from actograph.checkpoint.records.wire import Memo
from actograph.checkpoint.records.writes import dump_writes

if TYPE_CHECKING:
    from actograph.checkpoint.memory.saver import InMemorySaver


class MemoryJournal:
    """One run's entries."""

    __slots__ = ("_encoder", "_epoch", "_key", "_run_id", "_saver")

    def __init__(self, saver: InMemorySaver, key: tuple[str, str], run_id: str) -> None:
        self._saver = saver
        self._key = key
        self._run_id = run_id
        self._epoch = saver.kept.epoch
        self._encoder: Encoder | None = None

    def commit(
        self,
        *,
        snapshot: Snapshot | None = None,
        writes: Sequence[TaskWrites] = (),
        status: RunStatus | None = None,
        done: Done | None = None,
    ) -> bool:
        """See `Journal.commit`. Always returns True, and never calls `done`."""
        saver = self._saver
        wire = saver.wire
        memo: Memo = {}
        rows = [
            (task.checkpoint_id, (task.task_id, task.task_path, tuple(dump_writes(wire, task.writes, memo))))
            for task in writes
        ]
        checkpoint = None
        if snapshot is not None:
            encoder = self._encoder
            if encoder is None or encoder.checkpoint_id != snapshot.parent_id or encoder.wire is not wire:
                encoder = self._encoder = saver.warm.take(self._key, snapshot.parent_id)
            orphan = self._epoch != saver.kept.epoch
            if orphan:
                # The thread was deleted under this run: what the checkpoint would build on is gone.
                self._epoch = saver.kept.epoch
                encoder.forget()
            record = encoder.encode(snapshot, whole=orphan, memo=memo)
            checkpoint = (snapshot.checkpoint_id, snapshot.parent_id, record)
            saver.warm.keep(self._key, encoder)
        saver.kept.store(self._key, checkpoint, rows, None if status is None else (self._run_id, status))
        return True
