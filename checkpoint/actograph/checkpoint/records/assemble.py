"""From records back to what readers of a saver get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec

from actograph.checkpoint.base import Checkpoint, CheckpointMetadata, CheckpointTuple, RunnableConfig
from actograph.checkpoint.records.encoder import Encoder
from actograph.checkpoint.records.ids import PackedId, PackedTime, unpack_id, unpack_time
from actograph.checkpoint.records.metadata import decode_metadata
from actograph.checkpoint.records.state import ROW_COST, State, Version, encode_state, limit_for
from actograph.checkpoint.records.values import SMALL, Log, assemble_value, measure, unseal
from actograph.checkpoint.records.wire import LIVE, Wire
from actograph.checkpoint.records.writes import Pending, load_writes

ValueLine = tuple[list[bytes], str | None]
"""(payloads, the full one first; tag)"""


class Found(msgspec.Struct):
    """One checkpoint as it was fetched."""

    thread_id: Any
    checkpoint_ns: str
    checkpoint_id: PackedId
    parent_id: PackedId | None
    ts: PackedTime
    metadata: str
    typed: bytes | None
    state: State
    chain: int
    values: Mapping[str, ValueLine]
    writes: Pending


def config_of(thread_id: Any, checkpoint_ns: str, checkpoint_id: str) -> RunnableConfig:
    """The configuration that names a checkpoint."""
    return {"configurable": {"thread_id": thread_id, "checkpoint_ns": checkpoint_ns, "checkpoint_id": checkpoint_id}}


def assemble(
    wire: Wire, found: Found, *, database: str, config: RunnableConfig | None = None, warm: bool = False
) -> tuple[CheckpointTuple, Encoder | None]:
    """The tuple that a reader gets, and, if `warm`, an encoder for the checkpoints made from it. `config` is the reader's, if that names
    the checkpoint. Raises a `DecodeError` of the codec, or `CorruptRecordError`, naming what cannot be read."""
    checkpoint_id = unpack_id(found.checkpoint_id)
    state = found.state
    values: dict[str, Any] = {}
    logs: dict[str, Log] = {}
    for channel, version in state.versions.items():
        tiny = state.tiny.get(channel)
        if tiny is not None:
            values[channel] = wire.load(None, tiny, channel)
            continue
        line = found.values.get(channel)
        if line is None:
            continue
        payloads, tag = line
        where = f"channel {channel!r} of checkpoint {checkpoint_id}"
        if tag == LIVE:
            values[channel] = wire.load(tag, payloads[0], channel)
        elif tag is not None:
            values[channel] = wire.load(tag, unseal(payloads[0], where=where, database=database)[1], channel)
        else:
            raw, cost = assemble_value(payloads, where=where, database=database)
            values[channel] = wire.load(None, raw, channel)
            if warm and len(raw) >= SMALL:
                kind, count, start = measure(raw)
                if kind:
                    logs[channel] = Log(version, kind, count, raw[start:], cost)
    extra = wire.unpack(state.extra, "checkpoint") if state.extra is not None else {}
    for channel, value in extra.pop("channel_values", {}).items():
        values[channel] = value
    checkpoint: dict[str, Any] = {
        "v": state.v,
        "id": checkpoint_id,
        "ts": unpack_time(found.ts),
        "channel_values": values,
        "channel_versions": state.versions,
        "versions_seen": state.seen,
    }
    if state.updated is not None:
        checkpoint["updated_channels"] = state.updated
    checkpoint.update(extra)
    parent_config = None
    if found.parent_id is not None:
        parent_config = config_of(found.thread_id, found.checkpoint_ns, unpack_id(found.parent_id))
    made = CheckpointTuple(
        config_of(found.thread_id, found.checkpoint_ns, checkpoint_id) if config is None else config,
        cast(Checkpoint, checkpoint),
        cast(CheckpointMetadata, decode_metadata(wire, found.metadata, found.typed)),
        parent_config,
        load_writes(wire, found.writes),
    )
    encoder = None
    if warm:
        # A full state of this many bytes or so is what the chain before it is weighed against.
        limit = limit_for(len(encode_state(state.v, state.versions, state.seen, state.tiny, None, None)))
        encoder = Encoder(wire, checkpoint_id, logs, found.chain, limit)
    return made, encoder


def chain_cost(states: Sequence[bytes]) -> int:
    """What the differences after the full state weigh, given all of them."""
    return sum(len(state) + ROW_COST for state in states[1:])


def wanted_values(state: State) -> list[tuple[str, Version]]:
    """(channel, version) of the values that have to be fetched besides the state."""
    tiny = state.tiny
    return [(channel, version) for channel, version in state.versions.items() if channel not in tiny]
