"""Standard types that every codec knows, beside those the wire format has codes for. Importing this module fills `BUILTINS`; types of
modules that few programs load are in `rare`, and added when the first of their values comes by."""

from __future__ import annotations

import re
import types
import uuid
from collections import Counter, OrderedDict, defaultdict, deque
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, Final

from actograph.checkpoint.serde.registry import BUILTINS, TypeSpec, register_builtin
from actograph.checkpoint.serde.shapes import Parts

__all__ = ("EXCEPTION", "FACTORIES", "ExceptionText", "parts_of", "text_of")

FACTORIES: Final[dict[str, type]] = {
    cls.__name__: cls
    for cls in (bool, bytearray, bytes, complex, dict, float, frozenset, int, list, object, set, str, tuple)
}
"""Standard classes that a value may hold as such, by name."""

_PATTERN_LIMIT: Final = 1 << 14
_SET_LIMIT: Final = 200


class ExceptionText(str):
    """What is stored of an exception: its `repr` as text, with its type and the `repr` of its arguments. It is never raised again.

    Attributes:
        type_name: the exception's class, `module:qualname`.
        args_repr: the `repr` of its `args`.
    """

    type_name: str
    args_repr: str
    __slots__ = ("args_repr", "type_name")

    def __new__(cls, text: str, type_name: str = "", args_repr: str = "") -> ExceptionText:
        self = super().__new__(cls, text)
        self.type_name = type_name
        self.args_repr = args_repr
        return self

    @classmethod
    def of(cls, error: BaseException) -> ExceptionText:
        """The text of an exception; one whose own `repr` fails gets its type name and a mark instead."""
        name = f"{type(error).__module__}:{type(error).__qualname__}"
        try:
            return cls(repr(error), name, repr(error.args))
        except Exception as problem:
            return cls(f"{type(error).__name__}(<unprintable: {type(problem).__name__}>)", name, "()")


def parts_of(state: Any, *kinds: Any) -> list[Any]:
    """A stored `state` as a list whose items are of these types."""
    if type(state) is not list or len(state) != len(kinds):
        raise ValueError(f"expected a list of {len(kinds)} parts")
    for item, kind in zip(state, kinds, strict=True):
        if kind is not Any and not isinstance(item, kind):
            raise ValueError(f"expected {kind}, got {type(item).__name__}")
    return state


def text_of(state: Any) -> str:
    """A stored `state` as text."""
    if type(state) is not str:
        raise ValueError(f"expected text, got {type(state).__name__}")
    return state


def _map(state: Any) -> dict[Any, Any]:
    if type(state) is not dict:
        raise ValueError(f"expected a map, got {type(state).__name__}")
    return state


def _exception(state: Any) -> ExceptionText:
    return ExceptionText(*parts_of(state, str, str, str))


def _encode_exception_text(value: ExceptionText) -> list[str]:
    return [str.__str__(value), value.type_name, value.args_repr]


register_builtin(ExceptionText, "exception", _encode_exception_text, _exception)

EXCEPTION: Final = TypeSpec(
    "exception", BaseException, lambda error: _encode_exception_text(ExceptionText.of(error)), _exception
)
"""How exceptions of any class are written."""

# Time.


def _encode_datetime(value: datetime) -> list[Any]:
    parts = [value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond]
    return [*parts, value.fold, value.tzinfo]


def _decode_datetime(state: Any) -> datetime:
    year, month, day, hour, minute, second, microsecond, fold, tz = parts_of(state, *([int] * 8), Any)
    return datetime(year, month, day, hour, minute, second, microsecond, tz, fold=fold)


def _encode_time(value: time) -> list[Any]:
    return [value.hour, value.minute, value.second, value.microsecond, value.fold, value.tzinfo]


def _decode_time(state: Any) -> time:
    hour, minute, second, microsecond, fold, tz = parts_of(state, int, int, int, int, int, Any)
    return time(hour, minute, second, microsecond, tz, fold=fold)


def _encode_timezone(value: timezone) -> list[Any]:
    offset, name = value.utcoffset(None), value.tzname(None)
    return [offset, None if name == timezone(offset).tzname(None) else name]


def _decode_timezone(state: Any) -> timezone:
    offset, name = parts_of(state, timedelta, Any)
    return timezone(offset) if name is None else timezone(offset, text_of(name))


