"""The pass over a value that wraps every non-plain part of it in an extension."""

from __future__ import annotations

from gc import get_referents
from itertools import chain
from typing import Any, Final

import msgspec

from actograph.checkpoint.serde.builtin import FACTORIES
from actograph.checkpoint.serde.frame import join_list
from actograph.checkpoint.serde.lookup import Lookup
from actograph.checkpoint.serde.registry import TypeSpec, type_name
from actograph.checkpoint.serde.shapes import Parts

__all__ = ("INT_LIMIT", "MAP_LIMIT", "MAX_DEPTH", "SCALARS", "Code", "Refused", "Walk", "is_plain")

SCALARS: Final = frozenset({str, int, float, bool, type(None), bytes})
"""Types that MessagePack has itself and gives back as they are."""

MAX_DEPTH: Final = 200
"""How deep values may be nested."""

INT_LIMIT: Final = 1 << 16
"""Size of the largest int that is stored, in bytes: arithmetic on greater ones takes longer than their bytes suggest."""

MAP_LIMIT: Final = 256
"""Entries of the largest map that is written as one inside a body. Greater dicts are an extension, or the whole body, and read by a decoder
that takes text keys only: keys of other kinds can be made to collide, and a table of many such keys takes hours to build."""

# From this length on a container is looked at level by level; and a level that holds more than this, each container of it once.
_MANY: Final = 8
# A dict this small is an object's fields: most of them are scalars or empty, and going through them is quicker.
_FIELDS: Final = 16
_REPEATED: Final = 100_000
_PLAIN: Final = SCALARS | {dict, list}
_KEYS: Final = frozenset({str})
_encode = msgspec.msgpack.Encoder().encode
_Ext = msgspec.msgpack.Ext


class Code:
    """Extension codes of the wire format. They are stored: never give one another meaning."""

    OBJECT: Final = 1  # [name, state]
    TUPLE: Final = 2
    SET: Final = 3
    FROZENSET: Final = 4
    PAIRS: Final = 5  # a dict with other keys than text: [key, value, key, value, ...]
    INT: Final = 6  # over 64 bits: two's complement, big endian
    TEXT: Final = 7  # with lone surrogates
    BYTEARRAY: Final = 8
    CLASS: Final = 9  # a class as such: its name
    LIVE: Final = 10  # an object of this process: its number
    LIVE_OBJECT: Final = 11  # [number of its class, state]
    MAP: Final = 12  # a dict of many text keys: [keys, values]


_OBJECT, _TUPLE, _PAIRS, _INT, _TEXT = Code.OBJECT, Code.TUPLE, Code.PAIRS, Code.INT, Code.TEXT


def is_plain(value: Any, depth: int) -> bool:
    """Whether a dict or list (of exactly these types) holds nothing that needs wrapping, ints and text out of range aside."""
    items = value
    if type(value) is dict:
        if len(value) > MAP_LIMIT or not _KEYS.issuperset(map(type, value)):
            return False
        items = value.values()
    if SCALARS.issuperset(map(type, items)):
        return True
    if depth <= 0:
        return False
    if len(value) >= (_FIELDS if type(value) is dict else _MANY):
        return _levels_plain(value, depth)
    for item in items:
        kind = type(item)
        if kind in SCALARS:
            continue
        if kind is not dict and kind is not list:
            return False
        if item and not is_plain(item, depth - 1):
            return False
    return True


def _levels_plain(value: Any, depth: int) -> bool:
    """The same for a large value whose own keys are text, level by level: the loops over all items of a level are C's."""
    level = get_referents(value)  # of a dict the values, and the keys when they are not all text
    kinds = set(map(type, level))
    while not SCALARS.issuperset(kinds):
        if depth <= 0 or not _PLAIN.issuperset(kinds):
            return False
        depth -= 1
        if not SCALARS.isdisjoint(kinds):
            level = [item for item in level if type(item) is dict or type(item) is list]
        if sum(map(len, level)) > _REPEATED:
            # What is there twice need not be looked at twice, and what contains itself must not grow from level to level.
            level = list({id(item): item for item in level}.values())
        if dict in kinds:
            dicts = level if list not in kinds else [item for item in level if type(item) is dict]
            if max(map(len, dicts)) > MAP_LIMIT or not _KEYS.issuperset(map(type, chain.from_iterable(dicts))):
                return False
        level = get_referents(*level)
        kinds = set(map(type, level))
    return True


