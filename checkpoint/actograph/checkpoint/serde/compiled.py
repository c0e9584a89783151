"""Encoders for declared types: what the type promises is checked in one step, and only then relied on."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Annotated, Any, Final, get_args, get_origin

import msgspec

from actograph.checkpoint.serde.encode import MAP_LIMIT, SCALARS
from actograph.checkpoint.serde.frame import MARK

__all__ = ("compile_encoder",)

_encode = msgspec.msgpack.Encoder().encode
_crc = zlib.crc32
_TEXT: Final = frozenset({str})

Encoder = Callable[[Any], bytes]


def compile_encoder(declared: Any, general: Encoder) -> Encoder:
    """An encoder of frames for values that are mostly of type `declared`; other values go to `general`."""
    while get_origin(declared) is Annotated:
        declared = get_args(declared)[0]
    if declared in SCALARS:
        return _scalar(declared, general)
    origin, args = get_origin(declared), get_args(declared)
    if origin is list and len(args) == 1 and args[0] in SCALARS:
        return _list(args[0], general)
    if origin is dict and len(args) == 2 and args[0] is str and args[1] in SCALARS:
        return _dict(args[1], general)
    return general


def _scalar(kind: Any, general: Encoder) -> Encoder:
    def encode(value: Any) -> bytes:
        if type(value) is kind:
            try:
                body = _encode(value)
            except (OverflowError, ValueError):
                return general(value)
            return MARK + _crc(body).to_bytes(4, "big") + body
        return general(value)

    return encode


def _list(kind: Any, general: Encoder) -> Encoder:
    exact = frozenset({kind})

    def encode(value: Any) -> bytes:
        if type(value) is list and exact.issuperset(map(type, value)):
            try:
                body = _encode(value)
            except (OverflowError, ValueError):
                return general(value)
            return MARK + _crc(body).to_bytes(4, "big") + body
        return general(value)

    return encode


def _dict(kind: Any, general: Encoder) -> Encoder:
    exact = frozenset({kind})

    def encode(value: Any) -> bytes:
        if (
            type(value) is dict
            and len(value) <= MAP_LIMIT
            and _TEXT.issuperset(map(type, value))
            and exact.issuperset(map(type, value.values()))
        ):
            try:
                body = _encode(value)
            except (OverflowError, ValueError):
                return general(value)
            return MARK + _crc(body).to_bytes(4, "big") + body
        return general(value)

    return encode
