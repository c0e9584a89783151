"""What a graph consists of, as its reader sees it: nodes, channels, and which channels go in and out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Self, cast

from actograph.constants import TASKS
from actograph.engine.plan import Plan
from actograph.pregel.base import PregelBase
from actograph.pregel.read import PregelNode
from actograph.typing import ContextT, InputT, OutputT, StateT

if TYPE_CHECKING:
    from actograph.pregel.builder import NodeBuilder

OF_PLAN = frozenset(
    (
        "nodes",
        "channels",
        "input_channels",
        "output_channels",
        "stream_channels",
        "interrupt_before_nodes",
        "interrupt_after_nodes",
        "retry_policy",
        "cache_policy",
    )
)
"""Attributes that are baked into the plan: a copy with others needs a plan of its own."""


class Parted(PregelBase[StateT, ContextT, InputT, OutputT]):
    """The parts of a graph, to be read. They cannot be changed: a graph with others is another one, made by `copy`."""

    retry_policy: Sequence[Any] = ()
    """For nodes without one of their own."""
    cache_policy: Any = None
    """For nodes without one of their own."""
    _parts: Any = None
    """The nodes and channels it was made of, if it was made of such."""

    def _assemble(
        self,
        nodes: Mapping[str, PregelNode | NodeBuilder],
        channels: Mapping[str, Any] | None,
        input_channels: str | Sequence[str],
        output_channels: str | Sequence[str],
        stream_channels: str | Sequence[str] | None,
        *,
        check: bool,
    ) -> Plan:
        # At first use: it needs the rooms of `actograph.graph`, which need this one.
        from actograph.pregel.assembly import Parts

        parts = self._parts = Parts(nodes, channels)
        if check:
            parts.check(
                input_channels,
                output_channels,
                stream_channels,
                self.interrupt_before_nodes,
                self.interrupt_after_nodes,
            )
        return parts.plan(
            self.name,
            input_channels,
            output_channels,
            stream_channels,
            self.interrupt_before_nodes,
            self.interrupt_after_nodes,
            self.retry_policy,
            self.cache_policy,
        )

    def _replanned(self, changed: Mapping[str, Any]) -> Plan:
        """This graph's plan with other parts."""
        plan = self.plan
        if self._parts is not None:
            return self._assemble(
                changed.get("nodes", self._parts.nodes),
                changed.get("channels", self._parts.given_channels),
                changed.get("input_channels", plan.input_channels),
                changed.get("output_channels", plan.output_channels),
                changed.get("stream_channels", plan.stream_channels),
                check=True,
            )
        for key in ("nodes", "channels", "retry_policy", "cache_policy"):
            if key in changed:
                raise TypeError(f"copy({key}=...) of graph {self.name!r}: change its builder and compile that again")
        return Plan(
            name=self.name,
            nodes=plan.nodes,
            channels={key: plan.fresh(key) for key in plan.channels},
            input_channels=changed.get("input_channels", plan.input_channels),
            output_channels=changed.get("output_channels", plan.output_channels),
            stream_channels=changed.get("stream_channels", plan.stream_channels),
            interrupt_before=self.interrupt_before_nodes,
            interrupt_after=self.interrupt_after_nodes,
            map_command=plan.map_command,
        )

    def validate(self) -> Self:
        """Check that nodes, channels and breakpoints fit together. Raises ValueError that says which does not."""
        if self._parts is not None:
            self._parts.check(
                self.input_channels,
                self.output_channels,
                self.stream_channels,
                self.interrupt_before_nodes,
                self.interrupt_after_nodes,
            )
        return self

    @property
    def nodes(self) -> dict[str, PregelNode]:
        """The nodes by name; of a `StateGraph` with its entry, `__start__`."""
        if self._parts is not None:
            return cast(dict[str, PregelNode], self._parts.nodes)
        return {
            name: PregelNode(
                channels=self._reads(name),
                triggers=node.triggers,
                tags=list(node.tags) or None,
                metadata=node.metadata,
                trace_policy=node.trace,
                bound=node.code,
                retry_policy=node.retry,
                is_error_handler=name in self.node_error_handler_map.values(),
                error_handler_node=node.handler,
                timeout=node.timeout,
            )
            for name, node in self.plan.nodes.items()
        }

    def _reads(self, node: str) -> str | list[str]:
        """The channels that a node reads."""
        triggers = self.plan.nodes[node].triggers
        return triggers[0] if len(triggers) == 1 else list(triggers)

    @property
    def channels(self) -> dict[str, Any]:
        """The channels and managed values by name, without the values of any run."""
        if self._parts is not None:
            return {**self._parts.given_channels, TASKS: self.plan.channels[TASKS]}
        return dict(self.plan.channels)

    @property
    def input_channels(self) -> str | Sequence[str]:
        """The channel that takes the input, or those that take its keys."""
        return self.plan.input_channels

    @property
    def output_channels(self) -> str | Sequence[str]:
        """The channel whose value a run returns, or those that it returns as a dict."""
        return self.plan.output_channels

    @property
    def stream_channels(self) -> str | Sequence[str] | None:
        """What streams and snapshots show of the state."""
        return self.plan.stream_channels

    @property
    def stream_channels_list(self) -> Sequence[str]:
        """`stream_channels` as a list."""
        channels = self.plan.stream_channels
        return [channels] if isinstance(channels, str) else list(channels)

    @property
    def stream_channels_asis(self) -> str | Sequence[str]:
        """`stream_channels`: a name when the state is one value."""
        return self.plan.stream_channels

    @property
    def trigger_to_nodes(self) -> Mapping[str, Sequence[str]]:
        """The nodes that each channel triggers."""
        return {trigger: list(nodes) for trigger, nodes in self.plan.trigger_index.items()}

    @property
    def node_error_handler_map(self) -> Mapping[str, str]:
        """The error handler of each node that has one."""
        return {name: node.handler for name, node in self.plan.nodes.items() if node.handler is not None}


__all__ = ("OF_PLAN", "Parted")
