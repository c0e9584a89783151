"""Messages that nobody will handle, made observable."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

__all__ = ["DeadLetter", "DeadLetters"]


class DeadLetter(msgspec.Struct, frozen=True):
    """A message that was not and will not be handled: the ``message``, its ``recipient``'s name, the ``reason``."""

    message: Any
    recipient: str
    reason: str


class DeadLetters:
    """Where a system's undeliverable messages go: counted always, kept never, shown to who subscribes."""

    __slots__ = ("_loop", "_subscribers", "count")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._subscribers: list[Callable[[DeadLetter], object]] = []
        #: How many there have been.
        self.count = 0

    def subscribe(self, callback: Callable[[DeadLetter], object]) -> Callable[[], None]:
        """Call ``callback`` with every dead letter from now on; the returned function ends that (idempotent).

        A callback that raises is reported to the loop's exception handler; the others are still called.
        """
        entry = [callback]  # one identity per subscription, so that a callback may subscribe twice

        def deliver(letter: DeadLetter) -> object:
            return entry[0](letter)

        self._subscribers.append(deliver)

        def unsubscribe() -> None:
            if deliver in self._subscribers:
                self._subscribers.remove(deliver)

        return unsubscribe

    def publish(self, message: Any, recipient: Callable[[], str] | str, reason: str) -> None:
        """Count a dead letter and show it to the subscribers."""
        self.count += 1
        if not self._subscribers:
            return
        letter = DeadLetter(message, recipient if isinstance(recipient, str) else recipient(), reason)
        for callback in tuple(self._subscribers):
            try:
                callback(letter)
            except Exception as exception:
                self._loop.call_exception_handler(
                    {"message": f"a dead-letter subscriber failed on {letter!r}", "exception": exception}
                )
