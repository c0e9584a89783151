"""`JsonPlusSerializer`: the typed codec under the name, and with the interface, that programs written for LangGraph use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final, Literal

from actograph.checkpoint.serde.base import SerializerProtocol
from actograph.checkpoint.serde.codec import Codec, Trust
from actograph.checkpoint.serde.errors import DecodeError
from actograph.checkpoint.serde.registry import BUILTINS, Decode, Encode, TypeRegistry, type_name

__all__ = ("TYPE", "InvalidModuleError", "JsonPlusSerializer")

TYPE: Final = "ag1"
"""The type tag of what this serializer writes."""

Allowed = Collection[tuple[str, ...] | type] | Literal[True] | None


class InvalidModuleError(Exception):
    """An allow list of modules is not one."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class JsonPlusSerializer(SerializerProtocol):
    """Writes values so that they come back as exactly what they were, and reads them without running code: no pickle, no import.

    Parameters:
        pickle_fallback: refused when true: what pickle reads, it runs.
        allowed_json_modules, allowed_msgpack_modules: further data classes that may be stored, as `(module, name)` tuples or classes; True
            is the same as `types="loaded"`.
        types: which classes are taken. `"registered"`: those of the graph's schemas and those given to `register_type`; anything else is
            refused when it is written. `"loaded"`: data classes (dataclass, Pydantic, Struct, NamedTuple, Enum) of loaded modules, too.
            `"any"`: any object, for storage in this process's memory only.
        registry: the classes known; a new registry by default.

    Raises:
        ValueError: `pickle_fallback=True`.
        InvalidModuleError: an allow list holds something that names no class.
    """

    def __init__(
        self,
        *,
        pickle_fallback: bool = False,
        allowed_json_modules: Allowed = None,
        allowed_msgpack_modules: Allowed = None,
        types: Trust = "registered",
        registry: TypeRegistry | None = None,
    ) -> None:
        if pickle_fallback:
            raise ValueError(
                "pickle_fallback=True is refused: reading a pickle runs whatever its bytes say. Name the class in the state schema, call"
                ' register_type(cls, encode=..., decode=...) on the serializer, or give it types="loaded"'
            )
        names: set[str] = set()
        registry = TypeRegistry(BUILTINS) if registry is None else registry
        for allowed in (allowed_json_modules, allowed_msgpack_modules):
            if allowed is True:
                types = "loaded" if types == "registered" else types
            else:
                names |= _names(allowed or (), registry)
        self.codec = Codec(registry, trust=types, allowed=frozenset(names))

    @property
    def registry(self) -> TypeRegistry:
        """The classes known beside the built-in ones."""
        return self.codec.registry

    @property
    def types(self) -> Trust:
        """Which classes are taken."""
        return self.codec.trust

    def dumps_typed(self, obj: Any) -> tuple[str, bytes]:
        """The tag of the format, and the value's bytes: a format byte, a checksum, the value.

        Raises:
            UnserializableTypeError: the value, or something in it, could not come back as what it is.
        """
        return TYPE, self.codec.dumps(obj)

    def loads_typed(self, data: tuple[str, bytes]) -> Any:
        """The value that was written.

        Raises:
            CorruptValueError: these are not the bytes that were written.
            UnknownTypeError: they name a type that is not known here.
            DecodeError: they make no value (base of the other two).
        """
        tag, stored = data
        if tag != TYPE:
            raise DecodeError(
                f"A stored value has the type tag {tag!r:.40}, and this serializer reads {TYPE!r}: it was written by another serializer,"
                " with which it has to be read"
            )
        return self.codec.loads(stored)

    def register_type(
        self, cls: type, *, name: str | None = None, encode: Encode | None = None, decode: Decode | None = None
    ) -> None:
        """Let values of exactly this class be stored; see `TypeRegistry.register_type`."""
        self.codec.registry.register_type(cls, name=name, encode=encode, decode=decode)

    def join_types(self, types: Mapping[str, Any]) -> None:
        """Make the classes found in these declared types (by channel), recursively, known."""
        self.codec.join_types(types)

    def compile_encoder(self, declared: Any) -> Callable[[Any], bytes]:
        """Encodes values of mostly this declared type to bytes as `dumps_typed` does, without the tag."""
        return self.codec.compile_encoder(declared)

    def with_msgpack_allowlist(self, extra_allowlist: Iterable[tuple[str, ...] | type]) -> JsonPlusSerializer:
        """A serializer with the same registry that also takes these data classes: `(module, name)` tuples, or classes."""
        clone = JsonPlusSerializer.__new__(type(self))
        registry = self.codec.registry
        names = _names(tuple(extra_allowlist), registry)
        clone.codec = Codec(registry, trust=self.codec.trust, allowed=self.codec.allowed | names)
        return clone


def _names(allowed: Iterable[tuple[str, ...] | type], registry: TypeRegistry) -> set[str]:
    names = set()
    for item in allowed:
        if isinstance(item, type):
            if registry.by_class(item) is None:
                registry.register_type(item)
            names.add(type_name(item))
        elif isinstance(item, tuple) and len(item) >= 2 and all(isinstance(part, str) for part in item):
            names.add(f"{'.'.join(item[:-1])}:{item[-1]}")
        else:
            raise InvalidModuleError(f"an allow list holds (module, name) tuples and classes, not {item!r:.80}")
    return names
