"""A look at bodies before they are decoded, for maps that would take too long to build.

A map whose keys were chosen to have one hash takes time quadratic in its size. Text keys cannot be chosen so, but tuples and numbers can.
That is why a body holds no map of more than `MAP_LIMIT` entries, other than as a whole, where only text keys are
read. Almost no body has the
bytes that such a map begins with; the few that have are walked through token by token.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Final

from actograph.checkpoint.serde.encode import MAP_LIMIT, Code
from actograph.checkpoint.serde.errors import DecodeError

__all__ = ("check_maps",)

_MAP_16, _MAP_32 = 0xDE, 0xDF
# Length of what follows the first byte, for tokens of fixed size.
_FIXED: Final = {
    0xC0: 0,
    0xC2: 0,
    0xC3: 0,
    0xCA: 4,
    0xCB: 8,
    0xCC: 1,
    0xCD: 2,
    0xCE: 4,
    0xCF: 8,
    0xD0: 1,
    0xD1: 2,
    0xD2: 4,
    0xD3: 8,
}
# Width of the length, for text and bytes.
_SIZED: Final = {0xC4: 1, 0xC5: 2, 0xC6: 4, 0xD9: 1, 0xDA: 2, 0xDB: 4}
_EXT_FIXED: Final = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}
_EXT_SIZED: Final = {0xC7: 1, 0xC8: 2, 0xC9: 4}
# Extensions whose payload is no body.
_LEAVES: Final = frozenset({Code.INT, Code.TEXT, Code.BYTEARRAY, Code.CLASS, Code.LIVE})


@functools.cache
def _suspects(high: int) -> Callable[..., object]:
    """Finds what may be the beginning of a map of 256 entries or more, in a body that has room for `high * 256` and some."""
    return re.compile(b"\xde[\x01-\\x%02x]|\xdf\x00" % high if high < 256 else rb"\xde[\x01-\xff]|\xdf").search


def check_maps(body: bytes) -> None:
    """Raises DecodeError for a body with a large map that this codec does not write. A malformed body is left to the decoder."""
    high = len(body) >> 9  # an entry takes two bytes at least
    if high and (b"\xde" in body or b"\xdf" in body):
        # What a body begins with is read as a map of text keys.
        start = 3 if body[0] >= _MAP_16 else 0
        if _suspects(high if high < 256 else 256)(body, start) and _has_large_map(body):
            raise DecodeError(
                f"A stored value has a map of more than {MAP_LIMIT} entries where none is written: it was made by hand"
            )


def _has_large_map(body: bytes) -> bool:
    position, left, end = 0, 1, len(body)
    while left > 0 and position < end:
        token = body[position]
        position += 1
        left -= 1
        if token <= 0x7F or token >= 0xE0:
            continue
        if token <= 0x8F:
            left += (token & 0x0F) * 2
        elif token <= 0x9F:
            left += token & 0x0F
        elif token <= 0xBF:
            position += token & 0x1F
        elif token in _FIXED:
            position += _FIXED[token]
        elif token in _SIZED:
            width = _SIZED[token]
            position += width + int.from_bytes(body[position : position + width], "big")
        elif token in (0xDC, 0xDD):
            width = 2 if token == 0xDC else 4
            left += int.from_bytes(body[position : position + width], "big")
            position += width
        elif token in (_MAP_16, _MAP_32):
            width = 2 if token == _MAP_16 else 4
            size = int.from_bytes(body[position : position + width], "big")
            if size > MAP_LIMIT and position > 1:
                return True
            left += size * 2
            position += width
        elif token in _EXT_FIXED or token in _EXT_SIZED:
            width = _EXT_SIZED.get(token, 0)
            size = _EXT_FIXED.get(token) or int.from_bytes(body[position : position + width], "big")
            code = body[position + width] if position + width < end else 0
            position += width + 1
            if code in _LEAVES or code > 0x7F:
                position += size
            else:
                left += 1  # go on inside
        else:
            return False  # 0xC1, which is never used
    return False
