"""What the memory saver holds: dicts, under one lock."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from actograph.checkpoint.journal import RunStatus
from actograph.checkpoint.records.assemble import Found, ValueLine, chain_cost, wanted_values
from actograph.checkpoint.records.encoder import CheckpointRecord, ValueRecord
from actograph.checkpoint.records.errors import CorruptRecordError
from actograph.checkpoint.records.ids import pack_id, unpack_id
from actograph.checkpoint.records.state import State, Version, decode_state, encode_full
from actograph.checkpoint.records.statistics import SaverStatistics
from actograph.checkpoint.records.values import assemble_value
from actograph.checkpoint.records.wire import LIVE
from actograph.checkpoint.records.writes import Pending, Write

DATABASE: Final = "memory"

Key = tuple[str, str]
"""(thread id, namespace)"""
Blob = tuple[Version | None, bytes, str | None]
"""(version it builds on, payload, tag)"""
TaskRow = tuple[str, str, str, Sequence[Write]]
"""(checkpoint id, task id, task path, writes)"""


class Entry(msgspec.Struct):
    """One stored checkpoint. `overrides` are values (payload, tag) that only this checkpoint has."""

    thread_id: Any
    parent_id: str | None
    ts: int | str
    metadata: str
    typed: bytes | None
    whole: bool
    state: bytes
    extra: bytes | None = None
    overrides: dict[str, tuple[bytes, str | None]] | None = None


class Storage:
    """Threads with their checkpoints, values and writes. Thread-safe; nothing is decoded under the lock but states.

    Attributes:
        storage: thread id -> namespace -> checkpoint id -> `Entry`.
        blobs: (thread id, namespace) -> (channel, version) -> (version it builds on, payload, tag).
        writes: (thread id, namespace) -> checkpoint id -> (task id, index) -> (task path, write).
        epoch: counts deletions.
    """

    def __init__(self, factory: Callable[[Callable[[], Any]], Any]) -> None:
        self.storage: dict[str, dict[str, dict[str, Entry]]] = factory(lambda: defaultdict(dict))
        self.blobs: dict[Key, dict[tuple[str, Version], Blob]] = defaultdict(dict)
        self.writes: dict[Key, dict[str, Pending]] = defaultdict(dict)
        self.epoch = 0
        self._newest: dict[Key, str] = {}
        self._lock = threading.RLock()
        self._running: set[str] = set()
        self._entries = 0
        self._bytes = 0
        self._reads = 0

    def statistics(self) -> SaverStatistics:
        """A snapshot of the counters."""
        with self._lock:
            entries = self._entries
            return SaverStatistics(
                entries, entries, min(entries, 1), 0, 0, self._bytes, self._reads, len(self._running)
            )

    def store(
        self,
        key: Key,
        record: CheckpointRecord | None,
        rows: Sequence[TaskRow],
        run: tuple[str, RunStatus] | None,
    ) -> None:
        """Store one entry of a journal."""
        with self._lock:
            self._entries += 1
            for row in rows:
                self._add_writes(key, row)
            if record is not None:
                self._bytes += record.size
                if record.values:
                    blobs = self.blobs[key]
                    for channel, version, base, payload, tag in record.values:
                        blobs[channel, version] = (base, payload, tag)
                checkpoint_id = unpack_id(record.checkpoint_id)
                parent_id = None if record.parent_id is None else unpack_id(record.parent_id)
                entry = Entry(key[0], parent_id, record.ts, record.metadata, record.typed, record.full, record.state)
                self._add(key, checkpoint_id, entry)
                if record.rebase:
                    self._rebase(key, checkpoint_id)
            if run is not None:
                if run[1] is RunStatus.RUNNING:
                    self._running.add(run[0])
                else:
                    self._running.discard(run[0])

    def _add_writes(self, key: Key, row: TaskRow) -> None:
        checkpoint_id, task_id, task_path, writes = row
        stored = self.writes[key].setdefault(checkpoint_id, {})
        for write in writes:
            place = (task_id, write[0])
            if write[0] < 0 or place not in stored:
                stored[place] = (task_path, write)
                self._bytes += len(write[2])

    def _add(self, key: Key, checkpoint_id: str, entry: Entry) -> None:
        self.storage[key[0]][key[1]][checkpoint_id] = entry
        if checkpoint_id >= self._newest.get(key, ""):
            self._newest[key] = checkpoint_id

    def put(self, key: Key, checkpoint_id: str, entry: Entry, values: Sequence[tuple[ValueRecord, bytes]]) -> None:
        """Store a whole checkpoint, in place of one with the same id. A version that is there already with another value stays as it is for
        the checkpoints that have it; this one then holds its own value."""
        with self._lock:
            self._entries += 1
            entries = self.storage[key[0]][key[1]]
            if checkpoint_id in entries:
                for name, other in entries.items():
                    if other.parent_id == checkpoint_id:
                        self._rebase(key, name)
            blobs = self.blobs[key]
            for (channel, version, base, payload, tag), raw in values:
                line = self._line(key, channel, version)
                if not line:
                    blobs[channel, version] = (base, payload, tag)
                    self._bytes += len(payload)
                elif not _same(line, payload, tag, raw, channel):
                    own = (raw, LIVE) if tag is None else (payload, tag)
                    entry.overrides = {**(entry.overrides or {}), channel: own}
            self._add(key, checkpoint_id, entry)

    def _rebase(self, key: Key, checkpoint_id: str) -> None:
        """Replace the difference that a checkpoint's state is by the full state."""
        entry = self.storage[key[0]][key[1]][checkpoint_id]
        if not entry.whole:
            states = self._states(key, checkpoint_id)
            if states is not None:
                entry.state = encode_full(decode_state(states, where=f"checkpoint {checkpoint_id}", database=DATABASE))
                entry.whole = True

    def _states(self, key: Key, checkpoint_id: str) -> Sequence[bytes] | None:
        """The full state and the differences after it; None when one is missing."""
        entries = self.storage[key[0]][key[1]]
        states = []
        at: str | None = checkpoint_id
        while at is not None and (entry := entries.get(at)) is not None:
            states.append(entry.state)
            if entry.whole:
                states.reverse()
                return states
            at = entry.parent_id
        return None

    def find(self, key: Key, checkpoint_id: str | None) -> Found | None:
        """The checkpoint with this id, or the newest one."""
        with self._lock:
            self._reads += 1
            wanted = self._newest.get(key) if checkpoint_id is None else checkpoint_id
            return None if wanted is None else self._fetch(key, wanted)

    def _fetch(self, key: Key, checkpoint_id: str) -> Found | None:
        thread_id, checkpoint_ns = key
        entry = self.storage[thread_id][checkpoint_ns].get(checkpoint_id) if thread_id in self.storage else None
        if entry is None:
            return None
        states = self._states(key, checkpoint_id)
        if states is None:
            raise CorruptRecordError(
                f"checkpoint {checkpoint_id} of thread {thread_id!r} builds on one that was deleted",
                database=DATABASE,
                remedy="Do not delete a thread while it runs.",
            )
        state = decode_state(states, where=f"checkpoint {checkpoint_id}", database=DATABASE)
        if entry.extra is not None:
            state.extra = entry.extra
        values = self._lines(key, state)
        for channel, (payload, tag) in (entry.overrides or {}).items():
            values[channel] = ([payload], tag)
        writes = self.writes[key].get(checkpoint_id) if key in self.writes else None
        return Found(
            entry.thread_id,
            checkpoint_ns,
            pack_id(checkpoint_id),
            None if entry.parent_id is None else pack_id(entry.parent_id),
            entry.ts,
            entry.metadata,
            entry.typed,
            state,
            chain_cost(states),
            values,
            dict(writes) if writes else {},
        )

    def _lines(self, key: Key, state: State) -> dict[str, ValueLine]:
        values: dict[str, ValueLine] = {}
        for channel, version in wanted_values(state):
            line = self._line(key, channel, version)
            if line:
                values[channel] = ([blob[1] for blob in line], line[-1][2])
        return values

    def _line(self, key: Key, channel: str, version: Version) -> Sequence[Blob]:
        """A version and those it builds on, the full one first."""
        line = []
        blobs = self.blobs[key]
        at: Version | None = version
        while at is not None and (blob := blobs.get((channel, at))) is not None:
            line.append(blob)
            at = blob[0]
        line.reverse()
        return line

    def listed(
        self, thread_id: str | None, checkpoint_ns: str | None, checkpoint_id: str | None
    ) -> Sequence[tuple[Key, str]]:
        """(key, checkpoint id) of what a listing goes through, thread by thread, the newest of each first."""
        with self._lock:
            if thread_id is None:
                threads = list(self.storage)
            else:
                threads = [thread_id] if thread_id in self.storage else []
            return [
                ((thread, namespace), found)
                for thread in threads
                for namespace, entries in self.storage[thread].items()
                if checkpoint_ns is None or namespace == checkpoint_ns
                for found in sorted(entries, reverse=True)
                if checkpoint_id is None or found == checkpoint_id
            ]

    def delete_thread(self, thread_id: str) -> None:
        """Delete all that is stored of a thread."""
        with self._lock:
            self.epoch += 1
            for checkpoint_ns in self.storage.pop(thread_id, ()):
                self._newest.pop((thread_id, checkpoint_ns), None)
            for key in [key for key in (*self.blobs, *self.writes) if key[0] == thread_id]:
                self.blobs.pop(key, None)
                self.writes.pop(key, None)


def _same(line: Sequence[Blob], payload: bytes, tag: str | None, raw: bytes, channel: str) -> bool:
    """Whether a stored version has this value."""
    _, stored, stored_tag = line[-1]
    if tag != stored_tag or tag == LIVE:
        return False
    if stored == payload:
        return True
    if tag is not None:
        return False
    return assemble_value([blob[1] for blob in line], where=f"channel {channel!r}", database=DATABASE)[0] == raw
