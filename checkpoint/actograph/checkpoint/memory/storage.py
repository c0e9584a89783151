"""What the memory saver holds: one object per thread and namespace, under one lock."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from actograph.checkpoint.journal import RunStatus
from actograph.checkpoint.memory.rows import Rows, TaskRow, added, unpacked
from actograph.checkpoint.records.assemble import Found, ValueLine, chain_cost, wanted_values
from actograph.checkpoint.records.encoder import CheckpointRecord, ValueRecord
from actograph.checkpoint.records.errors import CorruptRecordError
from actograph.checkpoint.records.ids import pack_id
from actograph.checkpoint.records.state import State, Version, decode_state, encode_full
from actograph.checkpoint.records.statistics import SaverStatistics
from actograph.checkpoint.records.values import assemble_value
from actograph.checkpoint.records.wire import LIVE
from actograph.checkpoint.records.writes import merge_writes

DATABASE: Final = "memory"

Key = tuple[str, str]
"""(thread id, namespace)"""
Blob = tuple[Version | None, bytes, str | None]
"""(version it builds on, payload, tag)"""


class Entry(msgspec.Struct):
    """One stored checkpoint. `overrides` are values (payload, tag) that only this checkpoint has; `rows` are the writes of tasks on it,
    the oldest first."""

    parent_id: str | None
    ts: int | str
    metadata: str
    typed: bytes | None
    whole: bool
    state: bytes
    extra: bytes | None = None
    overrides: dict[str, tuple[bytes, str | None]] | None = None
    rows: Rows = None


class Scope:
    """The checkpoints of one thread in one namespace.

    Attributes:
        thread_id: as it was given first.
        entries: checkpoint id -> `Entry`.
        newest: the greatest checkpoint id.
        blobs: (channel, version) -> stored value.
        early: checkpoint id -> writes on a checkpoint that is not there (yet).
    """

    __slots__ = ("blobs", "early", "entries", "newest", "thread_id")

    def __init__(self, thread_id: Any) -> None:
        self.thread_id = thread_id
        self.entries: dict[str, Entry] = {}
        self.newest = ""
        self.blobs: dict[tuple[str, Version], Blob] | None = None
        self.early: dict[str, Rows] | None = None

    def add(self, checkpoint_id: str, entry: Entry) -> None:
        """Add a checkpoint, or replace one; writes on it stay."""
        replaced = self.entries.get(checkpoint_id)
        if replaced is not None:
            entry.rows = replaced.rows
        elif self.early is not None:
            entry.rows = self.early.pop(checkpoint_id, None)
        self.entries[checkpoint_id] = entry
        if checkpoint_id >= self.newest:
            self.newest = checkpoint_id

    def add_writes(self, checkpoint_id: str, row: TaskRow) -> None:
        """Add a task's writes; special ones replace the task's earlier ones."""
        entry = self.entries.get(checkpoint_id)
        if entry is None:
            self.early = {} if self.early is None else self.early
            self.early[checkpoint_id] = added(self.early.get(checkpoint_id), row)
        else:
            entry.rows = added(entry.rows, row)

    def add_value(self, channel: str, version: Version, blob: Blob) -> None:
        """Add a version of a channel."""
        if self.blobs is None:
            self.blobs = {}
        self.blobs[channel, version] = blob

    def rebase(self, checkpoint_id: str) -> None:
        """Replace the difference that a checkpoint's state is by the full state."""
        entry = self.entries[checkpoint_id]
        if not entry.whole:
            states = self.states(checkpoint_id)
            if states is not None:
                entry.state = encode_full(decode_state(states, where=f"checkpoint {checkpoint_id}", database=DATABASE))
                entry.whole = True

    def states(self, checkpoint_id: str) -> list[bytes] | None:
        """The full state and the differences after it; None when one is missing."""
        states: list[bytes] = []
        at: str | None = checkpoint_id
        while at is not None and (entry := self.entries.get(at)) is not None:
            states.append(entry.state)
            if entry.whole:
                states.reverse()
                return states
            at = entry.parent_id
        return None

    def line(self, channel: str, version: Version) -> list[Blob]:
        """A version and those it builds on, the full one first."""
        line: list[Blob] = []
        blobs = self.blobs or {}
        at: Version | None = version
        while at is not None and (blob := blobs.get((channel, at))) is not None:
            line.append(blob)
            at = blob[0]
        line.reverse()
        return line

    def lines(self, state: State) -> dict[str, ValueLine]:
        """All values of a state that are not in the state itself."""
        values: dict[str, ValueLine] = {}
        if self.blobs:
            for channel, version in wanted_values(state):
                line = self.line(channel, version)
                if line:
                    values[channel] = ([blob[1] for blob in line], line[-1][2])
        return values

    def fetch(self, checkpoint_ns: str, checkpoint_id: str) -> Found | None:
        """One checkpoint with all that belongs to it."""
        entry = self.entries.get(checkpoint_id)
        if entry is None:
            return None
        states = self.states(checkpoint_id)
        if states is None:
            raise CorruptRecordError(
                f"checkpoint {checkpoint_id} of thread {self.thread_id!r} builds on one that was deleted",
                database=DATABASE,
                remedy="Do not delete a thread while it runs.",
            )
        state = decode_state(states, where=f"checkpoint {checkpoint_id}", database=DATABASE)
        if entry.extra is not None:
            state.extra = entry.extra
        values = self.lines(state)
        for channel, (payload, tag) in (entry.overrides or {}).items():
            values[channel] = ([payload], tag)
        return Found(
            self.thread_id,
            checkpoint_ns,
            pack_id(checkpoint_id),
            None if entry.parent_id is None else pack_id(entry.parent_id),
            entry.ts,
            entry.metadata,
            entry.typed,
            state,
            chain_cost(states),
            values,
            merge_writes(unpacked(entry.rows)),
        )


