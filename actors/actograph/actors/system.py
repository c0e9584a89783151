"""The actor system: one per event loop; it spawns actors and ends them."""

from __future__ import annotations

import asyncio
import contextvars
import functools
from collections.abc import AsyncGenerator, Callable
from types import TracebackType
from typing import Any, ClassVar

from .actor import Actor, Kind
from .address import Address
from .cell import ACTIVE, Cell
from .concurrent_cell import ConcurrentCell
from .dead_letters import DeadLetters
from .errors import ActorError
from .mailbox import Mailbox
from .serial_cell import SerialCell
from .statistics import SystemStatistics
from .supervision import Supervisor
from .sync_cell import SyncCell

__all__ = ["ActorSystem"]

#: The attribute of an event loop that holds its system: a loop and its system are then freed together.
_ATTRIBUTE = "_actograph_actor_system"

#: How long the end of a loop waits for the actors of a system that was not closed, in seconds.
LAST_SECONDS = 10.0

#: Systems of loops that take no attributes. They are kept until `aclose`.
_systems: dict[asyncio.AbstractEventLoop, ActorSystem] = {}


class ActorSystem:
    """The actors of one event loop.

    Use ``ActorSystem.current()``, or ``async with ActorSystem()`` for a system of its own that is closed at the end.
    The end of ``asyncio.run`` closes what is not closed by then.

    Parameters:
        budget: after how many messages an actor lets the loop turn.
        slice: after how many seconds it does so, whichever comes first.
    Raises: ``RuntimeError`` outside a running event loop.
    """

    __slots__ = (
        "__weakref__",
        "_closed",
        "_guard",
        "_number",
        "budget",
        "cells",
        "context",
        "dead_letters",
        "eager",
        "handled",
        "hook_failures",
        "loop",
        "restarts",
        "slice",
    )

    cell_types: ClassVar[dict[Kind, type[Any]]] = {
        Kind.SYNC: SyncCell,
        Kind.SERIAL: SerialCell,
        Kind.CONCURRENT: ConcurrentCell,
    }

    def __init__(self, *, budget: int = 64, slice: float = 0.001) -> None:
        if budget < 1 or slice <= 0:
            raise ValueError(f"ActorSystem(budget={budget}, slice={slice}): at least 1 message, and more than 0 s")
        self.loop = asyncio.get_running_loop()
        self.budget = budget
        self.slice = slice
        #: What serial actors run in: nothing of whoever happened to send the first message leaks into them.
        self.context = contextvars.Context()
        self.cells: set[Cell] = set()
        #: The concurrent actor whose task is in its eager start, if one is.
        self.eager: Cell | None = None
        self.dead_letters = DeadLetters(self.loop)
        self.handled = 0
        self.restarts = 0
        self.hook_failures = 0
        self._number = 0
        self._closed = False
        self._guard: AsyncGenerator[None, None] | None = None
        if not getattr(self.loop, "_asyncgens_shutdown_called", False):
            self._guard = self._until_the_loop_ends()
            try:
                self._guard.__anext__().send(None)
            except StopIteration:
                pass  # it has reached its `yield`, and the loop knows of it

    async def _until_the_loop_ends(self) -> AsyncGenerator[None, None]:
        """Close the system when ``asyncio.run`` (``loop.shutdown_asyncgens``) ends its asynchronous generators.

        It is the one moment at which a loop says that it ends. Without it, what starts in the loop's last turn would be
        neither run nor cancelled, and who asked would never be answered.
        """
        try:
            yield
        finally:
            self._guard = None
            if self.cells:
                try:
                    await self.aclose(timeout=LAST_SECONDS)
                except TimeoutError:
                    for cell in self.cells:
                        if cell.hook is not None:
                            cell.hook.cancel()
                    await asyncio.sleep(0)
                    raise  # the loop reports it

    @classmethod
    def current(cls) -> ActorSystem:
        """The system of the running event loop, made at the first call, and made anew after it was closed.

        Raises: ``RuntimeError`` outside a running event loop.
        """
        loop = asyncio.get_running_loop()
        system: ActorSystem | None = getattr(loop, _ATTRIBUTE, None)
        if system is not None and not system._closed:
            return system
        system = _systems.get(loop)
        if system is None or system._closed:
            system = cls()
            try:
                setattr(loop, _ATTRIBUTE, system)
            except AttributeError:
                _systems[loop] = system
        return system

    def spawn(
        self,
        factory_or_actor: Callable[[], Actor] | Actor,
        *,
        name: str | None = None,
        supervisor: Supervisor | None = None,
        parent: Address | None = None,
        mailbox: Mailbox | None = None,
        idle_after: float | None = None,
    ) -> Address:
        """Add an actor and return its address. Nothing runs before its first message.

        Parameters:
            factory_or_actor: an ``Actor`` class or any callable without parameters that returns an actor: called at the
                first message, and again after a restart or a passivation; or an instance, which then serves throughout.
            name: for people, in errors and dead letters; need not be unique.
            supervisor: decides what failures mean; without one they escalate.
            parent: is told ``Escalated(fault)``.
            mailbox: a bounded mailbox; unbounded without one.
            idle_after: seconds without messages after which the actor is passivated; ``None``: never.
        Raises: ``ActorError`` when the system is closed or the mailbox belongs to another actor; ``TypeError`` when the
            first argument is neither an actor nor callable; ``ValueError`` for an ``idle_after`` that is not positive.
        """
        if self._closed:
            raise ActorError(f"the actor system is closed; {name or factory_or_actor!r} cannot be spawned in it")
        fresh: Actor | None = None
        factory: Callable[[], Actor] | None = None
        kind: Kind | None = None
        made: Any = factory_or_actor
        if isinstance(factory_or_actor, Actor):
            fresh = factory_or_actor
            made = type(fresh)
        else:
            factory = factory_or_actor
            while made.__class__ is functools.partial:
                made = made.func
        if isinstance(made, type) and issubclass(made, Actor):
            kind = made.profile.kind
        elif not callable(made):
            raise TypeError(
                "ActorSystem.spawn: expected an Actor, or a callable that returns one, "
                f"got {type(factory_or_actor).__name__}"
            )
        if idle_after is not None and idle_after <= 0:
            raise ValueError(f"ActorSystem.spawn(idle_after={idle_after}): seconds, above 0, or None for never")
        if name is None:
            self._number += 1
            address = Address(self, getattr(made, "__name__", "actor"), self._number)
        else:
            address = Address(self, name, 0)
        if mailbox is not None:
            if mailbox.owner is not None or mailbox.closed:
                raise ActorError(f"{mailbox!r} belongs to actor {mailbox.owner!r} or is closed; make one per actor")
            mailbox.owner = address.name
        cell: Cell
        if kind is Kind.SYNC:
            cell = SyncCell(address, self, fresh, factory, supervisor, parent, mailbox, idle_after)
        elif kind is Kind.CONCURRENT:
            cell = ConcurrentCell(address, self, fresh, factory, supervisor, parent, mailbox, idle_after)
        elif kind is Kind.SERIAL:
            cell = SerialCell(address, self, fresh, factory, supervisor, parent, mailbox, idle_after)
        else:
            cell = SyncCell(address, self, fresh, factory, supervisor, parent, mailbox, idle_after)
            cell.settled = False
        address.cell = cell
        self.cells.add(cell)
        return address

    @property
    def closed(self) -> bool:
        """Whether the system was closed or is being closed."""
        return self._closed

    def statistics(self) -> SystemStatistics:
        """A snapshot. Counts messages of an actor's current turn only once the turn is over."""
        active = passivated = queued = running = 0
        for cell in self.cells:
            if cell.state == ACTIVE:
                active += 1
            elif cell.been_active and not cell.closed:
                passivated += 1
            queued += len(cell.queue)
            running += len(cell.running_messages()) + (cell.hook is not None)
        return SystemStatistics(
            alive=len(self.cells),
            active=active,
            passivated=passivated,
            handled=self.handled,
            dead_letters=self.dead_letters.count,
            restarts=self.restarts,
            hook_failures=self.hook_failures,
            running=running,
            queued=queued,
        )

    async def aclose(self, timeout: float | None = None) -> None:
        """Stop every actor, cancel what they are handling, and wait until that and their hooks are done. Idempotent.

        Queued asks get ``ActorStopped``, queued tells become dead letters.

        Parameters: ``timeout`` in seconds for the waiting; ``None`` waits as long as it takes.
        Raises: ``TimeoutError`` naming the actors that have not ended; ``ActorError`` when one of its actors calls it.
        """
        for cell in self.cells:
            if cell.runs_here():
                raise ActorError(f"actor {cell.address.name!r} closes the system that it runs in: do so from outside")
        self._closed = True
        _systems.pop(self.loop, None)
        for cell in list(self.cells):
            cell.stop()
            cell.cancel()
        deadline = None if timeout is None else self.loop.time() + timeout
        while self.cells:
            joins = [cell.joined() for cell in self.cells]
            try:
                left = None if deadline is None else max(0.0, deadline - self.loop.time())
                await asyncio.wait(joins, timeout=left)
            finally:
                for join in joins:
                    join.cancel()
            if deadline is not None and self.loop.time() >= deadline and self.cells:
                names = sorted(cell.address.name for cell in self.cells)
                more = f" and {len(names) - 20} more" if len(names) > 20 else ""
                raise TimeoutError(f"actors that had not ended after {timeout} s: {', '.join(names[:20])}{more}")
        guard, self._guard = self._guard, None
        if guard is not None:
            await guard.aclose()

    async def __aenter__(self) -> ActorSystem:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exception: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()
