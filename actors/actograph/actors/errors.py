"""Errors of the actor kernel."""

from __future__ import annotations

__all__ = ["ActorError", "ActorStopped", "MailboxClosed", "MailboxFull"]


class ActorError(Exception):
    """Base of every error that the kernel itself raises."""


class ActorStopped(ActorError):
    """The actor was stopped, or stopped before it answered.

    The exception or cancellation that stopped it, when there was one, is the ``__cause__``.
    """


class MailboxFull(ActorError):
    """A bounded mailbox has no room; ``await address.send(message)`` waits for room instead."""


class MailboxClosed(ActorError):
    """The mailbox was closed and takes no further messages."""
