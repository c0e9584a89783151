"""Every public name of LangGraph's modules that are built here exists, and can be called in the same ways: compared with the installed one.

Ours may have more: names, methods, parameters with defaults.
"""

from __future__ import annotations

import enum
import importlib
import inspect
import pkgutil
import types
import typing
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

MODULES = (
    *(
        "graph",
        "graph.message",
        "graph.state",
        "func",
        "types",
        "errors",
        "constants",
        "config",
        "runtime",
        "callbacks",
        "typing",
    ),
    *("pregel", "pregel.main", "pregel.protocol", "pregel.types", "pregel.debug"),
    *("channels", "managed", "managed.base", "managed.is_last_step", "stream"),
    *(
        "cache.base",
        "cache.memory",
        "cache.sqlite",
        "store.base",
        "store.base.batch",
        "store.base.embed",
        "store.memory",
    ),
    *("checkpoint.base", "checkpoint.base.id", "checkpoint.memory", "checkpoint.sqlite", "checkpoint.sqlite.aio"),
    *("checkpoint.serde.base", "checkpoint.serde.jsonplus", "checkpoint.serde.types"),
)

PACKAGES = ("channels", "stream")
"""Whose public modules count too."""

_TERMINAL = "colours of a terminal are no part of a graph"
_UNSAFE = "reads pickled files, or calls a hook that makes objects of stored bytes: decoding runs no code here"
_NAMED = "the parameter has the name that it has in Pregel, which LangGraph calls otherwise there"
LEFT_OUT: dict[str, str] = {
    "pregel.protocol.PregelProtocol.bulk_update_state": _NAMED,
    "pregel.protocol.PregelProtocol.abulk_update_state": _NAMED,
    "pregel.debug.get_bolded_text": _TERMINAL,
    "pregel.debug.get_colored_text": _TERMINAL,
    "checkpoint.memory.PersistentDict": _UNSAFE,
    "checkpoint.serde.jsonplus.JsonPlusSerializer": _UNSAFE,
}
"""Names without a counterpart, or with another signature, and why."""


def modules() -> list[str]:
    found = list(MODULES)
    for name in PACKAGES:
        package = importlib.import_module(f"langgraph.{name}")
        found += [f"{name}.{module.name}" for module in pkgutil.iter_modules(package.__path__) if module.name[0] != "_"]
    return found


