"""What a checkpoint says besides its values: versions, versions seen, tiny values. Stored as the difference to its parent.

Values of at most `TINY` encoded bytes live in the state itself, as flags, counters and triggers change with nearly every superstep and
would cost more in keys than in bytes. From time to time storage replaces a difference by the full state (`limit_for`), so that a reader
never fetches more than a few times what the state is long.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from actograph.checkpoint.records.errors import CorruptRecordError

Version = int | float | str

TINY: Final = 32
ROW_COST: Final = 32
CHAIN_SLACK: Final = 2048


class State(msgspec.Struct, gc=False):
    """One state, or the difference between two: `versions` and `seen` list what differs, `tiny` the tiny values among them.

    `v`, `updated` and `extra` (encoded further keys of a checkpoint) are never inherited.
    """

    v: int
    versions: dict[str, Version]
    seen: dict[str, dict[str, Version]]
    tiny: dict[str, bytes]
    updated: list[str] | None = None
    extra: bytes | None = None

    def apply(self, newer: State) -> None:
        """Become the state that `newer` is the difference to."""
        self.v = newer.v
        self.versions.update(newer.versions)
        for node, seen in newer.seen.items():
            mine = self.seen.get(node)
            if mine is None:
                self.seen[node] = seen
            else:
                mine.update(seen)
        if self.tiny:
            for channel in newer.versions:
                self.tiny.pop(channel, None)
        self.tiny.update(newer.tiny)
        self.updated = newer.updated
        self.extra = newer.extra


_Stored = tuple[int, list[list[Any]], dict[str, dict[str, Any]], list[str] | bool | None, bytes | None]
"""`v`; channels grouped by version, as `[version, name, tiny value or None, name, ...]`; versions seen; updated channels, or True for all
that are listed, in order of their names; further keys"""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Stored).decode


def encode_state(
    v: int,
    versions: Mapping[str, Version],
    seen: Mapping[str, Mapping[str, Version]],
    tiny: Mapping[str, bytes],
    updated: Sequence[str] | None,
    extra: bytes | None,
) -> bytes:
    """The state, or the difference, as bytes with a checksum."""
    groups: list[list[Any]] = []
    group: list[Any] = []
    last: Version | None = None
    value = tiny.get
    for name, version in versions.items():
        # Most often all that changed in a superstep has one version, and the same object. (1 and 1.0 are equal, and are not the same.)
        if version is not last and (version != last or type(version) is not type(last)):
            group = [version]
            groups.append(group)
            last = version
        group += (name, value(name))
    listed: Sequence[str] | bool | None = updated
    if updated is not None and len(updated) == len(versions) and list(updated) == sorted(versions):
        listed = True
    data = _encode((v, groups, seen, listed, extra))
    return data + zlib.crc32(data).to_bytes(4, "big")


def decode_state(blobs: Iterable[bytes], *, where: str, database: str) -> State:
    """The state that a full one and the differences after it make, oldest first."""
    state: State | None = None
    for blob in blobs:
        if len(blob) < 5 or zlib.crc32(blob[:-4]).to_bytes(4, "big") != blob[-4:]:
            raise CorruptRecordError(
                f"the checksum of {where} does not match its bytes",
                database=database,
                remedy="Restore the file from a backup, or delete the thread with delete_thread().",
            )
        newer = _open(_decode(blob[:-4]))
        if state is None:
            state = newer
        else:
            state.apply(newer)
    if state is None:
        raise CorruptRecordError(
            f"{where} holds no state",
            database=database,
            remedy="Restore the file from a backup, or delete the thread with delete_thread().",
        )
    return state


def _open(stored: _Stored) -> State:
    v, groups, seen, listed, extra = stored
    versions: dict[str, Version] = {}
    tiny: dict[str, bytes] = {}
    for group in groups:
        version = group[0]
        for name, value in zip(group[1::2], group[2::2], strict=True):
            versions[name] = version
            if value is not None:
                tiny[name] = value
    updated = listed if isinstance(listed, list) else sorted(versions) if listed else None
    return State(v, versions, seen, tiny, updated, extra)


def encode_full(state: State) -> bytes:
    """A decoded state as a full one."""
    return encode_state(state.v, state.versions, state.seen, state.tiny, state.updated, state.extra)


def limit_for(full_bytes: int) -> int:
    """How much a chain of differences may weigh after a full state of this many bytes."""
    return 2 * full_bytes + CHAIN_SLACK
