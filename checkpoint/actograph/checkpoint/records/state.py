"""What a checkpoint says besides its values: versions, versions seen, tiny values. Stored as the difference to its parent.

Values of at most `TINY` encoded bytes live in the state itself, as flags, counters and triggers change with nearly every superstep and
would cost more in keys than in bytes. From time to time storage replaces a difference by the full state (`limit_for`), so that a reader
never fetches more than a few times what the state is long.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import msgspec

from actograph.checkpoint.records.errors import CorruptRecordError

Version = int | float | str

TINY: Final = 32
ROW_COST: Final = 32
CHAIN_SLACK: Final = 2048


class State(msgspec.Struct, array_like=True, gc=False):
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


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(State).decode


def encode_state(
    v: int,
    versions: Mapping[str, Version],
    seen: Mapping[str, Mapping[str, Version]],
    tiny: Mapping[str, bytes],
    updated: Sequence[str] | None,
    extra: bytes | None,
) -> bytes:
    """The state, or the difference, as bytes with a checksum."""
    data = _encode((v, versions, seen, tiny, updated, extra))
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
        newer = _decode(blob[:-4])
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


def encode_full(state: State) -> bytes:
    """A decoded state as a full one."""
    return encode_state(state.v, state.versions, state.seen, state.tiny, state.updated, state.extra)


def limit_for(full_bytes: int) -> int:
    """How much a chain of differences may weigh after a full state of this many bytes."""
    return 2 * full_bytes + CHAIN_SLACK
