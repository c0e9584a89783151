"""Bodies to values. The bytes may be anything: what is not a value of ours is a `DecodeError`."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from actograph.checkpoint.serde.builtin import FACTORIES
from actograph.checkpoint.serde.encode import INT_LIMIT, Code
from actograph.checkpoint.serde.errors import DecodeError, UnknownTypeError
from actograph.checkpoint.serde.frame import LiveBytes
from actograph.checkpoint.serde.lookup import Lookup
from actograph.checkpoint.serde.scan import check_maps

__all__ = ("Reader",)

_TEXT: Final = frozenset({str})
_MANY: Final = 256
_LARGE_MAPS: Final = (b"\xde", b"\xdf")


class Reader:
    """Decodes bodies. Holds no state of a read, so many threads may use one.

    Parameters:
        lookup: what names mean.
    """

    __slots__ = ("_hook", "_lookup")

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup
        self._hook = _Hook(lookup, ())

    def read(self, body: bytes, key: str | None = None) -> Any:
        """The value of a body. Raises DecodeError, and UnknownTypeError for a name that means nothing here."""
        try:
            check_maps(body)
            hook = _Hook(self._lookup, body.live) if type(body) is LiveBytes else self._hook
            return hook.decode_map(body) if body[:1] in _LARGE_MAPS else hook.decode(body)
        except DecodeError as error:
            error.key = key
            raise
        except msgspec.DecodeError as error:
            raise DecodeError(f"A stored value is not well formed: {error}", key=key) from None
        except (RecursionError, MemoryError) as error:
            raise DecodeError(
                f"A stored value is nested too deeply, or too large, for this process ({type(error).__name__})", key=key
            ) from None
        except ValueError as error:  # text that is not UTF-8, on some versions of msgspec
            raise DecodeError(f"A stored value is not well formed: {error}", key=key) from None


class _Hook:
    """Makes values of extensions."""

    __slots__ = ("_live", "_lookup", "decode", "decode_map")

    def __init__(self, lookup: Lookup, live: tuple[Any, ...]) -> None:
        self._lookup = lookup
        self._live = live
        self.decode = msgspec.msgpack.Decoder(ext_hook=self.extension).decode
        self.decode_map = msgspec.msgpack.Decoder(dict[str, Any], ext_hook=self.extension).decode

    def extension(self, code: int, data: memoryview) -> Any:
        make = _MAKERS.get(code)
        if make is None:
            raise DecodeError(
                f"A stored value has an extension of the unknown kind {code}: it was written by a newer version"
            )
        try:
            return make(self, data)
        except (DecodeError, msgspec.DecodeError, RecursionError, MemoryError):
            raise
        except Exception as error:
            raise DecodeError(f"A stored {make.__name__} cannot be made again: {error}") from error

    def object(self, data: memoryview) -> Any:
        name, state = self._two(data, str)
        spec = self._lookup.of_name(name)
        if spec is None:
            raise UnknownTypeError(
                f"A stored value is of type {name}, which is not known here: {self._lookup.why_unknown(name)}",
                type_name=name,
            )
        try:
            return spec.decode(state)
        except (DecodeError, RecursionError, MemoryError):
            raise
        except Exception as error:
            raise DecodeError(f"A stored {name} cannot be made again: {error}") from error

    def live_object(self, data: memoryview) -> Any:
        number, state = self._two(data, int)
        cls = self._referred(number)
        spec = self._lookup.of_any(cls) if isinstance(cls, type) else None
        if spec is None:
            raise DecodeError("A value kept in memory does not belong to the objects beside it")
        return spec.decode(state)

    def live(self, data: memoryview) -> Any:
        return self._referred(int.from_bytes(data, "big"))

    def _referred(self, number: int) -> Any:
        if not 0 <= number < len(self._live):
            raise UnknownTypeError(
                "A stored value refers to an object of the process that wrote it; only the memory saver keeps such values, and only as long"
                " as that process lives",
                type_name="object",
            )
        return self._live[number]

    def _two(self, data: memoryview, kind: type) -> tuple[Any, Any]:
        parts = self._list(data)
        if len(parts) != 2 or type(parts[0]) is not kind:
            raise ValueError("it is a list of two parts")
        return parts[0], parts[1]

    def _list(self, data: memoryview) -> list[Any]:
        parts = self.decode(data)
        if type(parts) is not list:
            raise ValueError(f"a list is expected in it, not {type(parts).__name__}")
        return parts

    def tuple(self, data: memoryview) -> Any:
        return tuple(self._list(data))

    def set(self, data: memoryview) -> Any:
        return set(_hashable(self._list(data)))

    def frozenset(self, data: memoryview) -> Any:
        return frozenset(_hashable(self._list(data)))

    def pairs(self, data: memoryview) -> Any:
        parts = self._list(data)
        if len(parts) % 2:
            raise ValueError("a key has no value")
        return dict(zip(_hashable(parts[::2]), parts[1::2], strict=True))

    def map(self, data: memoryview) -> Any:
        keys, values = self._two(data, list)
        if type(values) is not list or not _TEXT.issuperset(map(type, keys)):
            raise ValueError("it is a list of texts and a list of values")
        return dict(zip(keys, values, strict=True))

    def int(self, data: memoryview) -> Any:
        if len(data) > INT_LIMIT:
            raise ValueError(f"ints up to {INT_LIMIT} bytes are stored")
        return int.from_bytes(data, "big", signed=True)

    def text(self, data: memoryview) -> Any:
        return str(data, "utf-8", "surrogatepass")

    def bytearray(self, data: memoryview) -> Any:
        return bytearray(data)

    def cls(self, data: memoryview) -> Any:
        name = str(data, "utf-8", "surrogatepass")
        cls = FACTORIES.get(name)
        if cls is None:
            spec = self._lookup.of_name(name)
            if spec is None:
                raise UnknownTypeError(
                    f"A stored value is the class {name}, which is not known here: {self._lookup.why_unknown(name)}",
                    type_name=name,
                )
            cls = spec.cls
        return cls


def _hashable(keys: list[Any]) -> list[Any]:
    """`keys`, unless so many of them have one hash that a table of them would take quadratic time."""
    if len(keys) > _MANY and len(set(map(hash, keys))) * 8 < len(keys):
        raise ValueError("its keys are made to collide")
    return keys


_MAKERS: Final = {
    Code.OBJECT: _Hook.object,
    Code.TUPLE: _Hook.tuple,
    Code.SET: _Hook.set,
    Code.FROZENSET: _Hook.frozenset,
    Code.PAIRS: _Hook.pairs,
    Code.MAP: _Hook.map,
    Code.INT: _Hook.int,
    Code.TEXT: _Hook.text,
    Code.BYTEARRAY: _Hook.bytearray,
    Code.CLASS: _Hook.cls,
    Code.LIVE: _Hook.live,
    Code.LIVE_OBJECT: _Hook.live_object,
}
