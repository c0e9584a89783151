"""Finds the classes that a declared type names, at any depth."""

from __future__ import annotations

import dataclasses
import enum
import sys
import typing
from collections.abc import Iterator, Mapping
from typing import Any, Final, ForwardRef, get_args, get_origin

import msgspec

from actograph.checkpoint.serde.shapes import is_pydantic

__all__ = ("classes_in",)

# Roots of whole families: to trust their subclasses would be to trust everything.
_FAMILIES: Final = frozenset(
    {"pydantic.main", "pydantic.root_model", "pydantic.generics", "msgspec", "enum", "abc", "typing", "builtins"}
)


def classes_in(declared: Any) -> Iterator[type]:
    """The classes named by a type, by the fields of the classes it names, by their fields, and so on; each once.

    Standard types are left out, and so are annotations that cannot be resolved (names defined in a function, or only for type checkers).
    """
    todo: list[Any] = [declared]
    seen: set[int] = set()
    kept: list[Any] = []  # holds what `seen` has the ids of
    while todo:
        item = todo.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        kept.append(item)
        if isinstance(item, (str, ForwardRef)):
            continue
        if isinstance(item, typing.TypeVar):
            todo += [part for part in (item.__bound__, *item.__constraints__) if part is not None]
            continue
        if isinstance(item, getattr(typing, "TypeAliasType", ())):
            todo.append(_value_of(item))
            continue
        if isinstance(item, typing.NewType):
            todo.append(item.__supertype__)
            continue
        if isinstance(item, (list, tuple)):  # the parameters of Callable[[...], ...]
            todo += item
            continue
        origin = get_origin(item)
        if origin is not None:
            todo.append(origin)
            # Of Annotated only the type counts; what Literal lists may be members of enums.
            if origin is typing.Literal:
                todo += [type(part) for part in get_args(item)]
            else:
                todo += get_args(item)[:1] if hasattr(item, "__metadata__") else get_args(item)
            continue
        if not isinstance(item, type):
            continue
        if typing.is_typeddict(item):
            todo += _annotations(item).values()
            continue
        if item.__module__ in _FAMILIES:
            continue
        yield item
        todo += _parts(item)


def _value_of(alias: Any) -> Any:
    try:
        return alias.__value__
    except NameError:
        return None


def _parts(cls: type) -> list[Any]:
    """The types of a class's fields."""
    parts: list[Any] = list(getattr(cls, "__orig_bases__", ()))
    if issubclass(cls, enum.Enum):
        return [type(member.value) for member in cls]
    if is_pydantic(cls):
        parts += [field.annotation for field in getattr(cls, "model_fields", {}).values()]
        parts += _annotations(cls, private_only=True).values()
    elif dataclasses.is_dataclass(cls) or issubclass(cls, msgspec.Struct) or hasattr(cls, "_fields"):
        parts += _annotations(cls).values()
    return parts


def _annotations(cls: type, *, private_only: bool = False) -> Mapping[str, Any]:
    """Resolved annotations of a class and its bases; one that cannot be resolved is left out without losing the others."""
    found: dict[str, Any] = {}
    if not private_only:
        try:
            return typing.get_type_hints(cls, include_extras=True)
        except Exception:
            found.clear()  # a name of one annotation is out of reach: take them one by one
    for base in reversed(cls.__mro__):
        space = dict(vars(sys.modules[base.__module__])) if base.__module__ in sys.modules else {}
        local = {**vars(base), base.__name__: base, cls.__name__: cls}
        for name, annotation in _own_annotations(base).items():
            if private_only and not name.startswith("_"):
                continue
            text = annotation.__forward_arg__ if isinstance(annotation, ForwardRef) else annotation
            if not isinstance(text, str):
                found[name] = annotation
                continue
            try:
                found[name] = eval(text, space, local)  # the program's own annotation, as get_type_hints does it
            except Exception:  # unresolvable: said in the docstring of classes_in
                continue
    return found


def _own_annotations(cls: type) -> Mapping[str, Any]:
    own = vars(cls).get("__annotations__")
    return own if isinstance(own, dict) else {}
