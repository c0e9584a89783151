"""The writes of tasks as the memory saver holds them: each row as one string of bytes where that is possible, as a suspended thread holds
little else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from actograph.checkpoint.records.ids import pack_once, unpack_id
from actograph.checkpoint.records.writes import Write

TaskRow = tuple[str, str, Sequence[Write]]
"""(task id, task path, writes)"""
Kept = TaskRow | bytes
Rows = list[Kept] | bytes | None
"""The rows on one checkpoint, the oldest first: a list, a single packed one, or none."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[Any, str, tuple[tuple[int, str, bytes, str | None], ...]]).decode


def pack(row: TaskRow) -> Kept:
    """A row as bytes; as it is when its writes refer to objects of this process, or its ids cannot be encoded."""
    task_id, task_path, writes = row
    for write in writes:
        if type(write[2]) is not bytes:
            return row
    try:
        return _encode((pack_once(task_id), task_path, writes))
    except UnicodeEncodeError:
        return row


def unpack(kept: Kept) -> TaskRow:
    """The row that `pack` was given."""
    if not isinstance(kept, bytes):
        return kept
    task_id, task_path, writes = _decode(kept)
    return unpack_id(task_id), task_path, writes


def added(rows: Rows, row: TaskRow) -> Rows:
    """The rows with one more; its special writes replace the task's earlier ones."""
    new = pack(row)
    if rows is None:
        return new if isinstance(new, bytes) else [new]
    kept: list[Kept] = [rows] if isinstance(rows, bytes) else rows
    replaced = {write[0] for write in row[2] if write[0] < 0}
    if replaced:
        for index, (task_id, task_path, writes) in enumerate(map(unpack, kept)):
            if task_id == row[0] and any(write[0] in replaced for write in writes):
                left = tuple(write for write in writes if write[0] not in replaced)
                kept[index] = pack((task_id, task_path, left))
    kept.append(new)
    return kept


def unpacked(rows: Rows) -> Iterable[TaskRow]:
    """The rows, one by one."""
    if rows is None:
        return ()
    return map(unpack, [rows] if isinstance(rows, bytes) else rows)
