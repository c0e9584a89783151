"""User code as the engine calls it: functions, callable objects and runnables, sync or async, with what they ask to be given."""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

from actograph.config import config_of
from actograph.engine.calls.call import previous_of
from actograph.engine.policies.clock import call_apart
from actograph.errors import NodeError
from actograph.graph.generators import collected, yields
from actograph.graph.hints import function_hint
from actograph.pregel.base import PregelBase
from actograph.runtime import runtime_of
from actograph.types import Command

if TYPE_CHECKING:
    from actograph.engine.task import Task

_GIVEN: dict[str, Callable[[Task], Any]] = {
    "config": config_of,
    "writer": lambda task: task.emit,
    "store": lambda task: task.run.launch.store,
    "runtime": runtime_of,
    "previous": previous_of,
}
"""What a parameter of that name is given."""


_CONFIG_TYPES = ("RunnableConfig", "dict", "Dict", "Mapping", "Any")
"""LangChain's class may not be installed, so a config may be annotated as what it is: a dict."""


class Action:
    """A piece of user code, inspected once."""

    __slots__ = ("_error", "call", "input_hint", "is_async", "name", "returns", "target")

    def __init__(self, target: Any) -> None:
        self.target = target
        self.name = name_of(target)
        self.input_hint: Any = None
        """The annotation of the first parameter, if it is a class."""
        self.returns: Any = None
        """The annotation of the result, if it can be resolved."""
        self.is_async: bool
        self.call: Callable[[Task, Any], Any]
        """Calls the code with the task's value; returns an awaitable if `is_async`."""
        if is_runnable(target):
            self.is_async = hasattr(target, "ainvoke")
            self.call = _runnable_call(target, self.is_async)
            return
        if not callable(target):
            raise TypeError(
                f"a node or router must be callable, e.g. a function that takes the state; got {type(target).__name__}: {target!r}"
            )
        self.is_async = _is_async(target)
        self._error: str | None = None
        wanted: tuple[str, ...] = ()
        try:
            signature = inspect.signature(target)
        except (ValueError, TypeError):
            signature = None  # a builtin that does not tell: it gets the state and nothing else
        if signature is not None:
            wanted = self._inspect(signature)
        call = collected(target) if yields(target) else target
        self.call = _bind(call, wanted) if self._error is None else _bind_error(call, wanted, self._error)

    def _inspect(self, signature: inspect.Signature) -> tuple[str, ...]:
        target = self.target
        parameters = list(signature.parameters.values())
        wanted = []
        for index, parameter in enumerate(parameters):
            if parameter.kind not in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
                continue
            if index == 0 and parameter.kind is parameter.POSITIONAL_OR_KEYWORD:
                continue
            meant = _MEANT.get(parameter.name)
            if parameter.name in _GIVEN and (meant is None or meant(parameter.annotation)):
                wanted.append(parameter.name)
            elif parameter.annotation is NodeError or parameter.annotation in (
                "NodeError",
                "'NodeError'",
                '"NodeError"',
            ):
                self._error = parameter.name
        if not isinstance(target, functools.partial | type):
            if parameters and parameters[0].annotation is not parameters[0].empty:
                hint = function_hint(target, parameters[0].name, parameters[0].annotation)
                if isinstance(hint, type):
                    self.input_hint = hint
            if signature.return_annotation is not signature.empty:
                self.returns = function_hint(target, "return", signature.return_annotation)
        return tuple(wanted)

    def destinations(self) -> tuple[str, ...]:
        """Names in a return annotation `Command[Literal[...]]`."""
        found: list[str] = []
        for part in _parts(self.returns):
            if get_origin(part) is Command:
                for inner in get_args(part):
                    found += (
                        [name for name in get_args(inner) if isinstance(name, str)]
                        if get_origin(inner) is Literal
                        else []
                    )
        return tuple(found)

    def literals(self) -> tuple[Any, ...] | None:
        """Names in a return annotation `Literal[...]`; None when there is no such annotation."""
        return get_args(self.returns) if get_origin(self.returns) is Literal else None


