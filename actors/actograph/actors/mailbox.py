"""The mailbox of an actor: a FIFO queue, non-blocking first, optionally bounded, closable."""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from typing import Any

import msgspec

from .errors import MailboxClosed, MailboxFull
from .outcome import Outcome

__all__ = ["Envelope", "Mailbox", "MailboxStatistics"]


class Envelope:
    """A queued message that carries more than itself; a bare ``tell`` is queued without one (it is cheaper)."""

    __slots__ = ("context", "message", "reply")

    def __init__(
        self, message: Any, context: contextvars.Context | None, reply: asyncio.Future[Outcome] | None
    ) -> None:
        self.message = message
        self.context = context
        self.reply = reply


class MailboxStatistics(msgspec.Struct, frozen=True):
    """A snapshot: messages ``queued``, the ``capacity`` (``None``: unbounded), senders ``waiting``, and ``closed``."""

    queued: int
    capacity: int | None
    waiting: int
    closed: bool


class Mailbox:
    """A FIFO queue of messages.

    Parameters: ``capacity`` is the largest number of queued messages, at least 1; ``None`` is unbounded.
    Raises: ``ValueError`` for a capacity under 1.

    A mailbox handed to ``ActorSystem.spawn`` belongs to that actor alone. It is not thread-safe.
    """

    __slots__ = ("capacity", "closed", "owner", "queue", "waiting")

    def __init__(self, capacity: int | None = None) -> None:
        if capacity is not None and capacity < 1:
            raise ValueError(f"Mailbox(capacity={capacity!r}): must be at least 1, or None for an unbounded mailbox")
        self.capacity = capacity
        self.closed = False
        #: The queue itself. The kernel's cells work on it directly: it is the hot path.
        self.queue: deque[Any] = deque()
        #: Senders that wait for room, in order of arrival.
        self.waiting: deque[asyncio.Future[None]] = deque()
        #: Name of the actor that it belongs to, once it does.
        self.owner: str | None = None

    def __len__(self) -> int:
        return len(self.queue)

    def __repr__(self) -> str:
        return f"<Mailbox queued={len(self.queue)} capacity={self.capacity}{' closed' if self.closed else ''}>"

    @property
    def full(self) -> bool:
        """Whether ``put_nowait`` would raise ``MailboxFull``."""
        return self.capacity is not None and len(self.queue) >= self.capacity

    def put_nowait(self, message: Any) -> None:
        """Append a message. Raises ``MailboxClosed`` or ``MailboxFull``."""
        if self.closed:
            raise MailboxClosed(f"the mailbox{self._of()} is closed; no message can be put into it")
        if self.capacity is not None and len(self.queue) >= self.capacity:
            raise MailboxFull(self.complaint())
        self.queue.append(message)

    def get_nowait(self) -> Any:
        """Take the oldest message. Raises ``IndexError`` when empty; also when closed, as closing empties it."""
        message = self.queue.popleft()
        if self.waiting:
            self.wake()
        return message

    async def room(self) -> None:
        """Wait until a message can be put. Raises ``MailboxClosed`` when it is or gets closed.

        Who wakes must put at once, before it awaits anything else: room is not reserved.
        """
        while True:
            if self.closed:
                raise MailboxClosed(f"the mailbox{self._of()} is closed; no message can be put into it")
            if not self.full:
                return
            turn = asyncio.get_running_loop().create_future()
            self.waiting.append(turn)
            try:
                await turn
            except BaseException:
                turn.cancel()
                if turn in self.waiting:
                    self.waiting.remove(turn)
                elif len(self.queue) < (self.capacity or 1):
                    # The turn had already been given to this cancelled waiter: pass it on.
                    self.wake()
                raise

    def wake(self) -> None:
        """Let the sender that has waited longest try again."""
        while self.waiting:
            turn = self.waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return

    def close(self) -> list[Any]:
        """Take no more messages, wake every waiting sender, and return what was still queued. Idempotent."""
        self.closed = True
        left = list(self.queue)
        self.queue.clear()
        while self.waiting:
            self.wake()
        return left

    def statistics(self) -> MailboxStatistics:
        """A snapshot of the mailbox."""
        return MailboxStatistics(len(self.queue), self.capacity, len(self.waiting), self.closed)

    def complaint(self) -> str:
        """What ``MailboxFull`` says."""
        return (
            f"the mailbox{self._of()} holds its capacity of {self.capacity} messages; "
            "wait for room with `await address.send(message)`, or give it a larger capacity"
        )

    def _of(self) -> str:
        return f" of actor {self.owner!r}" if self.owner is not None else ""
