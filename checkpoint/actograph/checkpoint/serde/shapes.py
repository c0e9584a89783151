"""How data classes are taken apart and put together, without running their constructors.

A state names its fields, so that a class may gain a field with a default, or lose one, and still read what was stored before.
"""

from __future__ import annotations

import dataclasses
import enum
import functools
import sys
import types
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any, Final

import msgspec

__all__ = ("Parts", "data_shape", "is_data_class", "is_pydantic")

Shape = tuple[Callable[[Any], Any], Callable[[Any], Any]]


class Parts(list[Any]):
    """A state of several parts, which are no steps of a path to what is in them."""


_MISSING: Final = dataclasses.MISSING
_FLAG_BITS: Final = 4096
_set = object.__setattr__


def is_data_class(cls: type) -> bool:
    """Whether the class is a dataclass, Pydantic model, Struct, NamedTuple or Enum: it holds fields, and nothing else is to be kept."""
    return (
        issubclass(cls, (enum.Enum, msgspec.Struct))
        or (issubclass(cls, tuple) and hasattr(cls, "_fields"))
        or dataclasses.is_dataclass(cls)
        or is_pydantic(cls)
    )


def is_pydantic(cls: type) -> bool:
    """Whether the class is a model of Pydantic 2; false where Pydantic is not loaded."""
    pydantic = sys.modules.get("pydantic.main")
    return pydantic is not None and issubclass(cls, pydantic.BaseModel)


@functools.lru_cache(maxsize=4096)
def data_shape(cls: type) -> Shape | None:
    """Encoder and decoder for a data class, or for a subclass of a standard container or scalar; None for other classes."""
    if issubclass(cls, enum.Enum):
        return _enum(cls)
    if issubclass(cls, msgspec.Struct):
        return _struct(cls) if cls is not msgspec.Struct else None
    if issubclass(cls, tuple) and hasattr(cls, "_fields"):
        return _named_tuple(cls)
    if issubclass(cls, BaseException):
        return None
    if is_pydantic(cls):
        return _pydantic(cls)
    for base in _BASES:
        if issubclass(cls, base):
            return _subclass(cls, base)
    if dataclasses.is_dataclass(cls):
        return _dataclass(cls)
    return None


def _fields_of(state: Any, cls: type) -> dict[str, Any]:
    if type(state) is not dict or not all(type(key) is str for key in state):
        raise ValueError(f"the state of a {cls.__qualname__} is a map of its fields, not {type(state).__name__}")
    return state


def _absent(cls: type, field: str) -> ValueError:
    return ValueError(
        f"{cls.__qualname__} has a field {field!r} without a default, which it had not when the value was stored; give it a default"
    )


def _enum(cls: type[enum.Enum]) -> Shape:
    if issubclass(cls, enum.Flag):
        # A combination of flags has no name of its own.
        def flag(state: Any) -> Any:
            # Looking up a combination takes time by its bits.
            if type(state) is not int or state.bit_length() > _FLAG_BITS:
                raise ValueError(f"{cls.__qualname__} is stored as an int of at most {_FLAG_BITS} bits")
            return cls(state)

        return (lambda member: member._value_), flag

    def member(state: Any) -> Any:
        try:
            return cls._member_map_[state]
        except (KeyError, TypeError):
            raise ValueError(f"{cls.__qualname__} has no member {state!r:.80}") from None

    return (lambda member: member._name_), member


def _struct(cls: type[msgspec.Struct]) -> Shape:
    names = cls.__struct_fields__
    fill = msgspec.structs.force_setattr

    def encode(value: Any) -> Any:
        state = {name: getattr(value, name) for name in names}
        state.update(getattr(value, "__dict__", None) or ())
        return state

    def decode(state: Any) -> Any:
        stored = _fields_of(state, cls)
        known = {name: stored.pop(name) for name in names if name in stored}
        # A Struct can only be made by its constructor; what a `__post_init__` changes is set back.
        value = cls(**known)
        if hasattr(cls, "__post_init__"):
            for name, item in known.items():
                fill(value, name, item)
        if (attributes := getattr(value, "__dict__", None)) is not None:
            attributes.update(stored)
        return value

    return encode, decode


def _named_tuple(cls: Any) -> Shape:
    names = cls._fields
    defaults = getattr(cls, "_field_defaults", {})

    def encode(value: Any) -> Any:
        if getattr(value, "__dict__", None):
            raise ValueError(f"it has attributes beside its fields: {', '.join(value.__dict__)}")
        return list(value)

    def decode(state: Any) -> Any:
        if type(state) is not list:
            raise ValueError(f"the state of a {cls.__qualname__} is a list, not {type(state).__name__}")
        for name in names[len(state) :]:
            if name not in defaults:
                raise _absent(cls, name)
            state.append(defaults[name])
        return tuple.__new__(cls, state[: len(names)])

    return encode, decode


def _cached_properties(cls: type) -> frozenset[str]:
    """What a class computes and keeps in `__dict__`: it is not stored, and computed again when asked for."""
    return frozenset(
        name
        for base in cls.__mro__
        for name, value in vars(base).items()
        if isinstance(value, functools.cached_property)
    )


