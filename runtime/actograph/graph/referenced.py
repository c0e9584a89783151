"""Which tasks a function may call: found in what its code names, without running it."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Iterator
from types import CodeType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from actograph.func.task import TaskFunction

_DEEPEST = 5
"""How many functions may lie between the node and the task."""
_MOST = 300
"""How many functions are looked at."""


def referenced_tasks(function: Any) -> list[TaskFunction[..., Any]]:
    """The tasks that `function`, or a function that it calls by name, may call."""
    module = sys.modules.get("actograph.func.task")
    if module is None:
        return []  # there are no tasks
    kind = module.TaskFunction
    found: dict[int, TaskFunction[..., Any]] = {}
    seen: set[int] = set()
    waiting = [(function, 0)]
    while waiting and len(seen) < _MOST:
        value, depth = waiting.pop()
        if isinstance(value, kind):
            found[id(value)] = value
            value = value.func
        if id(value) in seen:
            continue
        seen.add(id(value))
        if depth <= _DEEPEST:
            waiting += [(named, depth + 1) for named in _named(value, kind)]
    return list(found.values())


def _named(value: Any, kind: type[Any]) -> Iterator[Any]:
    """Tasks, functions and bound objects that the code of `value` names."""
    if isinstance(value, functools.partial):
        yield value.func
        return
    owner: Any = None
    if isinstance(value, MethodType):
        owner, value = value.__self__, value.__func__
    elif not isinstance(value, FunctionType):
        call = getattr(type(value), "__call__", None)  # noqa: B004
        owner, value = value, call
    if isinstance(value, kind):
        yield value
        return
    if not isinstance(value, FunctionType):
        return
    inner = inspect.unwrap(value)
    if isinstance(inner, FunctionType):
        value = inner
    elif inner is not value:
        yield inner  # an object with a function around it
    names = _names(value.__code__)
    scope = value.__globals__
    values = [scope[name] for name in names if name in scope]
    for cell in value.__closure__ or ():
        try:
            values.append(cell.cell_contents)
        except ValueError:
            continue  # not bound yet
    for one in values:
        if isinstance(one, kind | FunctionType | MethodType | functools.partial):
            yield one
        elif isinstance(one, ModuleType):
            yield from _attributes(one, names, kind)
        elif isinstance(one, list | tuple | set):
            yield from (item for item in one if isinstance(item, kind))
        elif isinstance(one, dict):
            yield from (item for item in one.values() if isinstance(item, kind))
        elif not isinstance(one, type):
            yield from _attributes(one, names, kind)
    if owner is not None:
        yield from _attributes(owner, names, kind)


def _attributes(owner: Any, names: set[str], kind: type[Any]) -> Iterator[Any]:
    for name in names:
        try:
            value = inspect.getattr_static(owner, name)
        except AttributeError:
            continue
        if isinstance(value, kind):
            yield value
        elif isinstance(value, FunctionType):
            yield MethodType(value, owner) if not isinstance(owner, ModuleType) else value


def _names(code: CodeType) -> set[str]:
    names = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            names |= _names(constant)
    return names
