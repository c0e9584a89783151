"""Failures on their way: asking the supervisor, and carrying out what it decides for the message."""

from __future__ import annotations

import asyncio
import contextvars
from time import monotonic
from typing import TYPE_CHECKING

from .errors import ActorStopped, MailboxFull
from .outcome import Failure, settle
from .supervision import ESCALATE, Directive, Escalate, Escalated, Fault, HandedOver, HandOver, Restart, Resume

if TYPE_CHECKING:
    from typing import Any

    from .address import Address
    from .cell import Cell, Reply

__all__ = ["conclude", "judge"]


def judge(cell: Cell, message: Any, exception: BaseException, attempt: int, since: float) -> tuple[Fault, Directive]:
    """Make a fault of a failure and ask the supervisor what it means.

    Cancellations, ``KeyboardInterrupt`` and ``SystemExit`` are nobody's to supervise: they escalate.
    """
    fault = Fault(cell.address, message, exception, attempt, monotonic() - since)
    supervisor = cell.supervisor
    if supervisor is None or isinstance(exception, (asyncio.CancelledError, KeyboardInterrupt, SystemExit)):
        return fault, ESCALATE
    try:
        directive = supervisor.decide(fault)
        if not isinstance(directive, (Restart, HandOver, Escalate, Resume)):
            raise TypeError(
                f"{type(supervisor).__name__}.decide returned {directive!r} for actor {cell.address.name!r}; "
                "it must return Restart, HandOver, Escalate or Resume"
            )
    except Exception as broken:
        broken.__cause__ = exception
        return Fault(cell.address, message, broken, attempt, fault.elapsed), ESCALATE
    return fault, directive


def conclude(cell: Cell, fault: Fault, directive: Directive, context: contextvars.Context | None, reply: Reply) -> bool:
    """End a failed message as any directive but ``Restart`` says. Returns whether it was escalated."""
    if isinstance(directive, HandOver):
        refusal = _hand_over(cell, fault, directive.to, context, reply)
        if refusal is None:
            return False
        refusal.__cause__ = fault.exception
        fault = Fault(fault.actor, fault.message, refusal, fault.attempt, fault.elapsed)
    exception = fault.exception
    cancelled = isinstance(exception, asyncio.CancelledError)
    if reply is not None:
        if cancelled:
            # Raised to the asker as it is, it would look like a cancellation of the asker.
            cell.reject(fault.message, reply, "its handling was cancelled", exception)
        else:
            settle(reply, Failure(exception))
    if isinstance(directive, Resume):
        return False
    if cell.parent is not None:
        try:
            cell.parent.tell(Escalated(fault))
        except MailboxFull as full:
            cell.system.dead_letters.publish(Escalated(fault), cell.parent._name, str(full))
    elif reply is None and not cancelled and not isinstance(exception, (KeyboardInterrupt, SystemExit)):
        cell.loop.call_exception_handler(
            {
                "message": f"actor {cell.address.name!r} failed on a {type(fault.message).__name__}, "
                "with neither a parent nor an asker to tell",
                "exception": exception,
            }
        )
    return True


def _hand_over(
    cell: Cell, fault: Fault, heir: Address, context: contextvars.Context | None, reply: Reply
) -> Exception | None:
    """Give the fault to ``heir``, which also answers the ask. Returns why that was not possible."""
    target = heir.cell
    if target is None or target.closed:
        return ActorStopped(
            f"actor {heir.name!r} is stopped; a failure of actor {cell.address.name!r} was to be handed to it"
        )
    try:
        target.accept(HandedOver(fault), context, reply)
    except MailboxFull as full:
        return full
    return None