def _extras(state: dict[str, Any], known: Any) -> dict[str, Any]:
    return {name: item for name, item in state.items() if name not in known}


def _dataclass(cls: Any) -> Shape:
    fields = {field.name: field for field in dataclasses.fields(cls)}
    slots = frozenset(
        name
        for base in cls.__mro__
        for name, value in vars(base).items()
        if isinstance(value, types.MemberDescriptorType)
    )
    computed = _cached_properties(cls)

    def encode(value: Any) -> Any:
        attributes = getattr(value, "__dict__", None)
        state = {}
        for name in slots:
            if (item := getattr(value, name, _MISSING)) is not _MISSING:
                state[name] = item
        if attributes:
            state.update(attributes if not computed else _extras(attributes, computed))
        return {name: state[name] for name in sorted(state, key=_order(fields))}

    def decode(state: Any) -> Any:
        stored = _fields_of(state, cls)
        value = object.__new__(cls)
        attributes = getattr(value, "__dict__", None)
        for name, item in stored.items():
            if name in slots:
                _set(value, name, item)
            elif attributes is not None and not name.startswith("__"):
                attributes[name] = item
        for name, field in fields.items():
            if name in stored:
                continue
            if field.default is not _MISSING:
                item = field.default
            elif field.default_factory is not _MISSING:
                item = field.default_factory()
            elif not field.init:
                continue  # never set when it was stored
            else:
                raise _absent(cls, name)
            if name in slots:
                _set(value, name, item)
            elif attributes is not None:
                attributes[name] = item
        return value

    return encode, decode


def _order(fields: dict[str, Any]) -> Callable[[str], tuple[int, str]]:
    places = {name: place for place, name in enumerate(fields)}
    return lambda name: (places.get(name, len(places)), name)


def _pydantic(cls: Any) -> Shape:
    computed = _cached_properties(cls)

    def encode(value: Any) -> Any:
        private = getattr(value, "__pydantic_private__", None)
        undefined = sys.modules["pydantic_core"].PydanticUndefined
        return Parts(
            [
                _extras(value.__dict__, computed) if computed else dict(value.__dict__),
                sorted(value.__pydantic_fields_set__),
                value.__pydantic_extra__,
                None if private is None else {name: item for name, item in private.items() if item is not undefined},
            ]
        )

    def decode(state: Any) -> Any:
        if type(state) is not list or len(state) != 4 or type(state[1]) is not list:
            raise ValueError(f"the state of a {cls.__qualname__} is a list of four parts")
        known, extra, private = _fields_of(state[0], cls), state[2], state[3]
        attributes: dict[str, Any] = {}
        for name, field in cls.model_fields.items():
            if name in known:
                attributes[name] = known[name]
            elif field.is_required():
                raise _absent(cls, name)
            elif getattr(field, "default_factory_takes_validated_data", False):
                attributes[name] = field.default_factory(attributes)
            else:
                attributes[name] = field.get_default(call_default_factory=True)
        value = object.__new__(cls)
        _set(value, "__dict__", attributes)
        _set(value, "__pydantic_fields_set__", {name for name in state[1] if type(name) is str})
        _set(value, "__pydantic_extra__", None if extra is None else _fields_of(extra, cls))
        _set(value, "__pydantic_private__", None if private is None else _fields_of(private, cls))
        return value

    return encode, decode


# The more special before the more general.
_BASES: Final[tuple[Any, ...]] = (
    OrderedDict,
    defaultdict,
    Counter,
    dict,
    list,
    set,
    frozenset,
    deque,
    tuple,
    str,
    bytes,
    bytearray,
    int,
    float,
)


def _subclass(cls: Any, base: Any) -> Shape | None:
    """A subclass of a standard type: what the base holds, and the instance's attributes."""
    if cls is base or base in (bool, type(None)):
        return None
    computed = _cached_properties(cls)
    immutable = base in (frozenset, tuple, str, bytes, int, float)

    def encode(value: Any) -> Any:
        held: Any
        if issubclass(base, dict):
            held = dict(base.items(value))
        elif base is str:
            held = str.__str__(value)
        elif base is int:
            held = int.__int__(value)
        elif base is float:
            held = float.__float__(value)
        elif base is bytes or base is bytearray:
            held = bytes(memoryview(value))
        else:
            held = list(base.__iter__(value))
        attributes = _extras(getattr(value, "__dict__", None) or {}, computed)
        option = value.maxlen if base is deque else value.default_factory if base is defaultdict else None
        return Parts([held, option, attributes or None])

    def decode(state: Any) -> Any:
        if type(state) is not list or len(state) != 3:
            raise ValueError(f"the state of a {cls.__qualname__} is a list of three parts")
        held, option, attributes = state
        if immutable:
            value = base.__new__(cls, held)
        else:
            value = base.__new__(cls)
            if issubclass(base, dict):
                for key, item in held.items():
                    base.__setitem__(value, key, item)
            elif base is set:
                set.update(value, held)
            elif base is deque:
                deque.__init__(value, held, option)
            else:
                base.__init__(value, held)
            if base is defaultdict:
                value.default_factory = option
        for name, item in (_fields_of(attributes, cls) if attributes is not None else {}).items():
            value.__dict__[name] = item
        return value

    return encode, decode