class Refused(Exception):
    """A part of a value was refused. On its way up every container adds the step that leads to it."""

    def __init__(self, cls: type, why: str, cause: BaseException | None = None) -> None:
        super().__init__(why)
        self.type_name = type_name(cls)
        self.why = why
        self.cause = cause
        self.steps: list[str] = []
        self._owners: list[int] = []

    def step(self, owner: Any, step: str) -> None:
        """`owner` holds the part that was refused, `step` away from it."""
        self.steps.append(step)
        self._owners.append(id(owner))

    def path(self) -> str:
        """The way from the value to the part; from a value that contains itself, to where it does first."""
        steps = self.steps[::-1]
        if (length := self._loop()) is not None:
            steps = steps[:length]
        steps = [step for step in steps if step]
        if len(steps) > 16:
            steps = [*steps[:8], "...", *steps[-4:]]
        return "$" + "".join(steps)

    def reason(self) -> str:
        if self._loop() is not None:
            return "it contains itself; store a reference such as an id instead"
        return self.why

    def _loop(self) -> int | None:
        """How many steps lead to the first container that contains itself; None when there is none."""
        if self.why != _TOO_DEEP:
            return None
        seen: set[int] = set()
        for length, owner in enumerate(reversed(self._owners)):
            if owner in seen:
                return length
            seen.add(owner)
        return None


_TOO_DEEP: Final = f"values are nested more than {MAX_DEPTH} levels deep; flatten it, or split it over several keys"


def _step(key: Any) -> str:
    if type(key) is str:
        return f".{key}" if key.isidentifier() else f"[{key!r:.40}]"
    return f"[{key!r:.40}]"


