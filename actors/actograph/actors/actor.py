"""The base class of actors: a behaviour that handles one message at a time, or each in a task of its own."""

from __future__ import annotations

import enum
import inspect
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from .address import Address
    from .system import ActorSystem

__all__ = ["Actor", "Kind", "Profile"]


class Kind(enum.IntEnum):
    """How an actor's messages are driven."""

    SYNC = 0
    SERIAL = 1
    CONCURRENT = 2


class Profile:
    """What the kernel must know of an actor class; found once per class, so that no message pays for it."""

    __slots__ = ("has_started", "has_stopped", "kind", "started_async", "stopped_async")

    def __init__(self, cls: type[Actor]) -> None:
        asynchronous = inspect.iscoroutinefunction(cls.receive)
        if cls.concurrent and not asynchronous and cls.receive is not Actor.receive:
            raise TypeError(
                f"{cls.__qualname__}.receive is a plain function, but `concurrent = True` handles every message in a "
                "task of its own: make it `async def receive(self, message)`, or drop `concurrent`"
            )
        self.kind = Kind.CONCURRENT if cls.concurrent else Kind.SERIAL if asynchronous else Kind.SYNC
        self.has_started = cls.started is not Actor.started
        self.started_async = inspect.iscoroutinefunction(cls.started)
        self.has_stopped = cls.stopped is not Actor.stopped
        self.stopped_async = inspect.iscoroutinefunction(cls.stopped)


class Actor:
    """Subclass it, implement ``receive``, and hand the class, a factory or an instance to ``ActorSystem.spawn``.

    ``receive`` may be a plain function or a coroutine function; so may the hooks ``started`` and ``stopped``. With
    ``concurrent = True`` (coroutine ``receive`` only) every message is handled in a task of its own.
    """

    __slots__ = ("address", "system")

    #: Whether messages are handled concurrently, each in its own task, instead of one after the other.
    concurrent: ClassVar[bool] = False
    #: Set by the kernel, per class.
    profile: ClassVar[Profile]

    #: The actor's own address; set before ``started`` runs.
    address: Address
    #: The system that it lives in; set before ``started`` runs.
    system: ActorSystem

    # Actors are not an abstract base class: `isinstance` of one costs a spawn a third of its time.

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.profile = Profile(cls)

    def started(self) -> Awaitable[None] | None:
        """Called before the first message. A failure is supervised like one of that message."""
        return None

    def receive(self, message: Any) -> Any:
        """Handle a message; what it returns (or raises, once supervision gave up) answers an ask."""
        raise TypeError(f"{type(self).__qualname__} handles no messages: implement `receive(self, message)` in it")

    def stopped(self, reason: BaseException | None) -> Awaitable[None] | None:
        """Called when a started actor is stopped, restarted or passivated; ``reason`` is the failure, if one was.

        What it raises goes to the loop's exception handler and to the system's statistics.
        """
        return None
