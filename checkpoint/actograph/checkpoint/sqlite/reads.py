"""What is read, as logic without I/O."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from actograph.checkpoint.records.assemble import Found, ValueLine, chain_cost, wanted_values
from actograph.checkpoint.records.errors import CorruptRecordError
from actograph.checkpoint.records.ids import PackedId, unpack_id
from actograph.checkpoint.records.state import State, Version, decode_state
from actograph.checkpoint.records.writes import SAME, Pending, Stored, Write, merge_writes, open_writes, same_as
from actograph.checkpoint.sqlite import sql
from actograph.checkpoint.sqlite.ops import Logic, rows
from actograph.checkpoint.sqlite.tables import Key

# So many checkpoints of a listing are fetched at a time.
PAGE: Final = 32

_json = msgspec.json.Encoder().encode


def get(key: Key, checkpoint_id: PackedId | None, database: str) -> Logic[Found | None]:
    """The checkpoint with this id, or the newest one."""
    if checkpoint_id is None:
        found = yield rows(sql.GET_NEWEST, key)
    else:
        found = yield rows(sql.GET_CHECKPOINT, (*key, checkpoint_id))
    return (yield from _load(found[0], database)) if found else None


class Narrow(msgspec.Struct, frozen=True):
    """What a listing is narrowed by. `filters` is JSON: pairs of a path and a value. `before` with `older` is an upper bound."""

    thread_id: str | None
    checkpoint_ns: str | None
    checkpoint_id: PackedId | None
    bounded: bool
    before: PackedId | None
    filters: str


def page(
    narrow: Narrow, after: tuple[PackedId, int] | None, limit: int, database: str
) -> Logic[tuple[list[Found], Any]]:
    """The next checkpoints of a listing, newest first, and where the page after them begins (None at the end)."""
    last_id, last_seq = after if after is not None else (None, None)
    narrowed = (
        narrow.checkpoint_id,
        narrow.checkpoint_id,
        not narrow.bounded,
        narrow.before,
        last_id,
        last_id,
        last_seq,
        narrow.filters,
        limit,
    )
    if narrow.thread_id is None:
        heads = yield rows(sql.LIST_ALL, narrowed)
    elif narrow.checkpoint_ns is None:
        heads = yield rows(sql.LIST_THREAD, (narrow.thread_id, *narrowed))
    else:
        heads = yield rows(sql.LIST_NAMESPACE, (narrow.thread_id, narrow.checkpoint_ns, *narrowed))
    found: list[Found] = []
    for head in heads:
        found.append((yield from _load(head, database)))
    return found, ((heads[-1][4], heads[-1][0]) if len(heads) == limit else None)


def _load(head: Sequence[Any], database: str) -> Logic[Found]:
    """All that belongs to a row of `actograph_checkpoints`."""
    _, scope, thread_id, checkpoint_ns, checkpoint_id, parent_id, ts, metadata, typed, whole, blob = head
    where = f"the state of checkpoint {unpack_id(checkpoint_id)} of thread {thread_id!r}"
    states = [blob]
    if not whole:
        states = yield from states_of(scope, checkpoint_id, where, database)
    state = decode_state(states, where=where, database=database)
    values = yield from values_of(scope, state)
    writes = yield from writes_of(scope, checkpoint_id, database)
    return Found(
        thread_id,
        checkpoint_ns,
        checkpoint_id,
        parent_id,
        ts,
        metadata,
        typed,
        state,
        chain_cost(states),
        values,
        writes,
    )


def states_of(scope: int, checkpoint_id: PackedId, where: str, database: str) -> Logic[list[bytes]]:
    """The full state and the differences after it, up to a checkpoint."""
    line = yield rows(sql.GET_STATES, (scope, checkpoint_id, scope))
    if not line or not line[0][0]:
        raise CorruptRecordError(
            f"{where} is a difference, and the checkpoint it builds on is missing",
            database=database,
            remedy="Delete the thread with delete_thread(), or restore the file from a backup.",
        )
    return [row[1] for row in line]


def values_of(scope: int, state: State) -> Logic[dict[str, ValueLine]]:
    """The payloads of all values of a state that are not in the state itself, by channel."""
    wanted = wanted_values(state)
    values: dict[str, ValueLine] = {}
    if not wanted:
        return values
    fetched = yield rows(sql.GET_VALUES, (_json(wanted).decode(), scope, scope))
    for channel, _, payload, tag, _ in fetched:
        line = values.get(channel)
        if line is None:
            values[channel] = ([payload], tag)
        else:
            line[0].append(payload)
    return values


def writes_of(scope: int, checkpoint_id: PackedId, database: str) -> Logic[Pending]:
    """The writes on a checkpoint."""
    found = yield rows(sql.GET_WRITES, (scope, checkpoint_id))
    if not found:
        return {}
    tasks = []
    shared: dict[tuple[str, Version], bytes | None] = {}
    for task_id, task_path, records in found:
        task = unpack_id(task_id)
        where = f"the writes of task {task} on checkpoint {unpack_id(checkpoint_id)}"
        writes = open_writes(records, where=where, database=database)
        tasks.append((task, task_path, writes))
        for _, channel, version, tag in writes:
            if tag == SAME:
                assert not isinstance(version, bytes)
                shared[channel, version] = None
    if shared:
        for channel, version, payload in (yield rows(sql.GET_PAYLOADS, (_json(list(shared)).decode(), scope))):
            shared[channel, version] = payload
    return merge_writes(
        (task, path, [_resolved(write, shared, database) for write in writes]) for task, path, writes in tasks
    )


def _resolved(write: Stored, shared: Mapping[tuple[str, Version], bytes | None], database: str) -> Write:
    index, channel, data, tag = write
    if isinstance(data, bytes):
        return (index, channel, data, tag)
    where = f"the write to channel {channel!r}"
    payload = shared.get((channel, data))
    if payload is None:
        raise CorruptRecordError(
            f"the version that {where} is stored with is missing",
            database=database,
            remedy="Delete the thread with delete_thread(), or restore the file from a backup.",
        )
    return (index, channel, same_as(payload, where=where, database=database), None)
