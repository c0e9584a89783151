"""Between a serializer and the bytes of records."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from actograph.checkpoint.base import JsonPlusSerializer, SerializerProtocol
from actograph.checkpoint.serde.codec import LiveBytes

LIVE: Final = "live"
"""Tag of bytes that refer to objects of this process; only in memory."""

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(tuple[str | None, bytes]).decode
# Values that our codec writes as MessagePack does, whatever they are.
_SIMPLE: Final = frozenset((type(None), bool, float))
# Values that are quicker encoded than looked up.
_SCALARS: Final = frozenset((type(None), bool, float, int, str, bytes))

Memo = dict[int, tuple[str | None, bytes]]
"""What values of one entry were dumped as, by `id`: a task's write is most often the very object that a channel then holds. The values have
to be alive, and unchanged, as long as it is used."""


class Wire:
    """Values to bytes and back. With our own serializer the bytes are bodies of its codec, without a checksum (records have their own) and
    without a tag; with another one they are opaque, and its tag is stored with them."""

    __slots__ = ("_dumps", "_loads", "body", "serde", "unbody")

    def __init__(self, serde: SerializerProtocol) -> None:
        self.serde = serde
        self._dumps = serde.dumps_typed
        self._loads = serde.loads_typed
        native = isinstance(serde, JsonPlusSerializer) and type(serde).dumps_typed is JsonPlusSerializer.dumps_typed
        self.body = serde.codec.encode if native and isinstance(serde, JsonPlusSerializer) else None
        self.unbody = serde.codec.decode if native and isinstance(serde, JsonPlusSerializer) else None

    @property
    def native(self) -> bool:
        """Whether the serializer is ours."""
        return self.body is not None

    def dump(self, value: Any, key: str) -> tuple[str | None, bytes]:
        """(tag or None, bytes). Raises `UnserializableTypeError` for what our serializer refuses."""
        body = self.body
        if body is None:
            return self._dumps(value)
        if type(value) in _SIMPLE:
            return None, _encode(value)
        raw = body(value, key)
        return (None if type(raw) is bytes else LIVE), raw

    def dump_once(self, value: Any, key: str, memo: Memo) -> tuple[str | None, bytes]:
        """As `dump`, but an object that stands in the entry several times is encoded once."""
        if type(value) in _SCALARS:
            return self.dump(value, key)
        found = memo.get(id(value))
        if found is None:
            found = memo[id(value)] = self.dump(value, key)
        return found

    def load(self, tag: str | None, raw: bytes, key: str) -> Any:
        """The value. Raises a `DecodeError` of the codec for bytes that make none."""
        if self.unbody is None:
            return self._loads((tag or "", raw))
        return self.unbody(raw, key)

    def pack(self, value: Any, key: str) -> bytes:
        """A value with its tag as one string of bytes."""
        tag, raw = self.dump(value, key)
        return raw if tag == LIVE else _encode((tag, raw))

    def unpack(self, data: bytes, key: str) -> Any:
        """The value that `pack` was given."""
        if type(data) is LiveBytes:
            return self.load(LIVE, data, key)
        tag, raw = _decode(data)
        return self.load(tag, raw, key)
