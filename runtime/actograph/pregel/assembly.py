"""From nodes and channels, as `Pregel(nodes=, channels=)` is given them, to the plan that the engine runs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from actograph.channels.base import MISSING, BaseChannel
from actograph.constants import (
    END,
    ERROR,
    INPUT,
    INTERRUPT,
    NO_WRITES,
    NULL_TASK_ID,
    PULL,
    PUSH,
    RESUME,
    RETURN,
    TAG_HIDDEN,
    TASKS,
)
from actograph.engine.plan import Exit, NodePlan, Plan
from actograph.graph.action import Action
from actograph.graph.node import after_of, segments_of
from actograph.graph.observed import observed_parts
from actograph.graph.policies import policed
from actograph.graph.referenced import referenced_tasks
from actograph.graph.writes import CommandWriter
from actograph.managed.base import Position, is_managed_value
from actograph.pregel.builder import NodeBuilder
from actograph.pregel.read import PregelNode
from actograph.types import RetryPolicy

if TYPE_CHECKING:
    from actograph.engine.state import Channels
    from actograph.engine.task import Task

logger = logging.getLogger("actograph")

_RESERVED = frozenset((INPUT, ERROR, INTERRUPT, RESUME, RETURN, NO_WRITES, TASKS, PUSH, PULL, NULL_TASK_ID))

AnyChannel = BaseChannel[Any, Any, Any]
Managed = Mapping[str, Any]


class Parts:
    """What a low-level graph is made of, built and checked."""

    __slots__ = ("channels", "given_channels", "managed", "nodes")

    def __init__(self, nodes: Mapping[str, PregelNode | NodeBuilder], channels: Mapping[str, Any] | None) -> None:
        """Raises TypeError for what is neither a node nor a channel."""
        self.nodes: dict[str, PregelNode] = {}
        for name, node in nodes.items():
            made = node.build() if isinstance(node, NodeBuilder) else node
            if not isinstance(made, PregelNode):
                raise TypeError(
                    f"node {name!r} must be a NodeBuilder or a PregelNode, not {type(node).__name__}: build it with "
                    "NodeBuilder().subscribe_only(...).do(function)"
                )
            self.nodes[name] = made
        self.channels: dict[str, AnyChannel] = {}
        self.managed: dict[str, Any] = {}
        self.given_channels = dict(channels or {})
        for key, channel in self.given_channels.items():
            if is_managed_value(channel):
                self.managed[key] = channel
            elif isinstance(channel, BaseChannel):
                if key != TASKS:
                    self.channels[key] = channel.from_checkpoint(MISSING)
            else:
                raise TypeError(
                    f"channel {key!r} must be a channel such as LastValue(int), not {type(channel).__name__}: {channel!r}"
                )

    def check(
        self,
        input_channels: str | Sequence[str],
        output_channels: str | Sequence[str],
        stream_channels: str | Sequence[str] | None,
        interrupt_before: str | Sequence[str],
        interrupt_after: str | Sequence[str],
    ) -> None:
        """Check that names fit together. Raises ValueError that says which does not."""
        known = [*self.given_channels]
        for key in known:
            if key in _RESERVED and key != TASKS:
                raise ValueError(f"channel {key!r} has a reserved name: choose another")
        subscribed: set[str] = set()
        for name, node in self.nodes.items():
            if name in _RESERVED:
                raise ValueError(f"node {name!r} has a reserved name: choose another")
            reads = [node.channels] if isinstance(node.channels, str) else node.channels
            for channel in (*reads, *node.triggers):
                if channel not in self.given_channels and channel != TASKS:
                    raise ValueError(
                        f"node {name!r} reads channel {channel!r}, which the graph does not have; channels are: {', '.join(known)}"
                    )
            subscribed.update(node.triggers)
        for what, channels in (
            ("input", input_channels),
            ("output", output_channels),
            ("stream", stream_channels or ()),
        ):
            for channel in _names(channels):
                if channel not in self.given_channels:
                    raise ValueError(
                        f"{what} channel {channel!r} is none of the graph's; channels are: {', '.join(known)}"
                    )
        inputs = _names(input_channels)
        if subscribed.isdisjoint(inputs):
            raise ValueError(
                f"no node is subscribed to the input channel{'s' if len(inputs) > 1 else ''} {', '.join(map(repr, inputs))}: nothing would "
                "run; subscribe_to() one of them"
            )
        for names in (interrupt_before, interrupt_after):
            for name in () if names == "*" else _names(names):
                if name not in self.nodes:
                    raise ValueError(
                        f"a breakpoint at {name!r}, which is no node of the graph; nodes are: {', '.join(self.nodes)}"
                    )

    def plan(
        self,
        name: str,
        input_channels: str | Sequence[str],
        output_channels: str | Sequence[str],
        stream_channels: str | Sequence[str] | None,
        interrupt_before: str | Sequence[str],
        interrupt_after: str | Sequence[str],
        retry_policy: Sequence[RetryPolicy],
        cache_policy: Any,
    ) -> Plan:
        """The plan."""
        nodes = {key: self._node(key, node, retry_policy, cache_policy) for key, node in self.nodes.items()}
        return Plan(
            name=name,
            nodes=nodes,
            channels=self.channels,
            input_channels=input_channels,
            output_channels=output_channels,
            stream_channels=list(self.channels) if stream_channels is None else stream_channels,
            interrupt_before=_names(interrupt_before) if interrupt_before != "*" else "*",
            interrupt_after=_names(interrupt_after) if interrupt_after != "*" else "*",
            map_command=CommandWriter("the caller's Command", self.channels, nodes, (), is_root=False),
        )

    def _node(self, name: str, node: PregelNode, retry_policy: Sequence[RetryPolicy], cache_policy: Any) -> NodePlan:
        code = node.bound if isinstance(node.bound, list) else [] if node.bound is None else [node.bound]
        parts = [Action(part) for part in code]
        action = _sequence(parts)
        exits = [channel for writer in node.writers for channel in writer.channels]
        for channel in exits:
            if channel not in self.given_channels and channel != END:
                logger.warning("node %r writes to %r, which is no channel of the graph; that is ignored", name, channel)
        write = _written(node)
        return NodePlan(
            name=name,
            triggers=tuple(dict.fromkeys(node.triggers)),
            read=self._reader(node),
            segments=segments_of(action, self._complete(node), write, ()),
            observed=observed_parts(parts, action, self._complete(node), write) if parts else None,
            **policed(
                action,
                name,
                retry=node.retry_policy or retry_policy,
                cache=node.cache_policy or cache_policy,
                timeout=node.timeout,
                handler=node.error_handler_node,
                trace=node.trace_policy,
            ),
            hidden=TAG_HIDDEN in (node.tags or ()),
            threaded=any(referenced_tasks(part) for part in code),
            metadata=node.metadata or None,
            tags=tuple(node.tags or ()),
            after=after_of(write, ()),
            code=code[0] if len(code) == 1 else code or None,
            exits=tuple(Exit(channel) for channel in dict.fromkeys(exits)),
        )

    def _reader(self, node: PregelNode) -> Callable[[Channels], Any]:
        mapper = node.mapper
        only = node.channels
        if isinstance(only, str):

            def read_one(of: Channels) -> Any:
                channel = of[only]
                if not channel.is_available():
                    return MISSING
                return channel.get() if mapper is None else mapper(channel.get())

            return read_one
        keys = tuple(dict.fromkeys(key for key in only if key in self.channels))
        late = any(key in self.managed for key in only)

        def read(of: Channels) -> Any:
            values = of.read(keys)
            return values if mapper is None or late else mapper(values)

        return read

    def _complete(self, node: PregelNode) -> Callable[[Task, Any], Any] | None:
        """Adds managed values to what was read; None when there are none."""
        managed = (
            {key: self.managed[key] for key in node.channels if key in self.managed}
            if isinstance(node.channels, list)
            else {}
        )
        if not managed:
            return None
        mapper = node.mapper

        def complete(task: Task, value: Any) -> Any:
            if task.path[0] != PULL or type(value) is not dict:
                return value
            position = Position(task.step, task.run.stop_at)
            values = {**value, **{key: of.get(position) for key, of in managed.items()}}
            return values if mapper is None else mapper(values)

        return complete


def _written(node: PregelNode) -> Callable[[Task, Any], None]:
    writers = tuple(node.writers)

    def write(task: Task, value: Any) -> None:
        for writer in writers:
            task.writes.extend(writer.of(value))

    return write


def _sequence(actions: list[Action]) -> Action:
    """Several pieces of code as one, each given what the one before returned; none at all returns its input."""
    if len(actions) == 1:
        return actions[0]
    made = Action(_same)
    if not actions:
        return made
    made.name = actions[-1].name
    made.is_async = any(action.is_async for action in actions)

    def run(task: Task, value: Any) -> Any:
        for action in actions:
            value = action.call(task, value)
        return value

    async def run_async(task: Task, value: Any) -> Any:
        for action in actions:
            if action.is_async:
                value = await action.call(task, value)
            else:
                value = await task.run.call_blocking(task, action.call, value)
        return value

    made.call = run_async if made.is_async else run
    return made


def _same(value: Any) -> Any:
    return value


def _names(names: str | Sequence[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names)


__all__ = ("Parts",)
