"""Nodes: what was added to a builder, and the segments that the engine runs of it."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from actograph.engine.plan import Segment
from actograph.errors import NodeTimeoutError, ParentCommand
from actograph.graph.action import Action
from actograph.types import RetryPolicy, TimeoutPolicy

if TYPE_CHECKING:
    from actograph.engine.task import Task

Unit = tuple[Callable[["Task", Any], Any], bool | None]
"""A step of a node's work, and whether it is async; None for one that is neither user code nor waits."""


@dataclasses.dataclass(slots=True)
class StateNodeSpec:
    """A node of a builder."""

    name: str
    action: Action
    input_schema: Any
    defer: bool = False
    metadata: Mapping[str, Any] | None = None
    retry_policy: Sequence[RetryPolicy] | None = None
    cache_policy: Any = None
    error_handler: Any = None
    timeout: TimeoutPolicy | None = None
    trace_policy: Any = None
    ends: Mapping[str, str | None] | tuple[str, ...] = ()
    """Where its commands may go, for drawing."""

    @property
    def runnable(self) -> Any:
        """The user's code."""
        return self.action.target


def segments_of(
    action: Action,
    complete: Callable[[Task, Any], Any] | None,
    timeout: float | None,
    write: Callable[[Task, Any], None],
    routes: Sequence[Unit],
) -> tuple[Segment, ...]:
    """A node's whole work: the call of the user's code, its writes, its routers; as few segments as sync and async code allow."""
    call = _completed(action, complete)
    if action.is_async:
        return fuse([(_async_call(_limited(call, timeout), write), True), *routes])
    return fuse([(_sync_call(call, write), False), *routes])


def after_of(write: Callable[[Task, Any], None], routes: Sequence[Unit]) -> tuple[Segment, ...]:
    """What follows a node's call: takes what the node returned."""
    return fuse([(write, None), *routes])


def fuse(units: Sequence[Unit]) -> tuple[Segment, ...]:
    """Units as segments: neighbours of one kind become one. All are given the value that the first segment gets."""
    groups: list[tuple[bool | None, list[Unit]]] = []
    for unit in units:
        kind = unit[1]
        if groups and (kind is None or groups[-1][0] is None or groups[-1][0] is kind):
            before, members = groups[-1]
            groups[-1] = (before if kind is None else kind, [*members, unit])
        else:
            groups.append((kind, [unit]))
    return tuple(
        Segment(_blocking(members), blocking=True) if kind is False else Segment(_awaiting(members), blocking=False)
        for kind, members in groups
    )


def _blocking(units: Sequence[Unit]) -> Callable[[Task, Any], Any]:
    functions = tuple(function for function, _ in units)

    def run(task: Task, value: Any) -> Any:
        for function in functions:
            function(task, value)
        return value

    return functions[0] if len(functions) == 1 else run


def _awaiting(units: Sequence[Unit]) -> Callable[[Task, Any], Awaitable[Any]]:
    if len(units) == 1 and units[0][1]:
        return units[0][0]

    async def run(task: Task, value: Any) -> Any:
        for function, is_async in units:
            if is_async:
                await function(task, value)
            else:
                function(task, value)
        return value

    return run


def _sync_call(call: Callable[[Task, Any], Any], write: Callable[[Task, Any], None]) -> Callable[[Task, Any], None]:
    def run(task: Task, value: Any) -> None:
        write(task, call(task, value))

    return run


def _async_call(
    call: Callable[[Task, Any], Awaitable[Any]], write: Callable[[Task, Any], None]
) -> Callable[[Task, Any], Awaitable[None]]:
    async def run(task: Task, value: Any) -> None:
        write(task, await call(task, value))

    return run


def _completed(action: Action, complete: Callable[[Task, Any], Any] | None) -> Callable[[Task, Any], Any]:
    call = action.call
    if complete is None:
        return call
    return lambda task, value: call(task, complete(task, value))


# -- time-outs -----------------------------------------------------------------------------------------------------------------------


def seconds(limit: float | timedelta | None) -> float | None:
    """A time limit in seconds."""
    return limit.total_seconds() if isinstance(limit, timedelta) else limit


def _limited(call: Callable[[Task, Any], Awaitable[Any]], limit: float | None) -> Callable[[Task, Any], Awaitable[Any]]:
    """`call` with a time limit: the node's own, or that of the `Send` that called it."""

    async def within(task: Task, value: Any, limit: float) -> Any:
        began = time.monotonic()
        clock = _Clock(task, limit)
        try:
            async with clock.timeout:
                return await call(task, value)
        except TimeoutError as error:
            if clock.timeout.expired():
                raise NodeTimeoutError(task.name, time.monotonic() - began, kind="run", run_timeout=limit) from error
            raise
        finally:
            clock.stop()

    def run(task: Task, value: Any) -> Awaitable[Any]:
        policy = task.timeout
        own = limit if policy is None else seconds(policy.run_timeout)
        return call(task, value) if own is None else within(task, value, own)

    return run


class _Clock:
    """Ends an attempt that has taken too long. It does not run out while the task waits for an answer: then it starts anew."""

    __slots__ = ("_handle", "_limit", "_loop", "_task", "timeout")

    def __init__(self, task: Task, limit: float) -> None:
        self.timeout = asyncio.timeout(None)
        self._task = task
        self._limit = limit
        self._loop = asyncio.get_running_loop()
        self._handle = self._loop.call_later(limit, self._ring)

    def _ring(self) -> None:
        if self._task.waiting:
            self._handle = self._loop.call_later(self._limit, self._ring)
        else:
            self.timeout.reschedule(self._loop.time())

    def stop(self) -> None:
        """The attempt has ended."""
        self._handle.cancel()


# -- policies ------------------------------------------------------------------------------------------------------------------------


def policies_of(given: RetryPolicy | Sequence[RetryPolicy] | None) -> tuple[RetryPolicy, ...]:
    """Retry policies as a tuple; a command for a parent graph is no failure, and not tried again."""
    if given is None:
        return ()
    policies = (given,) if isinstance(given, RetryPolicy) else tuple(given)
    for policy in policies:
        if not isinstance(policy, RetryPolicy):
            raise TypeError(f"retry_policy must be a RetryPolicy or several of them, not {type(policy).__name__}")
    return tuple(policy._replace(retry_on=_unless_parent(policy.retry_on)) for policy in policies)


def _unless_parent(retry_on: Any) -> Callable[[Exception], bool]:
    if callable(retry_on) and not isinstance(retry_on, type):
        return lambda error: not isinstance(error, ParentCommand) and bool(retry_on(error))
    kinds = (retry_on,) if isinstance(retry_on, type) else tuple(retry_on)
    for kind in kinds:
        if not isinstance(kind, type):
            raise TypeError(
                f"RetryPolicy(retry_on=...) takes exception classes or a function of the error, not {kind!r}"
            )
    return lambda error: not isinstance(error, ParentCommand) and isinstance(error, kinds)
