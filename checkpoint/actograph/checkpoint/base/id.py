"""Time-ordered ids (UUID version 6, RFC 9562): their text sorts in the order they were made.

Ids of one process are strictly increasing, over all its threads. A forked child starts with a node and clock sequence of its own, so that
parent and child never make the same id.
"""

from __future__ import annotations

import os
import threading
import time
import uuid
from typing import Final

__all__ = ("UUID", "new_checkpoint_id", "new_checkpoint_stamp", "uuid6")

# 100 ns intervals from 1582-10-15 (the epoch of UUID time) to 1970-01-01.
_GREGORIAN: Final = 0x01B21DD213814000
# The multicast bit marks a node number that is random and not a network card's.
_RANDOM_NODE: Final = 1 << 40


class UUID(uuid.UUID):
    """A UUID that knows the time in versions 6 and 7 too, on every Python version."""

    __slots__ = ()

    def __init__(
        self,
        hex: str | None = None,
        bytes: bytes | None = None,
        bytes_le: bytes | None = None,
        fields: tuple[int, int, int, int, int, int] | None = None,
        int: int | None = None,
        version: int | None = None,
        *,
        is_safe: uuid.SafeUUID = uuid.SafeUUID.unknown,
    ) -> None:
        """As `uuid.UUID`, with `version` from 1 to 8. Raises ValueError for text, numbers or versions that make no UUID."""
        if version is None or version < 6:
            super().__init__(hex, bytes, bytes_le, fields, int, version, is_safe=is_safe)
            return
        if version > 8:
            raise ValueError(f"UUID version {version} does not exist; give one from 1 to 8")
        number = uuid.UUID(hex, bytes, bytes_le, fields, int).int
        number = number & ~(0xF << 76 | 0x3 << 62) | version << 76 | 0x2 << 62
        super().__init__(int=number, is_safe=is_safe)

    @property
    def subsec(self) -> int:
        """The part of a version 7 or 8 time below its millisecond: the 20 bits that follow it."""
        return (self.int >> 64 & 0x0FFF) << 8 | self.int >> 54 & 0xFF

    @property
    def time(self) -> int:
        """The time inside: 100 ns intervals since 1582-10-15 (versions 1 and 6), milliseconds since 1970 (7),
        100 ns intervals since 1970 (8)."""
        if self.version == 6:
            return self.int >> 96 << 28 | (self.int >> 80 & 0xFFFF) << 12 | self.int >> 64 & 0x0FFF
        if self.version == 7:
            return self.int >> 80
        if self.version == 8:
            return (self.int >> 80) * 10_000 + self.subsec * 10_000 // (1 << 20)
        return super().time


class _Clock:
    """The process's id clock: 100 ns ticks that never repeat, and the node and clock sequence that go with them."""

    __slots__ = ("last", "lock", "node", "sequence", "tail")

    def __init__(self) -> None:
        self.last = 0
        self.reseed()

    def reseed(self) -> None:
        self.lock = threading.Lock()
        self.node = int.from_bytes(os.urandom(6), "big") | _RANDOM_NODE
        self.sequence = int.from_bytes(os.urandom(2), "big") & 0x3FFF
        self.tail = f"{0x8000 | self.sequence:04x}-{self.node:012x}"

    def tick(self) -> int:
        with self.lock:
            now = time.time_ns() // 100 + _GREGORIAN
            # Two ids within one tick, or a clock set back: go on counting from the last one.
            if now <= self.last:
                now = self.last + 1
            self.last = now
        return now


_clock = _Clock()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_clock.reseed)


def uuid6(node: int | None = None, clock_seq: int | None = None) -> UUID:
    """A new time-ordered UUID.

    `node` (48 bits) and `clock_seq` (the lowest 14 bits are used) default to numbers that are random per process.
    """
    tick = _clock.tick()
    number = tick >> 28 << 96 | (tick >> 12 & 0xFFFF) << 80 | 6 << 76 | (tick & 0x0FFF) << 64 | 0x2 << 62
    number |= ((_clock.sequence if clock_seq is None else clock_seq) & 0x3FFF) << 48
    number |= (_clock.node if node is None else node) & 0xFFFF_FFFF_FFFF
    return UUID(int=number)


def new_checkpoint_id() -> str:
    """The text of a new time-ordered UUID, greater than every one this process made before."""
    return new_checkpoint_stamp()[0]


def new_checkpoint_stamp() -> tuple[str, int]:
    """A new id as `new_checkpoint_id` makes it, and the moment that it holds: microseconds since 1970, UTC."""
    clock = _clock
    with clock.lock:
        tick = time.time_ns() // 100 + _GREGORIAN
        if tick <= clock.last:
            tick = clock.last + 1
        clock.last = tick
    digits = f"{tick:015x}"
    return f"{digits[:8]}-{digits[8:12]}-6{digits[12:]}-{clock.tail}", (tick - _GREGORIAN) // 10
