"""Storing whole checkpoints, as logic without I/O."""

from __future__ import annotations

from typing import Any

from actograph.checkpoint.records.ids import PackedId
from actograph.checkpoint.records.puts import Put
from actograph.checkpoint.records.values import assemble_value, unseal
from actograph.checkpoint.records.wire import Wire
from actograph.checkpoint.sqlite import sql
from actograph.checkpoint.sqlite.ops import Logic, Op, insert, rows
from actograph.checkpoint.sqlite.tables import Key, Tables

Row = tuple[Any, ...]


def put(tables: Tables, wire: Wire, key: Key, record: Put) -> Logic[None]:
    """Store a checkpoint, in place of one with the same id. A version that is there already with another value stays as it is for the
    checkpoints that have it; this one then holds its own value."""
    scope = yield from tables.scope(key)
    yield from _make_room(tables, scope, record.checkpoint_id)
    added: list[Row] = []
    overrides: dict[str, bytes] = {}
    for value, raw in record.values:
        channel, version, _, payload, tag = value
        there = yield from _stored(tables, scope, channel, version, payload, tag, raw)
        if there is None:
            added.append((scope, *value))
        elif not there:
            overrides[channel] = raw
    if added:
        yield from insert(sql.ADD_VALUES, added)
    state = record.state_with(wire, overrides)
    row = (scope, record.checkpoint_id, record.parent_id, record.ts, record.metadata, record.typed, record.whole, state)
    yield from insert(sql.ADD_CHECKPOINTS, [row])


def _make_room(tables: Tables, scope: int, checkpoint_id: PackedId) -> Logic[None]:
    """Remove a checkpoint that is to be replaced, after making those whose state builds on it independent."""
    if not (yield rows(sql.HAS_CHECKPOINT, (scope, checkpoint_id))):
        return
    for (dependent,) in (yield rows(sql.GET_DEPENDENTS, (scope, checkpoint_id))):
        yield from tables.rebase(scope, dependent)
    yield Op(sql.DROP_CHECKPOINT, (scope, checkpoint_id))


def _stored(
    tables: Tables, scope: int, channel: str, version: Any, payload: bytes, tag: str | None, raw: bytes
) -> Logic[bool | None]:
    """Whether this version is there with this value; None when it is not there."""
    line = yield rows(sql.GET_VALUE_LINE, (scope, channel, version, scope, channel))
    if not line:
        return None
    if line[-1][1] != tag:
        return False
    if line[-1][0] == payload:
        return True
    where = f"channel {channel!r}"
    payloads = [row[0] for row in line]
    if tag is not None:
        return unseal(payloads[0], where=where, database=tables.database)[1] == raw
    return assemble_value(payloads, where=where, database=tables.database)[0] == raw
