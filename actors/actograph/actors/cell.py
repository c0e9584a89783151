"""What drives an actor: its state and its end. The three ways of handling messages are its subclasses."""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable, Coroutine
from time import monotonic
from typing import TYPE_CHECKING, Any

from .actor import Actor, Kind
from .errors import ActorStopped, MailboxFull
from .mailbox import Envelope, Mailbox
from .outcome import Failure, Outcome
from .supervision import Supervisor

if TYPE_CHECKING:
    from .address import Address
    from .system import ActorSystem

__all__ = ["ACTIVE", "DORMANT", "STOPPED", "Attempt", "Cell", "Reply"]

Reply = asyncio.Future[Outcome] | None

#: Stands for a queue not made yet: an empty deque takes 760 bytes, and concurrent actors rarely need theirs.
NO_QUEUE: deque[Any] = deque(maxlen=0)

#: No instance: the next message makes one.
DORMANT = 0
#: An instance that has started.
ACTIVE = 1
#: For ever.
STOPPED = 2


class Attempt:
    """A message being handled: attempt number ``number``, the first one begun at ``since`` (of ``time.monotonic``)."""

    __slots__ = ("context", "message", "number", "reply", "since")

    def __init__(
        self, message: Any, context: contextvars.Context | None, reply: Reply, number: int, since: float
    ) -> None:
        self.message = message
        self.context = context
        self.reply = reply
        self.number = number
        self.since = since