class Storage:
    """Scopes by thread and namespace. Thread-safe."""

    def __init__(self, factory: Callable[[Callable[[], Any]], Any]) -> None:
        self.scopes: dict[Key, Scope] = factory(lambda: None)
        self.threads: dict[str, tuple[Key, ...]] = {}
        self.epoch = 0
        """Counts deletions."""
        self._lock = threading.Lock()
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

    def _scope(self, key: Key, thread_id: Any = None) -> Scope:
        found = self.scopes.get(key)
        if found is None:
            found = self.scopes[key] = Scope(key[0] if thread_id is None else thread_id)
            self.threads[key[0]] = (*self.threads.get(key[0], ()), key)
        return found

    def store(
        self,
        key: Key,
        checkpoint: tuple[str, str | None, CheckpointRecord] | None,
        rows: Sequence[tuple[str, TaskRow]],
        run: tuple[str, RunStatus] | None,
    ) -> None:
        """Store one entry of a journal: a checkpoint (id, parent id, record), writes (checkpoint id, row), the state of a run."""
        with self._lock:
            self._entries += 1
            scope = self._scope(key)
            for on, row in rows:
                scope.add_writes(on, row)
                for write in row[2]:
                    self._bytes += len(write[2])
            if checkpoint is not None:
                checkpoint_id, parent_id, record = checkpoint
                self._bytes += record.size
                for channel, version, base, payload, tag in record.values:
                    scope.add_value(channel, version, (base, payload, tag))
                # Many checkpoints say the same in their metadata.
                metadata = sys.intern(record.metadata)
                entry = Entry(parent_id, record.ts, metadata, record.typed, record.full, record.state)
                scope.add(checkpoint_id, entry)
                if record.rebase:
                    scope.rebase(checkpoint_id)
            if run is not None:
                if run[1] is RunStatus.RUNNING:
                    self._running.add(run[0])
                else:
                    self._running.discard(run[0])

    def put(
        self,
        key: Key,
        thread_id: Any,
        checkpoint_id: str,
        entry: Entry,
        values: Sequence[tuple[ValueRecord, bytes]],
    ) -> None:
        """Store a whole checkpoint, in place of one with the same id. A version that is there already with another value stays as it is for
        the checkpoints that have it; this one then holds its own value."""
        with self._lock:
            self._entries += 1
            scope = self._scope(key, thread_id)
            if checkpoint_id in scope.entries:
                for name, other in scope.entries.items():
                    if other.parent_id == checkpoint_id:
                        scope.rebase(name)
            for (channel, version, base, payload, tag), raw in values:
                line = scope.line(channel, version)
                if not line:
                    scope.add_value(channel, version, (base, payload, tag))
                    self._bytes += len(payload)
                elif not _same(line, payload, tag, raw, channel):
                    own = (raw, LIVE) if tag is None else (payload, tag)
                    entry.overrides = {**(entry.overrides or {}), channel: own}
            scope.add(checkpoint_id, entry)

    def find(self, key: Key, checkpoint_id: str | None) -> Found | None:
        """The checkpoint with this id, or the newest one."""
        with self._lock:
            self._reads += 1
            scope = self.scopes.get(key)
            return None if scope is None else scope.fetch(key[1], checkpoint_id or scope.newest)

    def listed(
        self, thread_id: str | None, checkpoint_ns: str | None, checkpoint_id: str | None
    ) -> Sequence[tuple[Key, str]]:
        """(key, checkpoint id) of what a listing goes through, thread by thread, the newest of each first."""
        with self._lock:
            threads = list(self.threads) if thread_id is None else [thread_id]
            return [
                (key, found)
                for thread in threads
                for key in self.threads.get(thread, ())
                if checkpoint_ns is None or key[1] == checkpoint_ns
                for found in sorted(self.scopes[key].entries, reverse=True)
                if checkpoint_id is None or found == checkpoint_id
            ]

    def delete_thread(self, thread_id: str) -> None:
        """Delete all that is stored of a thread."""
        with self._lock:
            self.epoch += 1
            for key in self.threads.pop(thread_id, ()):
                del self.scopes[key]


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
