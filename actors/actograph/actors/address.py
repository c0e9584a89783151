"""Where an actor is reached: ``tell``, ``ask``, ``send``; it stays valid, as a dead end, after the actor stopped."""

from __future__ import annotations

import asyncio
import contextvars
from typing import TYPE_CHECKING, Any

from .errors import ActorError, ActorStopped, MailboxClosed, MailboxFull
from .outcome import Outcome, Success, raisable

if TYPE_CHECKING:
    from .cell import Cell
    from .system import ActorSystem

__all__ = ["Address"]


class Address:
    """The address of an actor. Made by ``ActorSystem.spawn``; compared and hashed by identity."""

    __slots__ = ("__weakref__", "_label", "_number", "cell", "system")

    def __init__(self, system: ActorSystem, label: str | None, number: int) -> None:
        self.system = system
        self._label = label
        #: Distinguishes actors spawned without a name; 0 when a name was given.
        self._number = number
        #: What drives the actor; ``None`` once it is stopped. The kernel's own.
        self.cell: Cell | None = None

    @property
    def name(self) -> str:
        """The name given at ``spawn``, or one made of the actor's class and a number. For people; not a key."""
        return f"{self._label}-{self._number}" if self._number else str(self._label)

    @property
    def alive(self) -> bool:
        """Whether the actor takes messages: it was neither stopped nor asked to."""
        cell = self.cell
        return cell is not None and not cell.closed

    def __repr__(self) -> str:
        return f"<Address {self.name}{'' if self.alive else ' (stopped)'}>"

    def tell(self, message: Any, *, context: contextvars.Context | None = None) -> None:
        """Hand over a message; never blocks. To a stopped actor it becomes a dead letter.

        Parameters: ``context`` is what the message is handled in; it must be the message's own (a copy). Without one, a
        concurrent actor's task runs in a copy of the caller's context, a serial actor in the system's.
        Raises: ``MailboxFull`` when the mailbox is bounded and full.
        """
        cell = self.cell
        if cell is None:
            self.system.dead_letters.publish(message, self._name, "the actor is stopped")
        else:
            cell.accept(message, context, None)

    def tell_now(self, message: Any) -> None:
        """As ``tell``, but an idle actor with a plain ``receive`` handles it within this call, for its time slice at most.

        For a caller that would wait for the outcome anyway: it saves two turns of the loop. Such a caller must let the loop turn from
        time to time.
        """
        cell = self.cell
        if cell is None:
            self.tell(message)
        else:
            cell.accept_now(message)

    def tell_threadsafe(self, message: Any) -> None:
        """``tell`` from any thread. What cannot be delivered, also for want of room, becomes a dead letter."""
        try:
            self.system.loop.call_soon_threadsafe(self._tell_or_bury, message)
        except RuntimeError:
            self.system.dead_letters.publish(message, self._name, "the event loop is closed")

    def _tell_or_bury(self, message: Any) -> None:
        try:
            self.tell(message)
        except MailboxFull as full:
            self.system.dead_letters.publish(message, self._name, str(full))

    async def ask(self, message: Any, *, timeout: float | None = None) -> Any:
        """Hand over a message and wait for its answer: what ``receive`` returned.

        Waits for room when the mailbox is bounded. Cancelling the wait does not cancel the handling of the message.

        Parameters: ``timeout`` in seconds for the whole of it; ``None`` waits as long as it takes.
        Raises: ``ActorStopped`` when the actor is stopped, or stops before the message is handled; ``TimeoutError``;
        else the exception that the message failed with.
        """
        if timeout is not None:
            async with asyncio.timeout(timeout):
                return await self.ask(message)
        cell = self.cell
        if cell is not None and cell.mailbox is not None and cell.mailbox.full:
            await self._room(cell)
            cell = self.cell
        if cell is None:
            raise ActorStopped(f"actor {self.name!r} is stopped; it cannot be asked {type(message).__name__}")
        reply: asyncio.Future[Outcome] | None = self.system.loop.create_future()
        outcome: Outcome | None = None
        try:
            cell.accept(message, None, reply)
            del cell
            assert reply is not None
            outcome = await reply
            if isinstance(outcome, Success):
                return outcome.value
            raise raisable(outcome.exception, self.name)
        finally:
            reply = outcome = None  # the exception's traceback holds this frame: no cycle through it

    async def send(self, message: Any) -> None:
        """``tell`` that waits for room in a bounded mailbox. Raises ``ActorStopped`` if the actor is or gets stopped."""
        cell = self.cell
        if cell is None or cell.closed:
            raise ActorStopped(f"actor {self.name!r} is stopped; it cannot be sent {type(message).__name__}")
        if cell.mailbox is not None and cell.mailbox.full:
            await self._room(cell)
        self.tell(message)

    async def _room(self, cell: Cell) -> None:
        assert cell.mailbox is not None
        try:
            await cell.mailbox.room()
        except MailboxClosed:
            raise ActorStopped(f"actor {self.name!r} was stopped while a message waited for room") from None

    def stop(self) -> None:
        """Take no more messages, settle the queued ones (asks: ``ActorStopped``, tells: dead letters), and stop.

        What is being handled is not interrupted; the ``stopped`` hook runs after it. Idempotent.
        """
        if self.cell is not None:
            self.cell.stop()

    async def join(self) -> None:
        """Wait until the actor has stopped. Does not stop it."""
        cell = self.cell
        if cell is None:
            return
        if cell.runs_here():
            raise ActorError(f"actor {self.name!r} waits for its own end: `join()` it from outside")
        await cell.joined()

    async def stop_and_wait(self) -> None:
        """Stop, cancel every message that is being handled, and wait until that and the hooks are done.

        Raises: ``ActorError`` when called by the actor itself, which would wait for ever.
        """
        cell = self.cell
        if cell is None:
            return
        if cell.runs_here():
            raise ActorError(f"actor {self.name!r} waits for its own end: call `stop()` there instead")
        cell.stop()
        cell.cancel()
        await self.join()

    def running(self) -> tuple[tuple[Any, asyncio.Task[None]], ...]:
        """The messages that are being handled in tasks, each with its task, oldest first."""
        return () if self.cell is None else self.cell.running_messages()

    def cancel_running(self, message: Any) -> bool:
        """Cancel the handling of this very message (by identity). Says whether it was being handled in a task."""
        return self.cell is not None and self.cell.cancel_message(message)

    def _name(self) -> str:
        return self.name
