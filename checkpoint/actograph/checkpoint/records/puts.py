"""A whole checkpoint, as `put` gets it, prepared for storage: what differs from its parent, as far as the parent is remembered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from actograph.checkpoint.base import Checkpoint, CheckpointMetadata
from actograph.checkpoint.records.encoder import ValueRecord, changed_since
from actograph.checkpoint.records.ids import PackedId, PackedTime, pack_id, pack_time
from actograph.checkpoint.records.metadata import encode_metadata
from actograph.checkpoint.records.state import ROW_COST, TINY, Version, encode_state, limit_for
from actograph.checkpoint.records.values import FULL, Log, encode_value, seal
from actograph.checkpoint.records.wire import LIVE, Wire

# Parents remembered: of so many threads.
REMEMBERED: Final = 512

_OWN_KEYS: Final = frozenset(
    ("v", "id", "ts", "channel_values", "channel_versions", "versions_seen", "updated_channels")
)


Parts = tuple[int, dict[str, Version], dict[str, dict[str, Version]], dict[str, bytes], list[str] | None]
"""What `encode_state` takes, without the last."""


class Parent(msgspec.Struct, frozen=True):
    """A checkpoint that was put, as its children need it."""

    checkpoint_id: str
    versions: dict[str, Version]
    seen: dict[str, dict[str, Version]]
    logs: dict[str, Log]
    chain: int
    limit: int


class Put(msgspec.Struct, frozen=True):
    """A checkpoint ready to be stored. `values` are new versions, each with its encoded value as the last item, so that storage can tell
    whether a version that is there already has the same one; those that have another go into the checkpoint itself (`state_with`)."""

    checkpoint_id: PackedId
    parent_id: PackedId | None
    ts: PackedTime
    metadata: str
    typed: bytes | None
    whole: bool
    values: list[tuple[ValueRecord, bytes]]
    parts: Parts
    extra: dict[str, Any]
    after: Parent

    def state_with(self, wire: Wire, overrides: Mapping[str, bytes], *, extra: bool = True) -> bytes:
        """The state's bytes, with the further keys of the checkpoint if `extra`. `overrides` are encoded values by channel."""
        if not extra:
            return encode_state(*self.parts, None)
        further = dict(self.extra)
        if overrides:
            own = {channel: wire.load(None, raw, channel) for channel, raw in overrides.items()}
            further["channel_values"] = {**further.get("channel_values", {}), **own}
        return encode_state(*self.parts, wire.pack(further, "checkpoint") if further else None)


class Parents:
    """What was put last, by thread and namespace. Bounded; what is forgotten costs one full state. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: OrderedDict[tuple[str, str], Parent] = OrderedDict()

    def get(self, key: tuple[str, str], checkpoint_id: str | None) -> Parent | None:
        """The parent, if it is the last one that was put."""
        found = self._entries.get(key)
        return found if found is not None and found.checkpoint_id == checkpoint_id else None

    def keep(self, key: tuple[str, str], parent: Parent) -> None:
        """Remember a checkpoint, once it is stored."""
        with self._lock:
            self._entries[key] = parent
            self._entries.move_to_end(key)
            while len(self._entries) > REMEMBERED:
                self._entries.popitem(last=False)

    def drop_thread(self, thread_id: str) -> None:
        """Forget all namespaces of a thread."""
        with self._lock:
            for key in [key for key in self._entries if key[0] == thread_id]:
                del self._entries[key]


def prepare_put(
    wire: Wire,
    checkpoint: Checkpoint,
    metadata: CheckpointMetadata,
    new_versions: Mapping[str, Version],
    parent_id: str | None,
    parent: Parent | None,
) -> Put:
    """Encode a checkpoint. Raises what the serializer raises for a value that it refuses."""
    versions = dict(checkpoint["channel_versions"])
    seen = {node: dict(by_channel) for node, by_channel in checkpoint["versions_seen"].items()}
    given = checkpoint.get("channel_values") or {}
    extra: dict[str, Any] = {key: value for key, value in checkpoint.items() if key not in _OWN_KEYS}
    updated = checkpoint.get("updated_channels")
    if updated is None and "updated_channels" in checkpoint:
        extra["updated_channels"] = None

    newer: dict[str, Version] | None = None
    newer_seen: dict[str, dict[str, Version]] | None = None
    if parent is not None and parent.chain <= parent.limit:
        newer, newer_seen = changed_since(parent.versions, versions), _seen_since(parent.seen, seen)
    whole = newer is None or newer_seen is None
    if newer is None or newer_seen is None:
        newer, newer_seen = versions, seen
    newer = {**newer, **{channel: version for channel, version in new_versions.items() if channel in versions}}

    logs = dict(parent.logs) if parent is not None else {}
    tiny: dict[str, bytes] = {}
    values: list[tuple[ValueRecord, bytes]] = []
    for channel, version in newer.items():
        log = logs.pop(channel, None)
        if channel not in given:
            continue
        tag, raw = wire.dump(given[channel], channel)
        if tag is not None:
            values.append(((channel, version, None, raw if tag == LIVE else seal(FULL, raw), tag), raw))
        elif len(raw) <= TINY:
            tiny[channel] = raw
        elif log is not None and log.version == version:
            # Unchanged, and listed only because the state is written in full.
            logs[channel] = log
            if log.body != raw[len(raw) - len(log.body) :]:
                values.append(((channel, version, None, seal(FULL, raw), None), raw))
        else:
            base, payload, grown = encode_value(log, version, raw)
            values.append(((channel, version, base, payload, None), raw))
            if grown is not None:
                logs[channel] = grown
    unversioned = {channel: value for channel, value in given.items() if channel not in versions}
    if unversioned:
        extra["channel_values"] = unversioned

    parts: Parts = (checkpoint.get("v", 1), newer, newer_seen, tiny, None if updated is None else list(updated))
    weight = len(encode_state(*parts, None))
    if whole or parent is None:
        chain, limit = 0, limit_for(weight)
    else:
        chain, limit = parent.chain + weight + ROW_COST, parent.limit
    text, typed = encode_metadata(wire, metadata)
    return Put(
        pack_id(checkpoint["id"]),
        None if parent_id is None else pack_id(parent_id),
        pack_time(checkpoint.get("ts") or ""),
        text,
        typed,
        whole,
        values,
        parts,
        extra,
        Parent(checkpoint["id"], versions, seen, logs, chain, limit),
    )


def _seen_since(
    before: Mapping[str, Mapping[str, Version]], now: Mapping[str, dict[str, Version]]
) -> dict[str, dict[str, Version]] | None:
    """What of the seen versions is new, or None when something is gone."""
    if not before.keys() <= now.keys():
        return None
    newer: dict[str, dict[str, Version]] = {}
    for node, seen in now.items():
        changed = changed_since(before.get(node, {}), seen)
        if changed is None:
            return None
        if changed or node not in before:
            newer[node] = changed
    return newer
