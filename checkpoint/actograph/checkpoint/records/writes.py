"""Writes of tasks as records: the ordinary writes of a task together, each special one (error, interrupt, resume ...) by itself.

A record is `(slot, blob)`. Slot 0 holds ordinary writes with their index; special channels have the negative slots of `WRITES_IDX_MAP`.
When a task has several records under slot 0, the first write of each index counts; of a special slot, the newest record counts.

Most often a write says again what the next checkpoint stores: the whole value of a channel, or what was appended to it. Where both come in
one entry, the write only names the version that has its bytes (`SAME`).
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from actograph.checkpoint.base import WRITES_IDX_MAP
from actograph.checkpoint.records.errors import CorruptRecordError
from actograph.checkpoint.records.state import Version
from actograph.checkpoint.records.values import APPEND, FULL, LIST, header, measure, unseal
from actograph.checkpoint.records.wire import Memo, Wire

ORDINARY: Final = 0
SAME: Final = "="
# Shorter writes are stored twice rather than fetched from elsewhere.
SHARED: Final = 64

Write = tuple[int, str, bytes, str | None]
"""(index, channel, encoded value, type tag of a serializer that is not ours)"""
Stored = tuple[int, str, bytes | Version, str | None]
"""A write as it is in a record: with the tag `SAME`, a version stands in place of the bytes"""
Pending = dict[tuple[str, int], tuple[str, Write]]
"""(task id, index) -> (task path, write)"""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[tuple[int, str, Any, str | None]]).decode
_special = WRITES_IDX_MAP.get


def dump_writes(wire: Wire, writes: Sequence[tuple[str, Any]], memo: Memo | None = None) -> list[Write]:
    """One task's writes, encoded. Raises what the serializer raises for a value that it refuses."""
    memo = {} if memo is None else memo
    dump = wire.dump_once
    dumped = []
    for index, (channel, value) in enumerate(writes):
        tag, raw = dump(value, channel, memo)
        dumped.append((_special(channel, index), channel, raw, tag))
    return dumped


def seal_writes(
    wire: Wire,
    writes: Sequence[tuple[str, Any]],
    payloads: Mapping[str, tuple[Version, bytes]] | None = None,
    memo: Memo | None = None,
) -> list[tuple[int, bytes]]:
    """The records of one task's writes. `payloads` are the values (version, payload) by channel that are stored in the same entry. Raises
    what the serializer raises for a value that it refuses."""
    memo = {} if memo is None else memo
    dump = wire.dump_once
    special: list[tuple[int, bytes]] | None = None
    ordinary: list[Stored] = []
    index = 0
    for channel, value in writes:
        tag, raw = dump(value, channel, memo)
        slot = _special(channel, index)
        index += 1
        if slot < 0:
            special = [] if special is None else special
            special.append((slot, _seal(((slot, channel, raw, tag),))))
            continue
        if payloads and tag is None and len(raw) >= SHARED:
            beside = payloads.get(channel)
            if beside is not None and _says(beside[1], raw):
                ordinary.append((slot, channel, beside[0], SAME))
                continue
        ordinary.append((slot, channel, raw, tag))
    if special is None:
        return [(ORDINARY, _seal(ordinary))] if ordinary else []
    if ordinary:
        special.append((ORDINARY, _seal(ordinary)))
    return special


def _says(payload: bytes, raw: bytes) -> bool:
    """Whether a payload is, or appends, exactly this encoded value."""
    if payload[0] == FULL:
        return len(payload) == len(raw) + 5 and payload[1:-4] == raw
    if payload[0] != APPEND:
        return False
    kind, count, start = measure(raw)
    return kind == LIST and int.from_bytes(payload[1:5], "big") == count and payload[5:-4] == raw[start:]


def _seal(writes: Sequence[Stored]) -> bytes:
    data = _encode(writes)
    return data + zlib.crc32(data).to_bytes(4, "big")


def same_as(payload: bytes, *, where: str, database: str) -> bytes:
    """The encoded value of a write that is the same as this payload."""
    tag, body = unseal(payload, where=where, database=database)
    return body if tag == FULL else header(LIST, int.from_bytes(body[:4], "big")) + body[4:]


def open_writes(blob: bytes, *, where: str, database: str) -> list[Stored]:
    """The writes of one record. Raises `CorruptRecordError` when its bytes are not those that were stored."""
    if len(blob) < 5 or zlib.crc32(blob[:-4]).to_bytes(4, "big") != blob[-4:]:
        raise CorruptRecordError(
            f"the checksum of {where} does not match its bytes",
            database=database,
            remedy="Restore the file from a backup, or delete the thread with delete_thread().",
        )
    return _decode(blob[:-4])


def merge_writes(tasks: Iterable[tuple[str, str, Iterable[Write]]]) -> Pending:
    """Records of (task id, task path, writes), the oldest first, by what counts."""
    found: Pending = {}
    for task_id, task_path, writes in tasks:
        for write in writes:
            key = (task_id, write[0])
            if write[0] < 0 or key not in found:
                found[key] = (task_path, write)
    return found


def load_writes(wire: Wire, pending: Pending) -> list[tuple[str, str, Any]]:
    """(task id, channel, value), ordered by task path, task id and index."""
    return [
        (task_id, write[1], wire.load(write[3], write[2], write[1]))
        for (task_id, _), (_, write) in sorted(pending.items(), key=lambda item: (item[1][0], *item[0]))
    ]
