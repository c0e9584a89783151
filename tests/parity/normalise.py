"""Turns what a program observed into plain data that can be compared between two roots.

Objects become tagged dictionaries, tuples and lists stay distinct, and whatever is drawn at random (ids, checkpoint
ids, versions, times) is replaced by placeholders numbered in order of first appearance, so that *which* ids are equal
is still compared.
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import functools
import pathlib
import re
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

Plain = Any
"""None, bool, int, float, str, bytes, list of Plain, or dict of str to Plain."""

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_HASH = r"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])"
_ID = re.compile(f"{_UUID}|{_HASH}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d:\d\d|Z)?")
_VERSION = re.compile(r"^0*(\d{1,32})\.0\.\d+$")

_INTERNAL_CONFIG_PREFIX = "__pregel_"


def plain(value: Any) -> Plain:
    """Plain data for `value`, ids still raw. Raises TypeError, naming the class, for what it does not know."""
    if value is None or isinstance(value, (bool, bytes)):
        return value
    if isinstance(value, enum.Enum):
        return {"<enum>": f"{type(value).__name__}.{value.name}"}
    if type(value) in (int, float, str):
        return value
    if isinstance(value, (int, float, str)):
        base = next(kind for kind in (int, float, str) if isinstance(value, kind))
        return {f"<{type(value).__name__}>": base(value)}
    if isinstance(value, BaseException):
        return exception(value)
    if isinstance(value, type):
        return f"<class {value.__name__}>"
    special = _SPECIAL.get(type(value).__name__)
    if special is not None:
        return special(value)
    if isinstance(value, tuple):
        return _tuple(value)
    if isinstance(value, (list, deque)):
        items = [plain(item) for item in value]
        return items if type(value) is list else {f"<{type(value).__name__}>": items}
    if isinstance(value, (set, frozenset)):
        return {f"<{type(value).__name__}>": sorted((plain(item) for item in value), key=mask)}
    if isinstance(value, Mapping):
        return _mapping(value)
    return _object(value)


def _tuple(value: tuple[Any, ...]) -> Plain:
    fields = getattr(value, "_fields", None)
    if fields is not None:
        return {f"<{type(value).__name__}>": {name: plain(getattr(value, name)) for name in fields}}
    return {"<tuple>": [plain(item) for item in value]}


def _mapping(value: Mapping[Any, Any]) -> Plain:
    if "configurable" in value:
        return config(value)
    pairs = {
        key if isinstance(key, str) else f"<{type(key).__name__}> {key!r}": plain(item) for key, item in value.items()
    }
    return pairs if type(value) is dict else {f"<{type(value).__name__}>": pairs}


def config(value: Mapping[str, Any]) -> Plain:
    """A run's config: keys sorted, since nobody sees their order, and the engine's own entries left out."""
    out: dict[str, Plain] = {}
    for key in sorted(value):
        item = value[key]
        if key == "configurable":
            out[key] = {
                name: plain(item[name]) for name in sorted(item) if not name.startswith(_INTERNAL_CONFIG_PREFIX)
            }
        elif key == "metadata":
            out[key] = _sorted_dict(item)
        else:
            out[key] = plain(item)
    return out


def _sorted_dict(value: Mapping[str, Any] | None) -> Plain:
    return None if value is None else {key: plain(value[key]) for key in sorted(value)}


def _object(value: Any) -> Plain:
    name = f"<{type(value).__name__}>"
    if isinstance(
        value, (datetime.date, datetime.time, datetime.timedelta, decimal.Decimal, uuid.UUID, pathlib.PurePath)
    ):
        return {name: str(value)}
    if isinstance(value, functools.partial):
        return {name: plain(value.func)}
    if dataclasses.is_dataclass(value):
        return {name: {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}}
    model_fields = getattr(type(value), "model_fields", None)
    if model_fields is not None:
        return {name: {key: plain(getattr(value, key)) for key in model_fields}}
    struct_fields = getattr(type(value), "__struct_fields__", None)
    if struct_fields is not None:
        return {name: {key: plain(getattr(value, key)) for key in struct_fields}}
    if callable(value) and hasattr(value, "__name__"):
        return f"<function {value.__name__}>"
    raise TypeError(
        f"the recorder does not know {type(value).__module__}.{type(value).__qualname__}; record plain data"
    )


def exception(error: BaseException) -> Plain:
    """An exception by class name and built-in bases; the text is the library's own affair."""
    builtin = [base.__name__ for base in type(error).__mro__[1:] if base.__module__ == "builtins"]
    bases = [name for name in builtin if name not in ("object", "BaseException")]
    return {"<exception>": type(error).__name__, "bases": bases}


def _interrupt(value: Any) -> Plain:
    return {"<Interrupt>": {"value": plain(value.value), "id": value.id}}


def _send(value: Any) -> Plain:
    return {"<Send>": {"node": value.node, "arg": plain(value.arg)}}


def _command(value: Any) -> Plain:
    fields = ("graph", "update", "resume", "goto")
    return {"<Command>": {name: plain(getattr(value, name)) for name in fields}}


def _snapshot(value: Any) -> Plain:
    return {
        "<StateSnapshot>": {
            "values": plain(value.values),
            "next": plain(value.next),
            "config": None if value.config is None else config(value.config),
            "metadata": _sorted_dict(value.metadata),
            "created_at": plain(value.created_at),
            "parent_config": None if value.parent_config is None else config(value.parent_config),
            "tasks": plain(value.tasks),
            "interrupts": plain(value.interrupts),
        }
    }


_SPECIAL: dict[str, Callable[[Any], Plain]] = {
    "Interrupt": _interrupt,
    "Send": _send,
    "Command": _command,
    "StateSnapshot": _snapshot,
}


def mask(value: Plain) -> str:
    """A sort key that does not see ids, versions or times."""
    return repr(walk(value, lambda _: "<id>"))


class Placeholders:
    """Numbers ids in order of first appearance."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def __call__(self, found: str) -> str:
        return self._names.setdefault(found, f"<id-{len(self._names) + 1}>")


def walk(value: Plain, name_id: Callable[[str], str]) -> Plain:
    """`value` with every id named by `name_id`, every time and the random part of every version masked."""
    if isinstance(value, str):
        version = _VERSION.match(value)
        if version:
            return f"<version {version.group(1)}>"
        return _TIME.sub("<time>", _ID.sub(lambda match: name_id(match.group()), value))
    if isinstance(value, list):
        return [walk(item, name_id) for item in value]
    if isinstance(value, dict):
        return {walk(key, name_id): walk(item, name_id) for key, item in value.items()}
    return value
