"""Serial actors with a plain ``receive``: the mailbox is drained inline by a callback of the loop, without any task."""

from __future__ import annotations

import asyncio
import contextvars
from asyncio.events import _get_running_loop
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any

from .actor import Actor, Kind
from .cell import ACTIVE, STOPPED, Attempt, Cell, Reply
from .faults import conclude, judge
from .mailbox import Envelope, Mailbox
from .outcome import settle
from .supervision import Restart, Supervisor

if TYPE_CHECKING:
    from .address import Address
    from .system import ActorSystem

__all__ = ["SyncCell"]


class SyncCell(Cell):
    """Also what a factory of unknown class starts as: it turns into the right cell at its first activation."""

    __slots__ = ("delay", "draining", "retry", "scheduled", "settled")

    kind = Kind.SYNC

    def __init__(
        self,
        address: Address,
        system: ActorSystem,
        fresh: Actor | None,
        factory: Callable[[], Actor] | None,
        supervisor: Supervisor | None,
        parent: Address | None,
        mailbox: Mailbox | None,
        idle_after: float | None,
    ) -> None:
        Cell.__init__(self, address, system, fresh, factory, supervisor, parent, mailbox, idle_after)
        if mailbox is None:
            self.queue = deque()
        #: A drain will run or is running: a message needs only be appended.
        self.scheduled = False
        self.draining = False
        self.retry: Attempt | None = None
        self.delay: asyncio.TimerHandle | None = None
        #: The kind of actor is known: the spawned class, or what the factory made first.
        self.settled = True

    def accept(self, message: Any, context: contextvars.Context | None, reply: Reply) -> None:
        if self.closed:
            self.reject(message, reply, "the actor was stopped")
            return
        if context is None and reply is None and self.mailbox is None:
            self.queue.append(message)
        else:
            self.enqueue(message, context, reply)
        if not self.scheduled:
            self.schedule()

    def accept_now(self, message: Any) -> None:
        """Take a message, and handle it within this call if the actor is idle and nothing forbids it."""
        system = self.system
        if (
            self.scheduled
            or self.closed
            or self.mailbox is not None
            or self.state != ACTIVE
            or system.eager is not None
            or _get_running_loop() is not self.loop
        ):
            self.accept(message, None, None)
            return
        self.queue.append(message)
        self.scheduled = True
        system.context.run(self.drain)

    def schedule(self) -> None:
        """Have the mailbox drained in the loop's next turn."""
        try:
            self.loop.call_soon(self.drain, context=self.system.context)
        except RuntimeError:
            if not self.loop.is_closed():
                raise
            # The loop ended without `aclose`: nothing will be handled any more.
            self.stop()
        else:
            self.scheduled = True

    def proceed(self) -> None:
        if self.closed and self.delay is not None:
            self.delay.cancel()
            self.delay = None
            self.holds -= 1
        if self.draining or self.holds or self.state == STOPPED:
            return
        if self.closed:
            attempt, self.retry = self.retry, None
            if attempt is not None:
                self.reject(attempt.message, attempt.reply, "the actor was stopped before it could try again")
            self.finish()
        elif self.queue or self.retry is not None:
            self.schedule()
        else:
            self.scheduled = False

    def occupied(self) -> bool:
        return self.scheduled or bool(self.queue)

    # -- the hot path -------------------------------------------------------------------------------------------------

    def drain(self) -> None:
        """Handle messages until there are none, or the time slice or the budget of messages is used up."""
        if self.state == STOPPED:
            return
        self.draining = True
        interrupt: BaseException | None = None
        if self.state != ACTIVE or self.retry is not None:
            interrupt = self.unusual_turn()
        receive = self.receive
        # After a failure the rest waits for the next turn of the loop: an endless restart starves nobody.
        if receive is not None and self.retry is None and interrupt is None:
            system = self.system
            queue = self.queue
            mailbox = self.mailbox
            budget = left = system.budget
            now = monotonic()
            deadline = now + system.slice
            while queue:
                item = queue.popleft()
                if mailbox is not None and mailbox.waiting:
                    mailbox.wake()
                left -= 1
                try:
                    if item.__class__ is Envelope:
                        context = item.context
                        value = receive(item.message) if context is None else context.run(receive, item.message)
                        settle(item.reply, value)
                    else:
                        receive(item)
                except BaseException as exception:
                    if item.__class__ is Envelope:
                        attempt = Attempt(item.message, item.context, item.reply, 1, now)
                    else:
                        attempt = Attempt(item, None, None, 1, now)
                    interrupt = self.failed(attempt, exception)
                    break
                now = monotonic()
                if left <= 0 or now >= deadline:
                    break
            self.touched = now
            system.handled += budget - left
        self.draining = False
        self.proceed()
        if interrupt is not None:
            try:
                raise interrupt
            finally:
                interrupt = None

    # -- everything else --------------------------------------------------------------------------------------------

    def unusual_turn(self) -> BaseException | None:
        """Activate, and try a failed message again. Returns an exception that must reach the loop, if there is one."""
        if self.closed or self.holds or (not self.queue and self.retry is None):
            return None
        if self.state != ACTIVE:
            interrupt = self.activate()
            if self.state != ACTIVE:
                return interrupt
        attempt, self.retry = self.retry, None
        receive = self.receive
        if attempt is None or receive is None:
            self.retry = attempt
            return None
        context = attempt.context
        self.system.handled += 1
        try:
            value = receive(attempt.message) if context is None else context.run(receive, attempt.message)
        except BaseException as exception:
            return self.failed(attempt, exception)
        settle(attempt.reply, value)
        return None

    def activate(self) -> BaseException | None:
        """Make an instance and run its ``started``; the state is ``ACTIVE`` if that is done and well."""
        try:
            actor = self.make()
            profile = actor.profile
            if profile.kind is not self.kind:
                if not self.settled:
                    self.turn_into(actor)
                    return None
                raise self.misfit(actor)
            self.settled = True
            if profile.started_async:
                self.starting = True
                self.run_hook(self.run_started(actor), self.started)
                return None
            if profile.has_started:
                actor.started()
        except BaseException as exception:
            return self.start_failed(exception)
        self.install(actor)
        return None

    async def run_started(self, actor: Actor) -> None:
        await actor.started()  # type: ignore[misc]
        self.install(actor)

    def started(self, task: asyncio.Task[None]) -> None:
        """The task of an asynchronous ``started`` has ended."""
        self.hook = None
        self.starting = False
        exception = asyncio.CancelledError() if task.cancelled() else task.exception()
        if exception is not None:
            # What must reach the loop (`KeyboardInterrupt`) has done so from the task.
            self.start_failed(exception)
        self.release()

    def start_failed(self, exception: BaseException) -> BaseException | None:
        """``started`` or the factory failed: a failure of the message that activated the actor."""
        attempt, self.retry = self.retry, None
        if attempt is None and self.queue:
            attempt = self.next_attempt()
        if attempt is not None:
            return self.failed(attempt, exception)
        # Stopped meanwhile: the message has been answered, but the failure must not be lost.
        if not isinstance(exception, asyncio.CancelledError):
            self.report_hook(exception, "started")
        return exception if isinstance(exception, (KeyboardInterrupt, SystemExit)) else None

    def failed(self, attempt: Attempt, exception: BaseException) -> BaseException | None:
        """Do what the supervisor decides. Returns the exception if it must reach the loop."""
        fault, directive = judge(self, attempt.message, exception, attempt.number, attempt.since)
        if isinstance(directive, Restart):
            attempt.number += 1
            self.retry = attempt
            if not self.closed:
                self.system.restarts += 1
                if self.state == ACTIVE:
                    self.retire(exception)
            if not self.closed and directive.delay > 0:
                self.holds += 1
                self.delay = self.loop.call_later(directive.delay, self.delay_over)
        elif conclude(self, fault, directive, attempt.context, attempt.reply):
            self.stop(fault.exception)
        return exception if isinstance(exception, (KeyboardInterrupt, SystemExit)) else None

    def delay_over(self) -> None:
        self.delay = None
        self.release()

    def turn_into(self, actor: Actor) -> None:
        """The factory's first actor is of another kind: let the right cell take over, with all that is queued."""
        address, system = self.address, self.system
        cell = system.cell_types[actor.profile.kind](
            address, system, actor, self.factory, self.supervisor, self.parent, self.mailbox, self.idle_after
        )
        cell.joiners = self.joiners
        address.cell = cell
        system.cells.discard(self)
        system.cells.add(cell)
        self.state = STOPPED
        attempt, self.retry = self.retry, None
        cell.take_over(attempt, self.queue)
