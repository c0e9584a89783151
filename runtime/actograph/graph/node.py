"""Nodes: what was added to a builder, and the segments that the engine runs of it."""

from __future__ import annotations

import dataclasses
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from actograph.engine.plan import Segment
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
    timeout: TimeoutPolicy | None = None
    trace_policy: Any = None
    is_error_handler: bool = False
    error_handler_node: str | None = None
    """The node that runs instead when this one has failed for good."""
    ends: Mapping[str, str | None] | tuple[str, ...] = ()
    """Where its commands may go, for drawing."""

    @property
    def runnable(self) -> Any:
        """The user's code."""
        return self.action.target


def segments_of(
    action: Action,
    complete: Callable[[Task, Any], Any] | None,
    write: Callable[[Task, Any], None],
    routes: Sequence[Unit],
    instead: Callable[[Task, Any], Any] | None = None,
) -> tuple[Segment, ...]:
    """A node's whole work: the call of the user's code, its writes, its routers; as few segments as sync and async code allow.

    What is called `instead` of the action is async if the action is.
    """
    call = _completed(action.call if instead is None else instead, complete)
    if action.is_async:
        return fuse([(_async_call(call, write), True), *routes])
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


def _completed(
    call: Callable[[Task, Any], Any], complete: Callable[[Task, Any], Any] | None
) -> Callable[[Task, Any], Any]:
    if complete is None:
        return call
    return lambda task, value: call(task, complete(task, value))
