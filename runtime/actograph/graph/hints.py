"""Resolved annotations of schemas and functions, also of those defined inside functions."""

from __future__ import annotations

import inspect
import sys
import typing
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import FrameType
from typing import Any


def caller_names() -> dict[str, Any]:
    """Local names of the functions that are on the stack outside of this package, the nearest first.

    Annotations that are only text may name a class that exists nowhere else.
    """
    names: dict[str, Any] = {}
    frame: FrameType | None = sys._getframe(1)
    while frame is not None:
        if not frame.f_globals.get("__name__", "").startswith("actograph.graph"):
            for name, value in frame.f_locals.items():
                names.setdefault(name, value)
        frame = frame.f_back
    return names


def schema_hints(schema: Any) -> dict[str, Any]:
    """The annotations of a class and its bases, resolved. Raises NameError for one that names nothing."""
    try:
        return typing.get_type_hints(schema, include_extras=True)
    except NameError:
        # Text is resolved in the module of its class; what a function holds is seen only from its frames.
        hints: dict[str, Any] = {}
        names = caller_names()
        for base in reversed(schema.__mro__):
            module = vars(sys.modules[base.__module__]) if base.__module__ in sys.modules else {}
            for name, annotation in inspect.get_annotations(base).items():
                try:
                    hints[name] = _resolved(annotation, module, {**names, **vars(base)})
                except NameError as error:
                    missing = f"key {name!r} of {base.__qualname__!r} is annotated with it: import or define it at the top of the module"
                    raise NameError(f"{error}; {missing}", name=error.name) from error
        return hints


def function_hint(function: Callable[..., Any], name: str, annotation: Any) -> Any:
    """One annotation of a function, resolved, or None when it names nothing that can be found."""
    target: Any = function
    if not inspect.isroutine(target):
        target = getattr(type(target), "__call__", target)  # noqa: B004
    target = inspect.unwrap(target)
    module: Mapping[str, Any] = getattr(target, "__globals__", {})
    try:
        return _resolved(annotation, module, {})
    except Exception:
        try:
            return _resolved(annotation, module, caller_names())
        except Exception:
            return None


def _resolved(annotation: Any, module: Mapping[str, Any], local: Mapping[str, Any]) -> Any:
    # get_type_hints evaluates text with the names it is given, parts of generics included.
    holder = type("_Holder", (), {"__annotations__": {"it": annotation}})
    return typing.get_type_hints(holder, dict(module), {**local}, include_extras=True)["it"]


@lru_cache(maxsize=1024)
def annotated_names(cls: Any) -> tuple[str, ...]:
    """Names of the annotated attributes of a class, those of its bases first; empty for classes without annotations."""
    names: dict[str, None] = {}
    for base in reversed(cls.__mro__):
        for name in inspect.get_annotations(base):
            if not name.startswith("__"):
                names[name] = None
    return tuple(names)


def is_pydantic(cls: Any) -> bool:
    """Whether `cls` is a Pydantic model; does not import pydantic."""
    pydantic = sys.modules.get("pydantic")
    return pydantic is not None and isinstance(cls, type) and issubclass(cls, pydantic.BaseModel)


_MISSING: Any = object()


@lru_cache(maxsize=1024)
def _field_names(cls: Any) -> tuple[str, ...]:
    model_fields = getattr(cls, "model_fields", None) if is_pydantic(cls) else None
    return tuple(model_fields) if model_fields else annotated_names(cls)


def has_fields(value: object) -> bool:
    """Whether `value` is an object with annotated fields: a dataclass, a model, a struct."""
    cls: Any = type(value)
    return bool(_field_names(cls))


def fields_of(value: Any) -> list[tuple[str, Any]]:
    """The fields of an object that have a value. Of a Pydantic model, those set and the defaults that are not None."""
    cls: Any = type(value)
    names = _field_names(cls)
    if is_pydantic(cls):
        given = value.model_fields_set
        pairs = [(name, getattr(value, name, _MISSING)) for name in names]
        return [(name, item) for name, item in pairs if item is not _MISSING and (name in given or item is not None)]
    return [(name, item) for name in names if (item := getattr(value, name, _MISSING)) is not _MISSING]
