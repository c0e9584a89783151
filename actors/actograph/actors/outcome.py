"""What became of a message, as a value: futures refuse some exceptions (``StopIteration``), values refuse none."""

from __future__ import annotations

import asyncio
from typing import Any, TypeAlias

import msgspec

__all__ = ["Failure", "Outcome", "Success", "raisable", "settle"]


class Success(msgspec.Struct, frozen=True):
    """The message was handled; ``value`` is what ``receive`` returned."""

    value: Any


class Failure(msgspec.Struct, frozen=True):
    """The message was not handled; ``exception`` says why. ``receive`` may also return one to refuse an ask."""

    exception: BaseException


Outcome: TypeAlias = Success | Failure
"""How a message that was asked ended."""


def settle(reply: asyncio.Future[Outcome] | None, value: Any) -> None:
    """Answer an ask with what ``receive`` returned; a ``Success`` or ``Failure`` is passed on as it is.

    Parameters: ``reply`` is the asker's future or ``None`` for a tell; an asker that has gone away is skipped.
    """
    if reply is not None and not reply.done():
        kind = value.__class__
        reply.set_result(value if kind is Success or kind is Failure else Success(value))


def raisable(exception: BaseException, actor: str) -> BaseException:
    """The exception to raise to an asker: a ``StopIteration`` becomes a ``RuntimeError`` from it, as in coroutines."""
    if isinstance(exception, (StopIteration, StopAsyncIteration)):
        error = RuntimeError(f"actor {actor!r} answered with {type(exception).__name__}, which no coroutine raises")
        error.__cause__ = exception
        return error
    return exception
