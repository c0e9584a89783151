"""Concurrent actors: every message is handled in a task of its own, started eagerly where that is possible."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import sys
from asyncio import Task, current_task
from asyncio.events import _get_running_loop
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any

from .actor import Actor, Kind
from .cell import ACTIVE, DORMANT, STOPPED, Attempt, Cell, Reply
from .faults import conclude, judge
from .mailbox import Envelope, Mailbox
from .outcome import settle
from .supervision import Restart, Supervisor

if TYPE_CHECKING:
    from .address import Address
    from .system import ActorSystem

__all__ = ["ConcurrentCell"]


def _nothing() -> None:
    """Run in a context only to find out whether it can be entered."""


class ConcurrentCell(Cell):
    """The mailbox holds messages only while an asynchronous ``started`` runs; otherwise they start at once."""

    __slots__ = ("cutting", "first", "running")

    kind = Kind.CONCURRENT

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
        #: Tasks that have not ended, with their messages, asks in an envelope; a task that ends within its eager start
        #: is never in here.
        self.running: dict[Task[None], Any] = {}
        #: The message that the actor is being activated for, when that takes a task (``hook``).
        self.first: Attempt | None = None
        #: Everything is being cancelled, also what is in its eager start.
        self.cutting = False

    # -- the hot path -------------------------------------------------------------------------------------------------

    if sys.version_info >= (3, 12):

        def accept(self, message: Any, context: contextvars.Context | None, reply: Reply) -> None:
            system = self.system
            if (
                self.state == DORMANT
                and self.fresh is not None
                and not self.fresh.profile.has_started
                and not self.closed
            ):
                # The first message of a spawned instance without a hook: there is nothing to wait for.
                self.install(self.make())
            if (
                self.state != ACTIVE
                or self.closed
                # Never one eager start inside another: a chain of actors would exhaust the stack.
                or system.eager is not None
                or _get_running_loop() is not system.loop
            ):
                self.accept_lazily(message, context, reply)
                return
            if context is not None:
                try:
                    context.run(_nothing)
                except RuntimeError:
                    # Entered right now, by the caller: an eager start would break half-way.
                    self.accept_lazily(message, context, reply)
                    return
            system.eager = self
            try:
                task = Task(self.handle(message, context, reply), loop=system.loop, context=context, eager_start=True)
            except (KeyboardInterrupt, SystemExit) as exit:
                # For the loop, as from any task, and not for whoever told the message.
                system.eager = None
                system.loop.call_soon(_raise, exit)
                return
            except BaseException:
                system.eager = None
                raise
            system.eager = None
            if not task.done():
                self.running[task] = message if reply is None else Envelope(message, context, reply)
                if self.cutting:
                    task.cancel()
            elif self.closed:
                self.proceed()

    else:

        def accept(self, message: Any, context: contextvars.Context | None, reply: Reply) -> None:
            self.accept_lazily(message, context, reply)

    async def handle(self, message: Any, context: contextvars.Context | None, reply: Reply) -> None:
        """The body of a message's task."""
        since = monotonic()
        exit: BaseException | None = None
        try:
            value = await self.receive(message)  # type: ignore[misc]
        except GeneratorExit:
            raise  # thrown away after the end of the loop: nobody is left to be told
        except BaseException as exception:
            exit = await self.failing(Attempt(message, context, reply, 1, since), exception)
            reply = None  # it holds the exception, whose traceback holds this frame: no cycle
        else:
            if reply is not None:
                settle(reply, value)
        system = self.system
        system.handled += 1
        if self.idle_after is not None:
            self.touched = monotonic()
        # Other tasks do not run while one starts eagerly, so this tells whether it is this one that does.
        if system.eager is not self:
            self.running.pop(current_task(), None)  # type: ignore[arg-type]
            if self.closed:
                self.proceed()
        if exit is not None:
            try:
                raise exit
            finally:
                exit = None

    # -- everything else --------------------------------------------------------------------------------------------

    def accept_lazily(self, message: Any, context: contextvars.Context | None, reply: Reply) -> None:
        """Handle the message in a task that starts in the loop's next turn, after the activation if need be."""
        if not self.closed and self.loop.is_closed():
            # The loop ended without `aclose`: nothing will be handled any more.
            self.stop()
        if self.closed:
            self.reject(message, reply, "the actor was stopped")
        elif self.state == ACTIVE:
            task = Task(self.handle(message, context, reply), loop=self.loop, context=context)
            self.running[task] = message if reply is None else Envelope(message, context, reply)
        elif self.holds:
            if context is None:
                # Without one it is the caller's, as it will be no more when the message is taken from the queue.
                context = contextvars.copy_context()
            self.enqueue(message, context, reply)
        else:
            self.activate(Attempt(message, context, reply, 1, monotonic()))

    def take_over(self, attempt: Attempt | None, queue: deque[Any]) -> None:
        self.queue = queue
        self.activate(attempt or self.next_attempt())

    def activate(self, attempt: Attempt) -> None:
        """Make an instance for this message and those queued behind it; in a task only if something must be awaited."""
        actor: Actor | None = None
        problem: BaseException | None = None
        try:
            actor = self.make_same()
            if actor.profile.has_started and not actor.profile.started_async:
                actor.started()
        except BaseException as exception:
            actor = None
            problem = exception
        if actor is not None and not actor.profile.started_async:
            self.begin(actor, attempt)
            return
        if attempt.context is None:
            attempt.context = contextvars.copy_context()
        self.first = attempt
        self.starting = True
        self.run_hook(self.start(attempt, actor, problem), self.started)

    def begin(self, actor: Actor, attempt: Attempt) -> None:
        """The actor has started: handle what waited for it."""
        self.install(actor)
        if self.closed:
            self.reject(attempt.message, attempt.reply, "the actor was stopped")
            self.proceed()
            return
        self.accept(attempt.message, attempt.context, attempt.reply)
        while self.queue and not self.closed:
            attempt = self.next_attempt()
            self.accept(attempt.message, attempt.context, attempt.reply)

    async def start(self, attempt: Attempt, actor: Actor | None, problem: BaseException | None) -> None:
        """Activate, as often as the supervisor says; a failure is one of the message that it is done for."""
        while True:
            if problem is None:
                try:
                    if actor is None:
                        actor = self.make_same()
                    if actor.profile.started_async:
                        await actor.started()  # type: ignore[misc]
                    elif actor.profile.has_started:
                        actor.started()
                except GeneratorExit:
                    raise
                except BaseException as exception:
                    problem = exception
            if problem is None:
                assert actor is not None
                self.first = None
                self.begin(actor, attempt)
                return
            actor = None
            try:
                if await self.failed(attempt, problem):
                    continue
                if isinstance(problem, (KeyboardInterrupt, SystemExit)):
                    self.first = None
                    raise problem
            finally:
                problem = None  # its traceback holds this frame: no cycle through it
            if not self.queue:
                self.first = None
                return
            attempt = self.first = self.next_attempt()

    def started(self, task: Task[None]) -> None:
        """The task of the activation has ended, perhaps before it began."""
        self.hook = None
        self.starting = False
        attempt, self.first = self.first, None
        if attempt is not None:
            self.lost(attempt.message, attempt.reply)
        if not task.cancelled():
            task.exception()  # only what has reached the loop already
        self.release()

    async def failing(self, attempt: Attempt, exception: BaseException) -> BaseException | None:
        """Handle a failed message again as long as the supervisor says so, then end it as the supervisor says.

        Returns the exception if it must reach the loop.
        """
        problem: BaseException | None = exception
        try:
            while problem is not None and await self.failed(attempt, problem):
                problem = None
                self.system.handled += 1
                receive = self.receive
                assert receive is not None
                try:
                    value = await receive(attempt.message)
                except GeneratorExit:
                    raise
                except BaseException as again:
                    problem = again
                else:
                    settle(attempt.reply, value)
            if isinstance(problem, (KeyboardInterrupt, SystemExit)):
                task = current_task()
                if task is not None:
                    # It reaches the loop by itself; asyncio need not report it a second time.
                    task.add_done_callback(_retrieve)
                return problem
            return None
        finally:
            del problem, exception

    async def failed(self, attempt: Attempt, exception: BaseException) -> bool:
        """One failure. Says whether to try again, after any delay; otherwise the message is done with."""
        fault, directive = judge(self, attempt.message, exception, attempt.number, attempt.since)
        if not isinstance(directive, Restart):
            conclude(self, fault, directive, attempt.context, attempt.reply)
            return False
        if not self.closed:
            self.system.restarts += 1
            try:
                await asyncio.sleep(directive.delay)
            except asyncio.CancelledError as cancelled:
                fault, directive = judge(self, attempt.message, cancelled, attempt.number, attempt.since)
                conclude(self, fault, directive, attempt.context, attempt.reply)
                return False
            attempt.number += 1
            if not self.closed:
                return True
        self.reject(attempt.message, attempt.reply, "the actor was stopped before it could try again")
        return False

    def proceed(self) -> None:
        if self.holds or self.running or self.state == STOPPED or self.system.eager is self:
            return
        if self.closed:
            self.finish()
        elif self.queue and self.state != ACTIVE:
            self.activate(self.next_attempt())

    def occupied(self) -> bool:
        return bool(self.running or self.holds or self.queue)

    def cancel(self) -> None:
        self.cutting = True
        super().cancel()
        for task, item in list(self.running.items()):
            self.cancel_task(task, item)

    def cancel_task(self, task: Task[None], item: Any) -> None:
        """Cancel, also a task that has not begun: its coroutine would never learn of it."""
        if task.done():  # somebody else cancelled it before it began
            self.never_began(task, item)
            return
        if inspect.getcoroutinestate(task.get_coro()) == inspect.CORO_CREATED:  # type: ignore[arg-type]
            task.add_done_callback(lambda ended: self.never_began(ended, item))
        task.cancel()

    def never_began(self, task: Task[None], item: Any) -> None:
        """A task was cancelled before its first step: end its message for it."""
        if self.running.pop(task, self) is self:
            return
        if item.__class__ is Envelope:
            self.lost(item.message, item.reply)
        else:
            self.lost(item, None)
        if self.closed:
            self.proceed()

    def lost(self, message: Any, reply: Reply) -> None:
        """The handling of a message was cancelled before it began."""
        fault, directive = judge(self, message, asyncio.CancelledError(), 1, monotonic())
        conclude(self, fault, directive, None, reply)
        self.system.handled += 1

    def running_messages(self) -> tuple[tuple[Any, Task[None]], ...]:
        return tuple(
            (item.message if item.__class__ is Envelope else item, task) for task, item in self.running.items()
        )

    def cancel_message(self, message: Any) -> bool:
        for task, item in self.running.items():
            if item is message or (item.__class__ is Envelope and item.message is message):
                self.cancel_task(task, item)
                return True
        return False

    def runs_here(self) -> bool:
        task = current_task()
        return super().runs_here() or self.system.eager is self or (task is not None and task in self.running)


def _raise(exception: BaseException) -> None:
    raise exception


def _retrieve(task: Task[None]) -> None:
    if not task.cancelled():
        task.exception()