def name_of(target: Any) -> str:
    """A function's name, a runnable's, or else that of the object's class."""
    if is_runnable(target):
        named = getattr(target, "name", None)
        if isinstance(named, str):
            return named
        get_name = getattr(target, "get_name", None)
        if callable(get_name):
            return str(get_name())
    found = getattr(target, "__name__", None)
    return found if isinstance(found, str) else type(target).__name__


def is_runnable(target: Any) -> bool:
    """Whether `target` is called through `invoke` and `ainvoke`: a compiled graph, or a LangChain runnable."""
    return not isinstance(target, type) and not inspect.isroutine(target) and callable(getattr(target, "invoke", None))


def _parts(annotation: Any) -> tuple[Any, ...]:
    """Members of a union, or the annotation itself."""
    origin = get_origin(annotation)
    if origin is typing.Union or (origin is not None and getattr(origin, "__name__", "") == "UnionType"):
        return tuple(part for member in get_args(annotation) for part in _parts(member))
    return (annotation,)


def _is_config(annotation: Any) -> bool:
    """Whether a parameter `config` is meant for the config of a run: not annotated, or with a type that a config has."""
    if annotation is inspect.Parameter.empty or annotation is typing.Any:
        return True
    if isinstance(annotation, str):
        return any(name in annotation for name in _CONFIG_TYPES)
    return any(getattr(get_origin(part) or part, "__name__", "") in _CONFIG_TYPES for part in _parts(annotation))


def _is_store(annotation: Any) -> bool:
    """Whether a parameter `store` is meant for the graph's store: not annotated, or with a kind of store."""
    if annotation is inspect.Parameter.empty or annotation is typing.Any:
        return True
    if isinstance(annotation, str):
        return "Store" in annotation or annotation == "Any"
    return any(_names_store(part) for part in _parts(annotation))


def _names_store(part: Any) -> bool:
    if isinstance(part, typing.ForwardRef):
        return "Store" in part.__forward_arg__
    return any("Store" in base.__name__ for base in getattr(part, "__mro__", ()))


_MEANT: dict[str, Callable[[Any], bool]] = {"config": _is_config, "store": _is_store}
"""Names that a parameter may have for reasons of its own, which its annotation tells."""


def _is_async(target: Any) -> bool:
    while isinstance(target, functools.partial):
        target = target.func
    if inspect.iscoroutinefunction(target) or inspect.isasyncgenfunction(target):
        return True
    if inspect.isroutine(target) or isinstance(target, type):
        return False
    return inspect.iscoroutinefunction(getattr(type(target), "__call__", None))  # noqa: B004


def _bind(target: Any, wanted: tuple[str, ...]) -> Callable[[Task, Any], Any]:
    if not wanted:
        return lambda _, value: target(value)
    if len(wanted) == 1:
        (name,) = wanted
        get = _GIVEN[name]
        return lambda task, value: target(value, **{name: get(task)})
    given = tuple((name, _GIVEN[name]) for name in wanted)
    return lambda task, value: target(value, **{name: get(task) for name, get in given})


def _bind_error(target: Any, wanted: tuple[str, ...], error: str) -> Callable[[Task, Any], Any]:
    """For error handlers: what went wrong goes into the parameter `error`."""
    given = tuple((name, _GIVEN[name]) for name in wanted)
    return lambda task, value: target(value, **{error: task.failure}, **{name: get(task) for name, get in given})


def _runnable_call(target: Any, is_async: bool) -> Callable[[Task, Any], Any]:
    if is_async:
        return lambda task, value: call_runnable(target, task, value)
    return lambda task, value: target.invoke(value, config_of(task))


def call_runnable(target: Any, task: Task, value: Any) -> Awaitable[Any]:
    """Call a runnable from a task. In a run that its caller's thread drives, a LangChain runnable is called as that thread would call it;
    a graph is one engine's work either way."""
    ainvoke = target.ainvoke
    if task.run.launch.sync and not isinstance(target, PregelBase):
        call = task.run.call_blocking if task.clock is None else call_apart
        return call(task, lambda task, value: target.invoke(value, config_of(task)), value)
    awaitable: Awaitable[Any] = ainvoke(value, config_of(task))
    return awaitable