register_builtin(datetime, "datetime", _encode_datetime, _decode_datetime)
register_builtin(time, "time", _encode_time, _decode_time)
register_builtin(date, "date", lambda value: value.toordinal(), date.fromordinal)
register_builtin(
    timedelta,
    "timedelta",
    lambda value: [value.days, value.seconds, value.microseconds],
    lambda state: timedelta(*parts_of(state, int, int, int)),
)
register_builtin(timezone, "timezone", _encode_timezone, _decode_timezone)

# Numbers and names.


def _decode_uuid(state: Any) -> uuid.UUID:
    if type(state) is not bytes:
        raise ValueError("a UUID is stored as 16 bytes")
    return uuid.UUID(bytes=state)


register_builtin(
    complex,
    "complex",
    lambda value: [value.real, value.imag],
    lambda state: complex(*parts_of(state, float, float)),
)
register_builtin(uuid.UUID, "uuid", lambda value: value.bytes, _decode_uuid)

# Containers.


def _decode_ordered(state: Any) -> OrderedDict[Any, Any]:
    return OrderedDict(_map(state))


def _encode_counter(value: Counter[Any]) -> dict[Any, int]:
    return dict(value)


def _decode_counter(state: Any) -> Counter[Any]:
    made: Counter[Any] = Counter()
    dict.update(made, _map(state))
    return made


def _encode_defaultdict(value: defaultdict[Any, Any]) -> Parts:
    return Parts([value.default_factory, dict(value)])


def _decode_defaultdict(state: Any) -> defaultdict[Any, Any]:
    factory, items = parts_of(state, Any, dict)
    # In memory it may be any callable; stored bytes can only name a class.
    return defaultdict(factory, items)


register_builtin(OrderedDict, "ordereddict", dict, _decode_ordered)
register_builtin(Counter, "counter", _encode_counter, _decode_counter)
register_builtin(defaultdict, "defaultdict", _encode_defaultdict, _decode_defaultdict)
register_builtin(
    deque,
    "deque",
    lambda value: Parts([value.maxlen, list(value)]),
    lambda state: deque(parts_of(state, Any, list)[1], state[0]),
)
register_builtin(
    types.SimpleNamespace,
    "namespace",
    lambda value: dict(value.__dict__),
    lambda state: types.SimpleNamespace(**_map(state)),
)

# The rest.


def _check_pattern(pattern: str | bytes) -> None:
    """Compiling a pattern takes up to 20 ms for each of its sets of characters."""
    sets = pattern.count("[") if isinstance(pattern, str) else pattern.count(b"[")
    if len(pattern) > _PATTERN_LIMIT or sets > _SET_LIMIT:
        raise ValueError(
            f"a pattern of {len(pattern)} characters with {sets} sets takes too long to compile when it is read (limits: {_PATTERN_LIMIT}"
            f" and {_SET_LIMIT}); store its text and compile it where it is used"
        )


def _encode_pattern(value: re.Pattern[Any]) -> list[Any]:
    _check_pattern(value.pattern)
    return [value.pattern, value.flags]


def _decode_pattern(state: Any) -> re.Pattern[Any]:
    pattern, flags = parts_of(state, (str, bytes), int)
    _check_pattern(pattern)
    # Without DEBUG, which prints.
    return re.compile(pattern, flags & ~int(re.DEBUG))


register_builtin(re.Pattern, "pattern", _encode_pattern, _decode_pattern)
register_builtin(
    range,
    "range",
    lambda value: [value.start, value.stop, value.step],
    lambda state: range(*parts_of(state, int, int, int)),
)
register_builtin(
    slice,
    "slice",
    lambda value: [value.start, value.stop, value.step],
    lambda state: slice(*parts_of(state, Any, Any, Any)),
)
register_builtin(type(...), "ellipsis", lambda value: None, lambda state: ...)
register_builtin(type(NotImplemented), "notimplemented", lambda value: None, lambda state: NotImplemented)


def _later(module: str, *names: str) -> None:
    def load() -> None:
        from actograph.checkpoint.serde import rare

        rare.LOADERS[module]()

    BUILTINS.register_later(load, modules=(module, f"{module}._local"), names=names)


_later("array", "array")
_later("decimal", "decimal")
_later("fractions", "fraction")
_later("ipaddress", "IPv4Address", "IPv6Address", "IPv4Network", "IPv6Network", "IPv4Interface", "IPv6Interface")
_later("pathlib", "PurePosixPath", "PureWindowsPath", "PosixPath", "WindowsPath")
_later("zoneinfo", "zone")
