"""Compact forms of what occurs in every row: ids that are UUIDs become 16 bytes, timestamps in UTC become microseconds.

Packing keeps order among packed ids (UUID text and UUID bytes sort alike). Anything not in canonical form is stored as it came.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache

PackedId = bytes | str
PackedTime = int | str

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# The isoformat of a UTC datetime with microseconds: 2026-01-02T03:04:05.678901+00:00
_TIME_LENGTH = 32


def pack_once(text: str) -> PackedId:
    """16 bytes for a UUID in canonical lower-case form, else the text itself."""
    if len(text) == 36 and text[8:24:5] == "----" and text == text.lower():
        try:
            packed = bytes.fromhex(text.replace("-", ""))
        except ValueError:
            return text
        # Fewer when a dash or a space stood in the place of a digit.
        if len(packed) == 16:
            return packed
    return text


# For ids that come again within a few supersteps, as those of checkpoints do.
pack_id = lru_cache(maxsize=4096)(pack_once)


def unpack_id(packed: PackedId) -> str:
    """The text that `pack_id` was given."""
    if isinstance(packed, str):
        return packed
    digits = packed.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def pack_time(text: str) -> PackedTime:
    """Microseconds since 1970 for a UTC timestamp as `datetime.isoformat` writes it with microseconds, else the text itself."""
    if len(text) == _TIME_LENGTH and text.endswith("+00:00"):
        try:
            micros = (datetime.fromisoformat(text) - _EPOCH) // _MICROSECOND
        except ValueError:
            return text
        # `.000000` is not what isoformat writes, so it would not come back.
        return text if micros % 1_000_000 == 0 or text[10] != "T" else micros
    return text


def unpack_time(packed: PackedTime) -> str:
    """The text that `pack_time` was given."""
    return packed if isinstance(packed, str) else (_EPOCH + packed * _MICROSECOND).isoformat()
