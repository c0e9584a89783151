"""The typed codec: values to bytes and back, each as exactly what it was.

A stored value is one frame: a format byte, the CRC-32 of the body, the body. The body is MessagePack: plain values (text, 64-bit ints,
floats, bools, None, bytes, lists, maps) stand as they are, everything else is an extension (`encode.Code`) whose payload is a body in its
turn. Plain values are recognised by their exact types in one quick pass and then go to msgspec whole.

Decoding builds values and nothing else: it looks names up in a registry, never imports, and calls no constructor that a registered decoder
does not call. Sizes are bounded by the bytes at hand, nesting by the interpreter's own limit, both with a clear error.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

from actograph.checkpoint.serde.decode import Reader
from actograph.checkpoint.serde.encode import MAX_DEPTH, SCALARS, Refused, Walk, is_plain
from actograph.checkpoint.serde.errors import UnserializableTypeError
from actograph.checkpoint.serde.frame import FORMAT, MARK, LiveBytes, join_list, seal, split_list, unseal
from actograph.checkpoint.serde.lookup import Lookup
from actograph.checkpoint.serde.registry import BUILTINS, TypeRegistry, type_name

__all__ = ("FORMAT", "Codec", "LiveBytes", "Trust", "join_list", "seal", "split_list", "unseal")

Trust = Literal["registered", "loaded", "any"]
"""Which classes a codec takes, beside the built-in ones: `"registered"` (registered, or found in a schema), `"loaded"` (data classes of
modules that are loaded, too), `"any"` (any object; for memory, where nothing outlives the process)."""

_encode = msgspec.msgpack.Encoder().encode
_crc = zlib.crc32


class Codec:
    """Encodes and decodes values. Safe to use from many threads.

    With trust `"any"` data (containers, dataclasses, models and so on) is encoded, so that what is stored does not change with the
    original, and its classes are kept by reference; any other object (a lock, a client, a function) is kept by reference itself, and comes
    back as the same object. What refers to such things is a `LiveBytes`.

    Parameters:
        registry: the classes it knows beside the built-in ones; an empty one of its own by default.
        trust: see `Trust`.
        allowed: names (`module:qualname`) of further data classes, to be looked up among loaded modules.
    """

    def __init__(
        self,
        registry: TypeRegistry | None = None,
        *,
        trust: Trust = "registered",
        allowed: frozenset[str] = frozenset(),
    ) -> None:
        if trust not in ("registered", "loaded", "any"):
            raise ValueError(f'trust is "registered", "loaded" or "any", not {trust!r}')
        self.registry = TypeRegistry(BUILTINS) if registry is None else registry
        self.trust: Trust = trust
        self.allowed = allowed
        lookup = Lookup(self.registry, loaded=trust == "loaded", allowed=allowed)
        self._walk = Walk(lookup)
        self._strict = Walk(lookup, strict=True)
        self._reader = Reader(lookup)

    # To bytes.

    def dumps(self, value: Any, key: str | None = None) -> bytes:
        """The frame of a value; a `LiveBytes` when it refers to objects of this process.

        Parameters:
            key: what is being written, such as the channel's name, for errors.

        Raises:
            UnserializableTypeError: the value, or something in it, could not come back as what it is.
        """
        kind = type(value)
        if kind in SCALARS or ((kind is dict or kind is list) and is_plain(value, MAX_DEPTH)):
            try:
                body = _encode(value)
            except (OverflowError, ValueError, RecursionError):
                return seal(self._encode_special(value, key))  # an int over 64 bits, a lone surrogate
            return MARK + _crc(body).to_bytes(4, "big") + body
        return seal(self._encode_special(value, key))

    def encode(self, value: Any, key: str | None = None) -> bytes:
        """The body of a value: without a frame, and so without a checksum. For parts of values that are framed as a whole."""
        kind = type(value)
        if kind in SCALARS or ((kind is dict or kind is list) and is_plain(value, MAX_DEPTH)):
            try:
                return _encode(value)
            except (OverflowError, ValueError, RecursionError):
                return self._encode_special(value, key)
        return self._encode_special(value, key)

    def _encode_special(self, value: Any, key: str | None) -> bytes:
        live: list[Any] | None = [] if self.trust == "any" else None
        try:
            try:
                body = self._walk.body(value, MAX_DEPTH, live)
            except (OverflowError, UnicodeEncodeError):
                live = None if live is None else []
                body = self._strict.body(value, MAX_DEPTH, live)
        except Refused as refused:
            raise UnserializableTypeError(
                refused.type_name, path=refused.path(), key=key, reason=refused.reason()
            ) from refused.cause
        except (RecursionError, ValueError) as error:
            why = "it is nested too deeply for what is left of the stack; flatten it"
            raise UnserializableTypeError(
                type_name(type(value)),
                path="$",
                key=key,
                reason=why if isinstance(error, RecursionError) else str(error),
            ) from error
        return LiveBytes(body, tuple(live)) if live else body

    def compile_encoder(self, declared: Any) -> Callable[[Any], bytes]:
        """A `dumps` for values that are mostly of the declared type: quicker for scalars and for containers of scalars. Values of any other
        type are encoded as `dumps` does, since declared types are not enforced."""
        from actograph.checkpoint.serde.compiled import compile_encoder

        return compile_encoder(declared, self.dumps)

    # From bytes.

    def loads(self, data: bytes, key: str | None = None) -> Any:
        """The value of a frame.

        Raises:
            CorruptValueError: these are not the bytes that were stored.
            UnknownTypeError: they name a type that is not known here.
            DecodeError: they make no value (base of the other two).
        """
        return self._reader.read(unseal(data, key), key)

    def decode(self, body: bytes, key: str | None = None) -> Any:
        """The value of a body. Raises as `loads`, but knows no checksum."""
        return self._reader.read(body, key)

    # Types.

    def join_types(self, types: Mapping[str, Any]) -> None:
        """Make the classes found in these declared types (by channel), recursively, known. With trust `"any"` there is nothing to do."""
        if self.trust != "any":
            for declared in types.values():
                self.registry.join(declared)
