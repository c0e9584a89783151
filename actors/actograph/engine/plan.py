"""What `compile` freezes: nodes, channels and the index from triggers to nodes. A plan is immutable and shared by all runs of a graph."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from actograph.actors import Supervisor
from actograph.channels.base import MISSING, BaseChannel
from actograph.channels.topic import Topic
from actograph.channels.untracked_value import UntrackedValue
from actograph.constants import TASKS
from actograph.types import Command, RetryPolicy, Send, TimeoutPolicy, TracePolicy

if TYPE_CHECKING:
    from actograph.engine.policies.caching import Caching
    from actograph.engine.state import Channels
    from actograph.engine.task import Task

Writes = list[tuple[str, Any]]


class Segment(msgspec.Struct, frozen=True):
    """A part of a node's behaviour: takes the task and the value so far, returns the next value, and adds to `task.writes`.

    A blocking segment may call the user's sync code; the engine runs it where that does not stall the loop.
    """

    call: Callable[[Task, Any], Any] | Callable[[Task, Any], Awaitable[Any]]
    blocking: bool


class Exit(msgspec.Struct, frozen=True):
    """A channel that a node may write and that triggers others: what drawings know of it."""

    channel: str
    """The channel, or END."""
    label: Any = None
    conditional: bool = False


class NodePlan(msgspec.Struct, frozen=True):
    """One node: what triggers it, how it reads its input from the channels, and what it does."""

    name: str
    triggers: tuple[str, ...]
    read: Callable[[Channels], Any]
    """The node's input; MISSING when there is nothing to run on."""
    segments: tuple[Segment, ...]
    coerce: Callable[[Any], Any] | None = None
    """Turns the argument of a `Send` into the node's input type."""
    complete: Callable[[Task, Any], Any] | None = None
    """Adds to the input what is not read from channels, as the node's code is given it; for those who show the input."""
    inline: Callable[[Any], Writes] | None = None
    """For pure nodes such as the entry: maps input to writes, with no task."""
    supervisor: Supervisor | None = None
    """Decides about failures: retries by policy, hands over to the error handler, or fails the run."""
    retry: tuple[RetryPolicy, ...] = ()
    timeout: TimeoutPolicy | None = None
    """Limits on one attempt, in seconds."""
    caching: Caching | None = None
    """How results are cached, where the run has a cache."""
    handler: str | None = None
    """The node that runs instead when this one has failed for good."""
    trace: TracePolicy | None = None
    """What traces show of it."""
    hidden: bool = False
    """Left out of the "updates" and "tasks" streams."""
    deferred: bool = False
    threaded: bool = False
    """Its blocking code may wait for calls of tasks: it must leave the loop's thread free."""
    metadata: Mapping[str, Any] | None = None
    tags: Sequence[str] = ()
    observed: Callable[[], tuple[Segment, ...]] | None = None
    """Makes segments that do the same, and tell the run's trace what the code returned and what routers were asked."""
    after: tuple[Segment, ...] = ()
    """What follows the node's call: takes its return value, writes the update and the edges, asks the routers. An update of the state in
    the node's name runs just this."""
    code: Any = None
    """The user's code, for those who look for graphs inside."""
    exits: tuple[Exit, ...] = ()
    """Where it may lead, for drawing."""


class Plan:
    """A compiled graph, as the engine sees it."""

    __slots__ = (
        "__weakref__",
        "channels",
        "consumable",
        "deferring",
        "fading",
        "input_channels",
        "interrupt_after",
        "interrupt_before",
        "map_command",
        "name",
        "nodes",
        "order",
        "output_channels",
        "output_names",
        "replayed",
        "state_names",
        "stream_channels",
        "stream_names",
        "ticking",
        "trigger_index",
        "untracked",
    )

    def __init__(
        self,
        *,
        name: str,
        nodes: Mapping[str, NodePlan],
        channels: Mapping[str, BaseChannel[Any, Any, Any]],
        input_channels: str | Sequence[str],
        output_channels: str | Sequence[str],
        stream_channels: str | Sequence[str],
        interrupt_before: Iterable[str] | str = (),
        interrupt_after: Iterable[str] | str = (),
        map_command: Callable[[Command[Any]], Writes] | None = None,
    ) -> None:
        self.name: Final = name
        self.nodes: Final = dict(nodes)
        self.channels: Final = {TASKS: Topic(Send, accumulate=False), **channels}
        for key, channel in self.channels.items():
            channel.key = key
        self.input_channels: Final = input_channels
        self.output_channels: Final = output_channels
        self.stream_channels: Final = stream_channels
        self.output_names: Final = _names(output_channels)
        self.stream_names: Final = _names(stream_channels)
        self.interrupt_before: Final = interrupt_before if interrupt_before == "*" else frozenset(interrupt_before)
        self.interrupt_after: Final = interrupt_after if interrupt_after == "*" else frozenset(interrupt_after)
        self.map_command: Final = map_command
        """Turns the update and goto of a command, passed as input, into writes."""
        self.order: Final = {node: place for place, node in enumerate(self.nodes)}
        index: dict[str, list[str]] = {}
        for node in self.nodes.values():
            for trigger in node.triggers:
                index.setdefault(trigger, []).append(node.name)
        self.trigger_index: Final = {trigger: tuple(names) for trigger, names in index.items()}
        self.consumable: Final = frozenset(
            key for key, channel in self.channels.items() if channel.__class__.consume is not BaseChannel.consume
        )
        self.deferring: Final = any(
            channel.__class__.finish is not BaseChannel.finish for channel in self.channels.values()
        )
        self.ticking: Final = tuple(key for key, channel in self.channels.items() if channel.ticks)
        self.replayed: Final = tuple(key for key, channel in self.channels.items() if channel.replayed)
        self.untracked: Final = frozenset(
            key for key, channel in self.channels.items() if isinstance(channel, UntrackedValue)
        )
        """Channels whose writes are never stored."""
        self.fading: Final = any(
            self.channels[key].transient or self.channels[key].ticks
            for key in self.output_names | self.stream_names
            if key in self.channels
        )
        """Whether an output may be gone at the end: then the run returns what it was when it was last written."""

    def fresh(self, key: str) -> BaseChannel[Any, Any, Any]:
        """A new, empty channel for `key`."""
        return self.channels[key].from_checkpoint(MISSING)


def _names(channels: str | Sequence[str]) -> frozenset[str]:
    return frozenset((channels,) if isinstance(channels, str) else channels)