def load(root: str, module: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return importlib.import_module(f"{root}.{module}")


def public_names(module: Any) -> list[str]:
    """What `__all__` says; otherwise what the module defines itself."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return sorted(listed)
    return sorted(
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and getattr(value, "__module__", None) == module.__name__
        and not isinstance(value, typing.TypeVar | typing.ParamSpec)
    )


def problems(module: str) -> Iterator[tuple[str, str]]:
    """Pairs of name and what is wrong with it."""
    theirs = load("langgraph", module)
    try:
        ours = load("actograph", module)
    except ImportError as error:
        yield module, f"no such module: {error}"
        return
    for name in public_names(theirs):
        place = f"{module}.{name}"
        if not hasattr(ours, name):
            yield place, "missing"
            continue
        yield from unlike(place, getattr(theirs, name), getattr(ours, name))


def unlike(place: str, theirs: Any, ours: Any) -> Iterator[tuple[str, str]]:
    if isinstance(theirs, type):
        if not isinstance(ours, type):
            yield place, f"is a class, ours is {ours!r}"
            return
        yield from unlike_class(place, theirs, ours)
    elif inspect.isroutine(theirs):
        yield from ((place, wrong) for wrong in unlike_call(theirs, ours))
    elif isinstance(theirs, str | int | float | bool) and theirs != ours:
        yield place, f"is {theirs!r}, ours {ours!r}"


def unlike_class(place: str, theirs: type, ours: type) -> Iterator[tuple[str, str]]:
    if issubclass(theirs, enum.Enum):
        for member in theirs:
            if getattr(ours, member.name, None) is None or ours[member.name].value != member.value:  # type: ignore[index]
                yield f"{place}.{member.name}", "missing, or with another value"
        return
    if typing.is_typeddict(theirs) or hasattr(theirs, "__required_keys__"):
        missing = set(theirs.__annotations__) - set(getattr(ours, "__annotations__", ()))
        if missing:
            yield place, f"lacks the keys {sorted(missing)}"
        return
    if issubclass(theirs, BaseException) and not issubclass(ours, BaseException):
        yield place, "is an exception"
    if "__init__" in vars(theirs) or "__new__" in vars(theirs) or hasattr(theirs, "__dataclass_fields__"):
        if not getattr(theirs, "_is_protocol", False):
            yield from ((place, wrong) for wrong in unlike_call(theirs, ours))
    for name in dir(theirs):
        if name.startswith("_") or not defined_by_langgraph(theirs, name):
            continue
        if not hasattr(ours, name):
            if not any(name in getattr(base, "__annotations__", ()) for base in ours.__mro__):
                yield f"{place}.{name}", "missing"
            continue
        theirs_of, ours_of = inspect.getattr_static(theirs, name), inspect.getattr_static(ours, name)
        if callable(getattr(theirs, name)) and not isinstance(theirs_of, property | type):
            yield from ((f"{place}.{name}", wrong) for wrong in unlike_call(getattr(theirs, name), getattr(ours, name)))
        elif isinstance(theirs_of, classmethod | staticmethod) != isinstance(ours_of, classmethod | staticmethod):
            yield f"{place}.{name}", "is bound in another way"


def defined_by_langgraph(cls: type, name: str) -> bool:
    """Whether a name comes from LangGraph, and not from a base of LangChain, Pydantic or Python."""
    for base in cls.__mro__:
        if name in vars(base):
            return base.__module__.startswith("langgraph")
    return False


def unlike_call(theirs: Any, ours: Any) -> Iterator[str]:
    """How calls of `theirs` fail on `ours`."""
    expected, found = signature(theirs), signature(ours)
    if expected is None or found is None:
        return
    parameters = dict(found.parameters)
    positional = [p.name for p in parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    starred = any(p.kind is p.VAR_POSITIONAL for p in parameters.values())
    keywords = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    for index, wanted in enumerate(expected.parameters.values()):
        name = wanted.name
        if wanted.kind is wanted.VAR_POSITIONAL:
            if not starred:
                yield f"takes *{name}"
            continue
        if wanted.kind is wanted.VAR_KEYWORD:
            continue  # deprecated names, mostly; those that count are parameters
        own = parameters.pop(name, None)
        if wanted.kind is wanted.POSITIONAL_ONLY:
            if len(positional) <= index and not starred:
                yield f"takes {name!r} by position"
            continue
        if own is None:
            if not keywords:
                yield f"has no parameter {name!r}"
            continue
        if wanted.kind is wanted.POSITIONAL_OR_KEYWORD:
            if own.kind is own.KEYWORD_ONLY:
                yield f"takes {name!r} by keyword only"
            elif positional[index : index + 1] != [name]:
                yield f"takes {name!r} at another position"
        if own.kind is own.POSITIONAL_ONLY:
            yield f"takes {name!r} by position only"
        if wanted.default is not wanted.empty:
            if own.default is own.empty:
                yield f"needs {name!r}"
            elif isinstance(wanted.default, str | int | float | bool | None | tuple) and own.default != wanted.default:
                yield f"has {name}={own.default!r}, not {wanted.default!r}"
    for own in parameters.values():
        if own.name in expected.parameters or own.kind in (own.VAR_POSITIONAL, own.VAR_KEYWORD, own.POSITIONAL_ONLY):
            continue
        if own.default is own.empty:
            yield f"needs {own.name!r}, which LangGraph does not have"


def signature(target: Any) -> inspect.Signature | None:
    if isinstance(target, types.GenericAlias):
        target = target.__origin__
    try:
        return inspect.signature(target)
    except (ValueError, TypeError):
        return None


@pytest.mark.parametrize("module", modules())
def test_surface(module: str) -> None:
    found = {f"{place}: {wrong}" for place, wrong in problems(module) if place not in LEFT_OUT}
    assert not found, "\n".join(sorted(found))


def test_exceptions_are_needed() -> None:
    found = {place for module in modules() for place, _ in problems(module)}
    assert found >= set(LEFT_OUT), f"no longer wrong: {sorted(set(LEFT_OUT) - found)}"
