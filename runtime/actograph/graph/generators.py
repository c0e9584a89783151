"""Nodes that yield: functions that make their result piece by piece."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any


def yields(target: Any) -> bool:
    """Whether `target` is a generator function, async or not."""
    inner = _inner(target)
    return inspect.isgeneratorfunction(inner) or inspect.isasyncgenfunction(inner)


def collected(target: Callable[..., Any]) -> Callable[..., Any]:
    """`target` as a function that returns what it yields: added up, or the last piece where pieces do not add; None for none."""
    if inspect.isasyncgenfunction(_inner(target)):

        async def run_async(*args: Any, **kwargs: Any) -> Any:
            result: Any = None
            first = True
            async for piece in target(*args, **kwargs):
                result = piece if first else _joined(result, piece)
                first = False
            return result

        return run_async

    def run(*args: Any, **kwargs: Any) -> Any:
        result: Any = None
        first = True
        for piece in target(*args, **kwargs):
            result = piece if first else _joined(result, piece)
            first = False
        return result

    return run


def _joined(result: Any, piece: Any) -> Any:
    try:
        return result + piece
    except TypeError:
        return piece


def _inner(target: Any) -> Any:
    while isinstance(target, functools.partial):
        target = target.func
    return target
