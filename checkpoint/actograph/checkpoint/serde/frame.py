"""The outside of stored values: the frame with its checksum, and bodies of lists taken apart and put together without decoding."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from actograph.checkpoint.serde.errors import CorruptValueError, DecodeError

__all__ = ("FORMAT", "HEAD", "MARK", "LiveBytes", "join_list", "seal", "split_list", "unseal")

FORMAT: Final = 0xA1
"""First byte of every stored value: the version of this format."""

MARK: Final = bytes([FORMAT])
HEAD: Final = 5
_crc = zlib.crc32
_split = msgspec.msgpack.Decoder(list[msgspec.Raw]).decode


class LiveBytes(bytes):
    """A frame or body that refers to objects of this process, which cannot or need not be encoded: `live` holds them, by number.

    Only a codec with trust `"any"` makes these. They have to be kept as they are: copied to plain bytes they lose what they refer to, and
    reading them is then an error that says so.
    """

    live: tuple[Any, ...]

    def __new__(cls, data: bytes, live: tuple[Any, ...]) -> LiveBytes:
        self = super().__new__(cls, data)
        self.live = live
        return self


def seal(body: bytes) -> bytes:
    """The frame around a body: what is stored."""
    frame = MARK + _crc(body).to_bytes(4, "big") + body
    return LiveBytes(frame, body.live) if type(body) is LiveBytes else frame


def unseal(data: bytes, key: str | None = None) -> bytes:
    """The body of a frame. Raises CorruptValueError when these are not the bytes that were stored."""
    if len(data) <= HEAD or data[0] != FORMAT:
        found = f"begins with byte {data[0]:#04x}, expected {FORMAT:#04x}" if data else "is empty"
        raise CorruptValueError(
            f"A stored value {found} ({len(data)} bytes): it was damaged, or written by another format or program",
            key=key,
        )
    body = data[HEAD:]
    if _crc(body) != int.from_bytes(data[1:HEAD], "big"):
        raise CorruptValueError(
            f"A stored value of {len(data)} bytes does not match its checksum: it was damaged after it was written."
            " Go on from an earlier checkpoint, or restore a backup",
            key=key,
        )
    return LiveBytes(body, data.live) if type(data) is LiveBytes else body


def join_list(bodies: Sequence[bytes]) -> bytes:
    """The body of a list whose elements have these bodies."""
    size = len(bodies)
    if size < 16:
        head = bytes([0x90 | size])
    elif size < 1 << 16:
        head = b"\xdc" + size.to_bytes(2, "big")
    else:
        head = b"\xdd" + size.to_bytes(4, "big")
    return head + b"".join(bodies)


def split_list(body: bytes) -> list[bytes]:
    """The bodies of the elements of a list, from its body. Raises DecodeError when it is the body of no list."""
    try:
        return [bytes(raw) for raw in _split(body)]
    except (msgspec.DecodeError, RecursionError) as error:
        raise DecodeError(f"A stored value is not the list it was said to be: {error}") from None
