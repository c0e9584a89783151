"""Functions of the functional API as the engine calls them: with their arguments, and with what they ask to be given."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Any

from actograph.graph.action import _GIVEN, Action, _is_config

if TYPE_CHECKING:
    from actograph.engine.task import Task


class TaskAction(Action):
    """The function of a task: called with the arguments of the call."""

    __slots__ = ()

    def __init__(self, target: Any) -> None:
        super().__init__(target)
        given = tuple((name, place, _GIVEN[name]) for name, place in wanted_of(target))
        if not given:

            def call(_: Task, value: Any) -> Any:
                args, kwargs = value
                return target(*args, **kwargs)

            self.call = call
            return

        def call_given(task: Task, value: Any) -> Any:
            args, kwargs = value
            passed = len(args)
            more = {name: get(task) for name, place, get in given if place >= passed and name not in kwargs}
            return target(*args, **more, **kwargs)

        self.call = call_given


def wanted_of(target: Any) -> list[tuple[str, int]]:
    """The parameters that are injected where a call does not pass them (`config`, `runtime`, `store`, `writer`, `previous`), each with
    its place among the positional ones."""
    try:
        parameters = inspect.signature(target).parameters.values()
    except (ValueError, TypeError):
        return []  # a builtin that does not tell
    return [
        (parameter.name, sys.maxsize if parameter.kind is parameter.KEYWORD_ONLY else place)
        for place, parameter in enumerate(parameters)
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
        and parameter.name in _GIVEN
        and (parameter.name != "config" or _is_config(parameter.annotation))
    ]