class Cell:
    """One actor's insides. Everything here runs in the system's loop and thread."""

    __slots__ = (
        "actor",
        "address",
        "been_active",
        "closed",
        "factory",
        "fresh",
        "holds",
        "hook",
        "idle_after",
        "joiners",
        "loop",
        "mailbox",
        "parent",
        "queue",
        "reason",
        "receive",
        "starting",
        "state",
        "supervisor",
        "system",
        "timer",
        "touched",
    )

    kind: Kind

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
        self.address = address
        self.system = system
        self.loop = system.loop
        #: An instance to be used by the next activation.
        self.fresh = fresh
        #: Makes instances; ``None`` when one instance was spawned: it then serves for every activation.
        self.factory = factory
        self.supervisor = supervisor
        self.parent = parent
        self.mailbox = mailbox
        self.queue: deque[Any] = NO_QUEUE if mailbox is None else mailbox.queue
        self.idle_after = idle_after
        self.actor: Actor | None = None
        #: The bound ``receive`` of a started actor.
        self.receive: Callable[[Any], Any] | None = None
        self.state = DORMANT
        #: Takes no more messages.
        self.closed = False
        #: How many hooks and delays must end before messages are handled again; until then they queue.
        self.holds = 0
        #: The task of an asynchronous hook; ``starting`` says that it is ``started``, or what activates the actor.
        self.hook: asyncio.Task[None] | None = None
        self.starting = False
        self.been_active = False
        self.reason: BaseException | None = None
        self.joiners: list[asyncio.Future[None]] | None = None
        self.timer: asyncio.TimerHandle | None = None
        self.touched = 0.0

    # -- what each way of handling messages does itself ------------------------------------------------------------

    def accept(self, message: Any, context: contextvars.Context | None, reply: Reply) -> None:
        """Take a message. Raises ``MailboxFull``."""
        raise TypeError(f"{type(self).__name__} does not say how it accepts messages")

    def accept_now(self, message: Any) -> None:
        """Take a message, and handle it within this call where the kind of actor allows that. Raises ``MailboxFull``."""
        self.accept(message, None, None)

    def proceed(self) -> None:
        """Do whatever is next: after a turn, a hook or a delay, or when closed. Does nothing while something runs."""
        raise TypeError(f"{type(self).__name__} does not say how it proceeds")

    def occupied(self) -> bool:
        """Whether something is queued or being handled."""
        raise TypeError(f"{type(self).__name__} does not say when it is occupied")

    def take_over(self, attempt: Attempt | None, queue: deque[Any]) -> None:
        """Begin with what another cell had: a message to try again, and its queue."""
        raise TypeError(f"{type(self).__name__} does not take over from another cell")

    def cancel(self) -> None:
        """Cancel whatever is being handled in tasks."""
        if self.starting and self.hook is not None:
            self.hook.cancel()

    def running_messages(self) -> tuple[tuple[Any, asyncio.Task[None]], ...]:
        """What is being handled in tasks."""
        return ()

    def cancel_message(self, message: Any) -> bool:
        """Cancel the handling of this message, if it has a task."""
        return False

    def runs_here(self) -> bool:
        """Whether the caller is this actor, handling a message or starting."""
        return self.starting and self.hook is not None and self.hook is asyncio.current_task()

    # -- messages -----------------------------------------------------------------------------------------------------

    def enqueue(self, message: Any, context: contextvars.Context | None, reply: Reply) -> None:
        """Append to the queue of an open cell."""
        mailbox = self.mailbox
        if mailbox is not None and mailbox.capacity is not None and len(self.queue) >= mailbox.capacity:
            raise MailboxFull(mailbox.complaint())
        if self.queue is NO_QUEUE:
            self.queue = deque()
        if context is None and reply is None:
            self.queue.append(message)
        else:
            self.queue.append(Envelope(message, context, reply))

    def next_attempt(self) -> Attempt:
        """The first attempt at the oldest queued message."""
        item = self.queue.popleft()
        if self.mailbox is not None and self.mailbox.waiting:
            self.mailbox.wake()
        if item.__class__ is Envelope:
            return Attempt(item.message, item.context, item.reply, 1, monotonic())
        return Attempt(item, None, None, 1, monotonic())

    def reject(self, message: Any, reply: Reply, why: str, cause: BaseException | None = None) -> None:
        """The end of a message that will not be handled: ``ActorStopped`` for an ask, a dead letter for a tell."""
        if reply is None:
            self.system.dead_letters.publish(message, self.address._name, why)
        elif not reply.done():
            error = ActorStopped(f"actor {self.address.name!r} did not handle a {type(message).__name__}: {why}")
            error.__cause__ = cause or self.reason
            reply.set_result(Failure(error))

    # -- activation ---------------------------------------------------------------------------------------------------

    def make(self) -> Actor:
        """The instance for the next activation."""
        actor, self.fresh = self.fresh, None
        if actor is None:
            assert self.factory is not None
            actor = self.factory()
            if not isinstance(actor, Actor):
                raise TypeError(
                    f"the factory of actor {self.address.name!r} returned {type(actor).__name__}, not an Actor"
                )
        elif self.factory is None:
            self.fresh = actor
        actor.address = self.address
        actor.system = self.system
        return actor

    def make_same(self) -> Actor:
        """``make``, of the kind that this cell drives."""
        actor = self.make()
        if actor.profile.kind is not self.kind:
            raise self.misfit(actor)
        return actor

    def misfit(self, actor: Actor) -> TypeError:
        return TypeError(
            f"the factory of actor {self.address.name!r} made a {type(actor).__name__}, whose `receive` is driven in "
            "another way than that of the actor it made before: use one class per address"
        )

    def install(self, actor: Actor) -> None:
        """Its ``started`` hook is done: it handles messages from now on."""
        self.actor = actor
        self.receive = actor.receive
        self.state = ACTIVE
        self.been_active = True
        if self.idle_after is not None and not self.closed:
            self.touched = monotonic()
            if self.timer is None:
                self.timer = self.loop.call_later(self.idle_after, self.check_idle)

    def uninstall(self) -> Actor:
        """Take the instance out."""
        actor = self.actor
        assert actor is not None
        self.actor = self.receive = None
        self.state = DORMANT
        return actor

    def run_hook(self, coroutine: Coroutine[Any, Any, None], ended: Callable[[asyncio.Task[None]], None]) -> None:
        """Hold the actor while a task runs ``coroutine``; ``ended`` is called even if it is cancelled before it began."""
        self.holds += 1
        system = self.system
        self.hook = asyncio.Task(coroutine, loop=self.loop, context=system.context.copy())
        self.hook.add_done_callback(ended, context=system.context)

    def release(self) -> None:
        """Something that held the actor is over."""
        self.holds -= 1
        if not self.holds:
            self.proceed()

    # -- passivation ---------------------------------------------------------------------------------------------------

    def check_idle(self) -> None:
        """Passivate if idle for long enough; else look again later. One timer per actor, none per message."""
        self.timer = None
        idle_after = self.idle_after
        if self.state != ACTIVE or self.closed or idle_after is None:
            return
        left = idle_after if self.occupied() else idle_after - (monotonic() - self.touched)
        if left > 0:
            self.timer = self.loop.call_later(max(left, 0.001), self.check_idle)
        else:
            self.retire(None)

    def retire(self, reason: BaseException | None) -> None:
        """Run ``stopped`` and drop the instance; an asynchronous hook holds the actor until it is done."""
        actor = self.uninstall()
        profile = actor.profile
        if profile.stopped_async:
            self.run_hook(self.run_stopped_async(actor, reason), self.retired)
        elif profile.has_stopped:
            self.run_stopped(actor, reason)

    def retired(self, task: asyncio.Task[None]) -> None:
        self.hook_ended(task)
        self.release()

    def run_stopped(self, actor: Actor, reason: BaseException | None) -> None:
        try:
            actor.stopped(reason)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as exception:
            self.report_hook(exception)

    async def run_stopped_async(self, actor: Actor, reason: BaseException | None) -> None:
        try:
            await actor.stopped(reason)  # type: ignore[misc]
        except (asyncio.CancelledError, GeneratorExit, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as exception:
            self.report_hook(exception)

    def hook_ended(self, task: asyncio.Task[None]) -> None:
        """Forget the task of a ``stopped`` hook."""
        self.hook = None
        if task.cancelled():
            # As at the end of the loop: counted, but nothing to report.
            self.system.hook_failures += 1
        else:
            task.exception()  # only what has reached the loop already

    def report_hook(self, exception: BaseException, hook: str = "stopped") -> None:
        """Nobody waits for a hook: what it raises goes to the loop's exception handler."""
        self.system.hook_failures += 1
        self.loop.call_exception_handler(
            {"message": f"the `{hook}` hook of actor {self.address.name!r} failed", "exception": exception}
        )

    # -- the end ---------------------------------------------------------------------------------------------------

    def stop(self, reason: BaseException | None = None) -> None:
        """Take no more messages, settle the queued ones, and finish as soon as nothing is being handled."""
        if self.closed:
            return
        self.closed = True
        self.reason = reason
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        if self.queue or self.mailbox is not None:
            self.flush()
        self.proceed()

    def flush(self) -> None:
        """Settle every queued message as not handled."""
        left = list(self.queue)
        self.queue.clear()
        if self.mailbox is not None:
            self.mailbox.close()
        for item in left:
            if item.__class__ is Envelope:
                self.reject(item.message, item.reply, "the actor was stopped")
            else:
                self.reject(item, None, "the actor was stopped")

    def finish(self) -> None:
        """Run ``stopped`` if there is an instance, then disappear."""
        if self.state == ACTIVE:
            actor = self.uninstall()
            profile = actor.profile
            if profile.stopped_async:
                if not self.loop.is_closed():
                    self.run_hook(self.run_stopped_async(actor, self.reason), self.finished)
                    return
            elif profile.has_stopped:
                try:
                    self.run_stopped(actor, self.reason)
                finally:
                    self.dispose()
                return
        self.dispose()

    def finished(self, task: asyncio.Task[None]) -> None:
        self.hook_ended(task)
        self.dispose()

    def dispose(self) -> None:
        """Leave the system; break the cycles, so that memory is freed at once."""
        self.state = STOPPED
        self.system.cells.discard(self)
        self.address.cell = None
        self.actor = self.receive = self.fresh = self.factory = None
        joiners, self.joiners = self.joiners, None
        if joiners is not None:
            for joiner in joiners:
                if not joiner.done():
                    joiner.set_result(None)

    def joined(self) -> asyncio.Future[None]:
        """A future that is done when the actor is disposed of. Not for one that already is."""
        joiner = self.loop.create_future()
        if self.joiners is None:
            self.joiners = []
        elif len(self.joiners) > 16:
            self.joiners = [waiting for waiting in self.joiners if not waiting.done()]
        self.joiners.append(joiner)
        return joiner
