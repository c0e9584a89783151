"""Serial actors with a coroutine ``receive``: one task drains the mailbox and ends when it is empty."""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable, Coroutine
from time import monotonic
from typing import TYPE_CHECKING, Any

from .actor import Actor, Kind
from .cell import ACTIVE, STOPPED, Attempt, Cell, Reply
from .faults import conclude, judge
from .mailbox import Mailbox
from .outcome import settle
from .supervision import Restart, Supervisor

if TYPE_CHECKING:
    from .address import Address
    from .system import ActorSystem

__all__ = ["SerialCell"]


class SerialCell(Cell):
    """Holds a task only while there are messages."""

    __slots__ = ("current", "part", "retry", "spared", "task")

    kind = Kind.SERIAL

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
        self.task: asyncio.Task[None] | None = None
        #: What is being handled, while it is.
        self.current: Attempt | None = None
        #: The task of a message that has a context of its own.
        self.part: asyncio.Task[Any] | None = None
        self.retry: Attempt | None = None
        #: The cancellation under way is of the current message only: the actor lives on.
        self.spared = False

    def accept(self, message: Any, context: contextvars.Context | None, reply: Reply) -> None:
        if self.closed:
            self.reject(message, reply, "the actor was stopped")
            return
        self.enqueue(message, context, reply)
        if self.task is None and not self.holds:
            self.proceed()

    def take_over(self, attempt: Attempt | None, queue: deque[Any]) -> None:
        self.retry = attempt
        self.queue = queue
        self.proceed()

    def proceed(self) -> None:
        if self.task is not None or self.holds or self.state == STOPPED:
            return
        if not self.closed and (self.queue or self.retry is not None):
            if not self.loop.is_closed():
                system = self.system
                self.task = asyncio.Task(self.drain(), loop=self.loop, context=system.context.copy())
                self.task.add_done_callback(self.drained, context=system.context)
                return
            # The loop ended without `aclose`: nothing will be handled any more.
            self.stop()
        elif self.closed:
            attempt, self.retry = self.retry, None
            if attempt is not None:
                self.reject(attempt.message, attempt.reply, "the actor was stopped before it could try again")
            self.finish()

    def drained(self, task: asyncio.Task[None]) -> None:
        """The task has ended, perhaps before it began."""
        self.task = None
        self.touched = monotonic()
        if task.cancelled():
            # From outside, as at the end of the loop.
            self.stop(asyncio.CancelledError())
        else:
            task.exception()  # only what has reached the loop already
        self.proceed()

    def occupied(self) -> bool:
        return self.task is not None or bool(self.queue)

    def cancel(self) -> None:
        if self.task is not None:
            self.task.cancel()

    def running_messages(self) -> tuple[tuple[Any, asyncio.Task[None]], ...]:
        if self.current is None or self.task is None:
            return ()
        return ((self.current.message, self.task),)

    def cancel_message(self, message: Any) -> bool:
        if self.current is None or self.current.message is not message or self.task is None:
            return False
        self.spared = True
        self.task.cancel()
        return True

    def runs_here(self) -> bool:
        task = asyncio.current_task()
        return task is not None and (task is self.task or task is self.part)

    async def drain(self) -> None:
        """Handle messages one after the other until there are none."""
        system = self.system
        left = system.budget
        deadline = monotonic() + system.slice
        while not self.closed and (self.queue or self.retry is not None):
            attempt, self.retry = self.retry, None
            self.current = attempt or self.next_attempt()
            try:
                await self.handle(self.current)
            finally:
                self.current = None
                self.spared = False
            left -= 1
            if left <= 0 or monotonic() >= deadline:
                # A `receive` that never waits must not starve the loop.
                await asyncio.sleep(0)
                left = system.budget
                deadline = monotonic() + system.slice

    async def handle(self, attempt: Attempt) -> None:
        """Handle one message, again and again if the supervisor says so."""
        while True:
            self.system.handled += 1
            try:
                if self.state != ACTIVE:
                    await self.activate()
                receive = self.receive
                assert receive is not None
                if attempt.context is None:
                    value = await receive(attempt.message)
                else:
                    value = await self.apart(receive(attempt.message), attempt.context)
                settle(attempt.reply, value)
                return
            except GeneratorExit:
                raise  # thrown away after the end of the loop: nobody is left to be told
            except BaseException as exception:
                delay = self.failed(attempt, exception)
                if delay is None:
                    if isinstance(exception, (KeyboardInterrupt, SystemExit)):
                        raise
                    return
                problem: BaseException | None = exception
            try:
                if self.state == ACTIVE:
                    await self.restart(problem)
                await asyncio.sleep(delay)
            except asyncio.CancelledError as exception:
                self.failed(attempt, exception)
                return
            finally:
                problem = None  # its traceback holds this frame: no cycle through it
            if self.closed:
                self.reject(attempt.message, attempt.reply, "the actor was stopped before it could try again")
                return
            attempt.number += 1

    async def activate(self) -> None:
        actor = self.make_same()
        if actor.profile.started_async:
            await actor.started()  # type: ignore[misc]
        elif actor.profile.has_started:
            actor.started()
        self.install(actor)

    async def restart(self, reason: BaseException | None) -> None:
        """Stop the instance; the next attempt makes a fresh one."""
        actor = self.uninstall()
        if actor.profile.stopped_async:
            await self.run_stopped_async(actor, reason)
        elif actor.profile.has_stopped:
            self.run_stopped(actor, reason)

    async def apart(self, coroutine: Coroutine[Any, Any, Any], context: contextvars.Context) -> Any:
        """Handle a message in a context of its own, which takes a task of its own; a cancellation reaches it."""
        self.part = asyncio.Task(coroutine, loop=self.loop, context=context)
        try:
            return await self.part
        finally:
            self.part = None

    def failed(self, attempt: Attempt, exception: BaseException) -> float | None:
        """Do what the supervisor decides. Returns the delay before the next attempt, or ``None``: the message is over."""
        fault, directive = judge(self, attempt.message, exception, attempt.number, attempt.since)
        if isinstance(directive, Restart):
            if not self.closed:
                self.system.restarts += 1
                return directive.delay
            self.reject(attempt.message, attempt.reply, "the actor was stopped before it could try again")
            return None
        spared, self.spared = self.spared, False
        escalated = conclude(self, fault, directive, attempt.context, attempt.reply)
        if spared and isinstance(exception, asyncio.CancelledError) and self.task is not None:
            self.task.uncancel()
        elif escalated:
            self.stop(fault.exception)
        return None
