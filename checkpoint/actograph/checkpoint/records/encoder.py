"""From what the engine hands over to what is stored: one encoder per line of checkpoints, and the encoders kept warm between runs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from actograph.checkpoint.base import LATEST_VERSION
from actograph.checkpoint.journal import Snapshot
from actograph.checkpoint.records.ids import PackedId, PackedTime, pack_id, pack_time
from actograph.checkpoint.records.metadata import encode_metadata
from actograph.checkpoint.records.state import ROW_COST, TINY, Version, encode_state, limit_for
from actograph.checkpoint.records.values import FULL, Log, encode_value, seal
from actograph.checkpoint.records.wire import LIVE, Memo, Wire

ValueRecord = tuple[str, Version, Version | None, bytes, str | None]
"""(channel, version, version it builds on, payload, type tag of a serializer that is not ours)"""

# Encoders kept between runs: of at most this many threads, with at most this many bytes of values.
WARM_COUNT: Final = 4096
WARM_BYTES: Final = 64 * 1024 * 1024

_ENTRY_BYTES: Final = 512


class CheckpointRecord(msgspec.Struct, frozen=True, gc=False):
    """One checkpoint as it is stored. `rebase` asks storage to replace the difference by the full state, in the same transaction."""

    checkpoint_id: PackedId
    parent_id: PackedId | None
    ts: PackedTime
    metadata: str
    typed: bytes | None
    full: bool
    state: bytes
    values: list[ValueRecord]
    rebase: bool
    size: int
    """Bytes, about."""


class Encoder:
    """Turns snapshots into records, each the difference to the one before. Not thread-safe: calls come from one thread at a time."""

    __slots__ = ("chain", "checkpoint_id", "limit", "logs", "wire")

    def __init__(
        self,
        wire: Wire,
        checkpoint_id: str | None = None,
        logs: dict[str, Log] | None = None,
        chain: int = 0,
        limit: int = 0,
    ) -> None:
        self.wire = wire
        self.checkpoint_id = checkpoint_id
        self.logs: dict[str, Log] = {} if logs is None else logs
        self.chain = chain
        self.limit = limit

    def encode(self, snapshot: Snapshot, *, whole: bool = False, memo: Memo | None = None) -> CheckpointRecord:
        """The record of one snapshot; with `whole` its state is a full one, whatever its parent. Raises what the serializer raises for a
        value that it refuses; nothing changes then."""
        memo = {} if memo is None else memo
        parent = snapshot.parent_id
        known = parent is not None and parent == self.checkpoint_id
        dump = self.wire.dump_once
        versions = snapshot.versions
        logs = self.logs if known else {}
        grown: dict[str, Log | None] = {}
        tiny: dict[str, bytes] = {}
        values: list[ValueRecord] = []
        size = 100
        for channel, value in snapshot.values.items():
            tag, raw = dump(value, channel, memo)
            if tag is None and len(raw) <= TINY:
                tiny[channel] = raw
                continue
            version, before, payload = versions[channel], None, raw
            if tag is None:
                before, payload, grown[channel] = encode_value(logs.get(channel), version, raw)
            elif tag != LIVE:
                payload = seal(FULL, raw)
            values.append((channel, version, before, payload, tag))
            size += 50 + len(payload)
        metadata, typed = encode_metadata(self.wire, snapshot.metadata)
        full = whole or parent is None
        if full:
            state = encode_state(LATEST_VERSION, snapshot.all_versions, snapshot.all_seen, tiny, snapshot.updated, None)
        else:
            state = encode_state(LATEST_VERSION, versions, snapshot.seen, tiny, snapshot.updated, None)
        length = len(state)
        chain = self.chain + length + ROW_COST
        if known and not full and chain <= self.limit:
            self.chain = chain
            rebase = False
        else:
            rebase = self._begin_chain(snapshot, length, full)
        checkpoint_id, ts = snapshot.checkpoint_id, snapshot.ts
        record = CheckpointRecord(
            pack_id(checkpoint_id),
            None if parent is None else pack_id(parent),
            ts if type(ts) is int else pack_time(str(ts)),
            metadata,
            typed,
            full,
            state,
            values,
            rebase,
            size + length + len(metadata),
        )
        if known and not logs and not grown:
            self.checkpoint_id = checkpoint_id
            return record
        # Another thread may branch off meanwhile: it shall find no parent rather than a half-made one.
        self.checkpoint_id = None
        if not known:
            self.logs = logs
        for channel in versions:
            log = grown.get(channel)
            if log is not None:
                logs[channel] = log
            elif logs:
                logs.pop(channel, None)
        self.checkpoint_id = checkpoint_id
        return record

    def _begin_chain(self, snapshot: Snapshot, size: int, full: bool) -> bool:
        """Account for a full state of `size` bytes, or for a chain of differences that has become too long to read (or whose length is not
        known): then True."""
        if full:
            self.chain, self.limit = 0, limit_for(size)
            return False
        weight = len(encode_state(0, snapshot.all_versions, snapshot.all_seen, {}, None, None))
        self.chain, self.limit = 0, limit_for(weight)
        return True

    def forget(self) -> None:
        """Start anew: what earlier records built on is gone."""
        self.checkpoint_id = None
        self.logs = {}

    def branch(self) -> Encoder:
        """A copy that goes on by itself."""
        return Encoder(self.wire, self.checkpoint_id, dict(self.logs), self.chain, self.limit)

    @property
    def size(self) -> int:
        """Bytes held, about."""
        size = _ENTRY_BYTES
        if self.logs:
            for log in self.logs.values():
                size += len(log.body)
        return size


class WarmEncoders:
    """Where the newest checkpoints of threads stand, so that the next run stores differences too. Bounded; what falls out costs one
    full value and one full state at that thread's next checkpoint. Thread-safe."""

    def __init__(self, wire: Wire, *, count: int = WARM_COUNT, size: int = WARM_BYTES) -> None:
        self._wire = wire
        self._count = count
        self._limit = size
        self._size = 0
        self._lock = threading.Lock()
        self._entries: OrderedDict[tuple[str, str], tuple[Encoder, int]] = OrderedDict()

    def take(self, key: tuple[str, str], parent_id: str | None) -> Encoder:
        """An encoder for a checkpoint made from `parent_id`: one that knows it, if there is one."""
        with self._lock:
            found = self._entries.get(key)
            if found is not None and parent_id is not None and found[0].checkpoint_id == parent_id:
                return found[0].branch()
        return Encoder(self._wire)

    def knows(self, key: tuple[str, str], checkpoint_id: str) -> bool:
        """Whether `take` would find this parent."""
        found = self._entries.get(key)
        return found is not None and found[0].checkpoint_id == checkpoint_id

    def keep(self, key: tuple[str, str], encoder: Encoder) -> None:
        """Remember where a line of checkpoints stands. The encoder may go on being used; only its newest state is taken."""
        found = self._entries.get(key)
        size = encoder.size
        if found is not None and found[0] is encoder and size - found[1] < _ENTRY_BYTES:
            return
        with self._lock:
            found = self._entries.pop(key, None)
            if found is not None:
                self._size -= found[1]
            if size > self._limit:
                return
            self._entries[key] = (encoder, size)
            self._size += size
            while self._size > self._limit or len(self._entries) > self._count:
                _, (_, dropped) = self._entries.popitem(last=False)
                self._size -= dropped

    def drop_thread(self, thread_id: str) -> None:
        """Forget all namespaces of a thread."""
        with self._lock:
            for key in [key for key in self._entries if key[0] == thread_id]:
                self._size -= self._entries.pop(key)[1]


def changed_since(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any] | None:
    """What of `now` differs from `before`; None when `now` lacks a key that `before` has (no difference can say that)."""
    if not before.keys() <= now.keys():
        return None
    return {key: value for key, value in now.items() if before.get(key) != value}
