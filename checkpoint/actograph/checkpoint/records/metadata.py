"""Metadata of checkpoints: JSON text, which filters look into, and the exact value beside it where JSON would not bring it back."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from actograph.checkpoint.records.wire import Wire

_json = msgspec.json.Encoder().encode
_load = json.loads
_BIG: Final = 1 << 63
_DEPTH: Final = 50
_KEYS: Final = frozenset((str,))
_PLAIN: Final = frozenset((str, bool, type(None)))


def _survives(value: Any, depth: int) -> bool:
    """Whether JSON brings back exactly this dict or list."""
    if type(value) is dict:
        if not _KEYS.issuperset(map(type, value)):
            return False
        value = value.values()
    elif type(value) is not list:
        return False
    for item in value:
        kind = type(item)
        if kind in _PLAIN:
            continue
        if kind is int:
            if not -_BIG <= item < _BIG:
                return False
        elif kind is float:
            if not math.isfinite(item):
                return False
        elif (item or (kind is not dict and kind is not list)) and (depth == 0 or not _survives(item, depth - 1)):
            return False
    return True


def encode_metadata(wire: Wire, metadata: Mapping[str, Any]) -> tuple[str, bytes | None]:
    """(JSON text, exact form or None when the text says all). Raises what the serializer raises for a value that it refuses."""
    plain = metadata if type(metadata) is dict else dict(metadata)
    if _survives(plain, _DEPTH):
        try:
            return _json(plain).decode(), None
        except UnicodeEncodeError:
            pass  # lone surrogates: JSON text with escapes can say them, UTF-8 cannot
    typed = wire.pack(plain, "metadata")
    return json.dumps(_shown(plain, _DEPTH), separators=(",", ":")), typed


def _shown(value: Any, depth: int) -> Any:
    """What a filter can see of a value that JSON cannot say exactly."""
    if isinstance(value, str | bool | int) or value is None:
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if depth == 0:
        return None
    if isinstance(value, dict):
        return {key: _shown(item, depth - 1) for key, item in value.items() if isinstance(key, str)}
    if isinstance(value, list | tuple | set | frozenset):
        return [_shown(item, depth - 1) for item in value]
    return str(value)


def decode_metadata(wire: Wire, text: str, typed: bytes | None) -> dict[str, Any]:
    """The metadata that `encode_metadata` was given."""
    decoded: dict[str, Any] = _load(text) if typed is None else wire.unpack(typed, "metadata")
    return decoded
