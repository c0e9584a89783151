"""Supervision: what a failure means for the message, the actor and its parent."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

import msgspec

__all__ = [
    "BackOff",
    "Directive",
    "Escalate",
    "Escalated",
    "Fault",
    "HandOver",
    "HandedOver",
    "Restart",
    "Resume",
    "Supervisor",
]


class Fault(msgspec.Struct, frozen=True, eq=False):
    """One failed attempt to handle a message.

    ``actor`` is its address. ``attempt`` starts at 1 and counts the attempts at this same message; ``elapsed`` is in
    seconds since the first of them began.
    """

    actor: Any
    message: Any
    exception: BaseException
    attempt: int
    elapsed: float


class Restart(msgspec.Struct, frozen=True):
    """Handle the same message again, after ``delay`` seconds.

    A serial actor is first stopped with the exception and started afresh (a new instance if it came from a factory); a
    concurrent one handles the message again in the same task, with the same instance.
    """

    delay: float = 0.0


class HandOver(msgspec.Struct, frozen=True):
    """Let the actor ``to`` deal with it: it receives ``HandedOver(fault)``, and its answer answers the ask."""

    to: Any


class Escalate(msgspec.Struct, frozen=True):
    """Tell the parent ``Escalated(fault)``, answer an ask with the exception, and stop the actor if it is serial."""


class Resume(msgspec.Struct, frozen=True):
    """Drop the message (an ask gets the exception) and go on with the next one."""


Directive: TypeAlias = Restart | HandOver | Escalate | Resume
"""What a supervisor decides about a failure."""

ESCALATE = Escalate()
RESUME = Resume()


class Escalated(msgspec.Struct, frozen=True, eq=False):
    """Told to the parent of an actor whose failure was escalated."""

    fault: Fault


class HandedOver(msgspec.Struct, frozen=True, eq=False):
    """Told to the actor that a failed message was handed over to."""

    fault: Fault


class Supervisor(Protocol):
    """Decides what a failure means. One supervisor may serve any number of actors."""

    def decide(self, failure: Fault) -> Directive:
        """The directive for this failure. Raising is ``Escalate``, with what was raised chained to the failure."""
        ...


class BackOff:
    """Restart with growing delays, then escalate.

    Parameters:
        initial: delay before the second attempt, in seconds.
        factor: what each further delay is multiplied by.
        maximum: the longest delay, in seconds.
        attempts: how often a message is attempted in all, the first one included.
        jitter: ``True`` adds up to a second of chance to each delay, so that many do not come back at once; a
            float adds up to that many seconds.
        retry_on: an exception type, a tuple of them, or a function that says whether to try again.
    Raises: ``ValueError`` for a negative delay, a factor under 0, or fewer than one attempt.
    """

    __slots__ = ("_matches", "attempts", "factor", "initial", "jitter", "maximum")

    def __init__(
        self,
        initial: float = 0.5,
        factor: float = 2.0,
        maximum: float = 128.0,
        attempts: int = 3,
        jitter: bool | float = True,
        retry_on: type[BaseException] | tuple[type[BaseException], ...] | Callable[[BaseException], bool] = Exception,
    ) -> None:
        if initial < 0 or maximum < 0 or factor < 0 or jitter < 0:
            raise ValueError(
                f"BackOff(initial={initial}, factor={factor}, maximum={maximum}, jitter={jitter}): none may be negative"
            )
        if attempts < 1:
            raise ValueError(f"BackOff(attempts={attempts}): the first attempt counts, so it must be at least 1")
        self.initial = initial
        self.factor = factor
        self.maximum = maximum
        self.attempts = attempts
        self.jitter = float(jitter)
        self._matches: Callable[[BaseException], bool]
        if isinstance(retry_on, (type, tuple)):
            kinds = retry_on
            self._matches = lambda exception: isinstance(exception, kinds)
        else:
            self._matches = retry_on

    def delay(self, attempt: int) -> float:
        """Seconds to wait after attempt number ``attempt`` failed."""
        try:
            pause = min(self.maximum, self.initial * self.factor ** (attempt - 1))
        except OverflowError:
            pause = self.maximum
        return pause + random.random() * self.jitter if self.jitter else pause

    def decide(self, failure: Fault) -> Directive:
        """``Restart`` while attempts are left and the exception matches ``retry_on``, then ``Escalate``."""
        if failure.attempt < self.attempts and self._matches(failure.exception):
            return Restart(self.delay(failure.attempt))
        return ESCALATE
