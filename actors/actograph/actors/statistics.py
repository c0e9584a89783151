"""Figures of an actor system."""

from __future__ import annotations

import msgspec

__all__ = ["SystemStatistics"]


class SystemStatistics(msgspec.Struct, frozen=True):
    """A snapshot of an ``ActorSystem``. Counts without "currently" are totals since the system began."""

    #: Actors that currently exist (spawned and not yet stopped).
    alive: int
    #: Of these, currently with an instance.
    active: int
    #: Of these, currently without their instance because they had been idle.
    passivated: int
    #: Messages handled, whatever their outcome.
    handled: int
    #: Messages that nobody handled.
    dead_letters: int
    #: Attempts made again by the directive ``Restart``.
    restarts: int
    #: ``stopped`` hooks that raised.
    hook_failures: int
    #: Currently running tasks of asynchronous ``receive`` methods and hooks.
    running: int
    #: Currently queued messages.
    queued: int