class Walk:
    """Turns values into what msgspec encodes as it stands. Holds no state of a walk, so many threads may use one.

    Parameters:
        strict: also wrap ints over 64 bits and text with lone surrogates. These are rare, so the first walk leaves them to msgspec, which
            refuses them, and only then a strict one is made.
    """

    __slots__ = ("_lookup", "_specs", "_strict")

    def __init__(self, lookup: Lookup, *, strict: bool = False) -> None:
        self._lookup = lookup
        self._specs = lookup.by_class
        self._strict = strict

    def body(self, value: Any, depth: int, live: list[Any] | None) -> bytes:
        """The body of a value that is not plain. A large map stands as it is here, where the reader expects it."""
        if depth > 0:
            if type(value) is dict and (items := self._entries(value, depth - 1, live)) is not None:
                return _encode(items)
            if type(value) is list:
                return _encode(self._each(value, value, depth - 1, live))
        return _encode(self.wrap(value, depth, live))

    def wrap(self, value: Any, depth: int, live: list[Any] | None) -> Any:
        """`value` or a stand-in for it. `live` takes the objects that are kept by reference; None when there is no such thing."""
        kind = type(value)
        if kind in SCALARS:
            return self._scalar(value, kind) if self._strict else value
        if depth <= 0:
            raise Refused(kind, _TOO_DEEP)
        depth -= 1
        if kind is dict:
            return self._dict(value, depth, live)
        if kind is list:
            return self._items(value, value, depth, live)
        if kind is tuple:
            return _Ext(_TUPLE, _encode(self._items(value, value, depth, live)))
        spec = self._specs.get(kind)
        if spec is not None:
            return self._object(value, spec, depth, live)
        return self._rare(value, kind, depth, live)

    def _dict(self, value: dict[Any, Any], depth: int, live: list[Any] | None) -> Any:
        if not self._strict and is_plain(value, depth):
            return value
        items = self._entries(value, depth, live)
        if items is None:
            return self._pairs(value, depth, live)
        return items if len(items) <= MAP_LIMIT else _Ext(Code.MAP, _encode([list(items), list(items.values())]))

    def _entries(self, value: dict[Any, Any], depth: int, live: list[Any] | None) -> dict[str, Any] | None:
        """The dict with its values wrapped; None when its keys are not all text."""
        if not _KEYS.issuperset(map(type, value)) or (self._strict and not all(map(_encodable, value))):
            return None
        if not self._strict and is_plain(list(value.values()), depth):
            return value
        wrapped = {}
        key = None
        try:
            for key, item in value.items():
                wrapped[key] = self.wrap(item, depth, live)
        except Refused as refused:
            refused.step(value, _step(key))
            raise
        return wrapped

    def _pairs(self, value: dict[Any, Any], depth: int, live: list[Any] | None) -> Any:
        pairs: list[Any] = []
        for key, item in value.items():
            try:
                pairs.append(self.wrap(key, depth, live))
            except Refused as refused:
                refused.step(value, f".keys()[{len(pairs) // 2}]")
                raise
            try:
                pairs.append(self.wrap(item, depth, live))
            except Refused as refused:
                refused.step(value, _step(key))
                raise
        return _Ext(_PAIRS, _encode(pairs))

    def _items(self, owner: Any, value: Any, depth: int, live: list[Any] | None) -> list[Any]:
        if not self._strict:
            if type(value) is list:
                if is_plain(value, depth):
                    return value
            elif SCALARS.issuperset(map(type, value)):
                return list(value)
        return self._each(owner, value, depth, live)

    def _each(self, owner: Any, value: Any, depth: int, live: list[Any] | None) -> list[Any]:
        wrapped: list[Any] = []
        try:
            for item in value:
                wrapped.append(self.wrap(item, depth, live))
        except Refused as refused:
            refused.step(owner, f"[{len(wrapped)}]")
            raise
        return wrapped

    def _object(self, value: Any, spec: TypeSpec, depth: int, live: list[Any] | None) -> Any:
        try:
            state = spec.encode(value)
        except Exception as error:
            raise Refused(type(value), f"{error}", error) from error
        return _Ext(_OBJECT, _encode([spec.name, self._state(value, state, depth, live)]))

    def _state(self, value: Any, state: Any, depth: int, live: list[Any] | None) -> Any:
        parts = type(state) is Parts
        try:
            return self._items(value, list(state), depth, live) if parts else self.wrap(state, depth, live)
        except Refused as refused:
            # Fields are steps of the object itself (`$.items[0].n`), wherever in its state they are.
            if parts:
                refused.steps[-1] = ""
            else:
                refused.step(value, "")
            raise

    def _scalar(self, value: Any, kind: type) -> Any:
        if kind is int and not -(1 << 63) <= value < 1 << 64:
            size = value.bit_length() // 8 + 1
            if size > INT_LIMIT:
                raise Refused(
                    int,
                    f"it has {size} bytes, and ints up to {INT_LIMIT} bytes can be stored; store it as text or bytes",
                )
            return _Ext(_INT, value.to_bytes(size, "big", signed=True))
        if kind is str and not _encodable(value):
            return _Ext(_TEXT, value.encode("utf-8", "surrogatepass"))
        return value

    def _rare(self, value: Any, kind: type, depth: int, live: list[Any] | None) -> Any:
        if kind is set or kind is frozenset:
            # In the order of their bytes, so that equal sets are stored equally.
            bodies = sorted([_encode(item) for item in self._items(value, list(value), depth, live)])
            return _Ext(Code.SET if kind is set else Code.FROZENSET, join_list(bodies))
        if kind is bytearray:
            return _Ext(Code.BYTEARRAY, bytes(value))
        if isinstance(value, type):
            return self._class(value, live)
        if live is not None:
            return self._live(value, kind, depth, live)
        spec = self._lookup.of_class(kind)
        if spec is None:
            raise Refused(kind, self._lookup.why_not(kind))
        return self._object(value, spec, depth, live)

    def _class(self, cls: type, live: list[Any] | None) -> Any:
        if FACTORIES.get(cls.__name__) is cls:
            return _Ext(Code.CLASS, cls.__name__.encode())
        if live is not None:
            return _reference(cls, live)
        spec = self._lookup.of_class(cls)
        if spec is None or spec.cls is not cls:
            raise Refused(cls, f"a class that is a value itself has to be known: {self._lookup.why_not(cls)}")
        return _Ext(Code.CLASS, spec.name.encode("utf-8", "surrogatepass"))

    def _live(self, value: Any, kind: type, depth: int, live: list[Any]) -> Any:
        """In memory: data is copied by encoding it, with its class by reference; anything else is itself kept by reference."""
        spec = self._lookup.of_builtin(kind)
        if spec is not None:
            return self._object(value, spec, depth, live)
        spec = self._lookup.of_any(kind)
        if spec is None:
            return _reference(value, live)
        try:
            state = spec.encode(value)
        except Exception:
            return _reference(value, live)  # it looked like data, and cannot be taken apart
        state = self._state(value, state, depth, live)
        live.append(kind)
        return _Ext(Code.LIVE_OBJECT, _encode([len(live) - 1, state]))


def _reference(value: Any, live: list[Any]) -> Any:
    live.append(value)
    return _Ext(Code.LIVE, (len(live) - 1).to_bytes(4, "big"))


def _encodable(text: Any) -> bool:
    if type(text) is not str or text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
