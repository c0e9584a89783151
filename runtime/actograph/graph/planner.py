"""From a builder to the plan that the engine runs: everything that can be worked out before a run is worked out here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from actograph.channels import (
    EphemeralValue,
    LastValueAfterFinish,
    NamedBarrierValue,
    NamedBarrierValueAfterFinish,
)
from actograph.channels.base import MISSING
from actograph.constants import BRANCH_TO, END, JOIN_TO, START, TASKS
from actograph.engine.node import NO_RETRY, NodeSupervisor
from actograph.engine.plan import NodePlan, Plan, Writes
from actograph.graph.node import StateNodeSpec, Unit, after_of, fuse, policies_of, seconds, segments_of
from actograph.graph.schema import AnyChannel, Schema, completer, fresh_reader, reader
from actograph.graph.writes import CommandWriter, InputWriter, Writer
from actograph.types import TimeoutPolicy

if TYPE_CHECKING:
    from actograph.graph.state import StateGraph

_EDGE: Any = None
"""What a trigger is written with: that it was written is all it says."""


class Planner:
    """Makes one plan of one builder."""

    def __init__(self, builder: StateGraph[Any, Any, Any, Any]) -> None:
        self.builder = builder
        self.nodes: dict[str, StateNodeSpec] = builder.nodes
        self.state_channels: dict[str, AnyChannel] = builder.channels
        self.state = builder.schema_of(builder.state_schema)
        self.joins = [
            (_join_name(starts, end), starts, end) for starts, end in sorted(builder.waiting_edges) if end != END
        ]

    def plan(self, name: str, interrupt_before: str | Sequence[str], interrupt_after: str | Sequence[str]) -> Plan:
        """The plan. Raises ValueError for what this version does not offer."""
        builder = self.builder
        output = builder.schema_of(builder.output_schema)
        nodes = {START: self._entry()}
        for spec in self.nodes.values():
            nodes[spec.name] = self._node(spec)
        stream = tuple(self.state_channels)
        return Plan(
            name=name,
            nodes=nodes,
            channels=self._channels(),
            input_channels=START,
            output_channels=output.keys[0] if output.is_root else list(output.keys),
            stream_channels=stream[0] if self.state.is_root and len(stream) == 1 else list(stream),
            interrupt_before=interrupt_before,
            interrupt_after=interrupt_after,
            map_command=CommandWriter(
                "the caller's Command", self.state_channels, self.nodes, (), is_root=self.state.is_root
            ),
        )

    def types(self) -> dict[str, Any]:
        """The declared type of each channel, for savers that restore values by type."""
        builder = self.builder
        types: dict[str, Any] = {key: channel.typ for key, channel in self.state_channels.items()}
        types[START] = builder.input_schema
        # What is sent to a node is often of its schema.
        types[TASKS] = tuple(dict.fromkeys(spec.input_schema for spec in self.nodes.values()))
        return types

    # -- channels ----------------------------------------------------------------------------------------------------------------

    def _channels(self) -> dict[str, AnyChannel]:
        channels: dict[str, AnyChannel] = {
            key: channel.from_checkpoint(MISSING) for key, channel in self.state_channels.items()
        }
        channels[START] = EphemeralValue(self.builder.input_schema)
        for name, spec in self.nodes.items():
            channels[BRANCH_TO + name] = LastValueAfterFinish(Any) if spec.defer else EphemeralValue(Any, guard=False)
        for join, starts, end in self.joins:
            kind = NamedBarrierValueAfterFinish if self.nodes[end].defer else NamedBarrierValue
            channels[join] = kind(str, set(starts))
        return channels

    # -- nodes -------------------------------------------------------------------------------------------------------------------

    def _entry(self) -> NodePlan:
        """The node that takes the input."""
        given = self.builder.schema_of(self.builder.input_schema)
        write = InputWriter(START, given.keys, self.nodes, self._edges(START), is_root=given.is_root)
        routes = self._routes(START)
        compiled = write.compiled()
        return NodePlan(
            name=START,
            triggers=(START,),
            read=_read_start,
            segments=fuse([(compiled, None), *routes]) if routes else (),
            inline=None if routes else write,
            supervisor=NO_RETRY,
            hidden=True,
            after=after_of(compiled, routes),
        )

    def _node(self, spec: StateNodeSpec) -> NodePlan:
        name = spec.name
        self._refuse_unoffered(spec)
        schema = self.builder.schema_of(spec.input_schema)
        write = Writer(name, self.state_channels, self.nodes, self._edges(name), is_root=self.state.is_root).compiled()
        routes = self._routes(name)
        policies = policies_of(spec.retry_policy or self.builder.node_defaults.get("retry_policy"))
        return NodePlan(
            name=name,
            triggers=(BRANCH_TO + name, *(join for join, _, end in self.joins if end == name)),
            read=reader(schema, self.state_channels),
            segments=segments_of(spec.action, completer(schema), self._limit(spec), write, routes),
            supervisor=NodeSupervisor(policies) if policies else NO_RETRY,
            retry=policies,
            deferred=spec.defer,
            metadata=spec.metadata,
            after=after_of(write, routes),
        )

    def _edges(self, name: str) -> Writes:
        edges: Writes = [
            (BRANCH_TO + end, _EDGE) for start, end in sorted(self.builder.edges) if start == name and end != END
        ]
        edges += [(join, name) for join, starts, _ in self.joins if name in starts]
        return edges

    def _routes(self, name: str) -> list[Unit]:
        units: list[Unit] = []
        for branch in self.builder.branches.get(name, {}).values():
            schema = self._router_schema(name, branch.input_schema)
            units.append(branch.unit(fresh_reader(schema, self.state_channels), self.nodes))
        return units

    def _router_schema(self, source: str, own: Any) -> Schema:
        if own is not None:
            return self.builder.schema_of(own)
        return self.builder.schema_of(
            self.nodes[source].input_schema if source in self.nodes else self.builder.state_schema
        )

    # -- policies ----------------------------------------------------------------------------------------------------------------

    def _limit(self, spec: StateNodeSpec) -> float | None:
        policy = spec.timeout
        if policy is None and spec.action.is_async:
            policy = TimeoutPolicy.coerce(self.builder.node_defaults.get("timeout"))
        if policy is None:
            return None
        if not spec.action.is_async:
            raise ValueError(
                f"node {spec.name!r} is sync, and sync code cannot be stopped by a timeout: make it `async def`, or leave timeout= out"
            )
        if policy.idle_timeout is not None:
            raise ValueError(
                f"node {spec.name!r} has an idle_timeout, which this version does not offer: use run_timeout"
            )
        limit = seconds(policy.run_timeout)
        if limit is not None and limit <= 0:
            raise ValueError(f"node {spec.name!r} has a run_timeout of {limit} s: it must be above 0")
        return limit

    def _refuse_unoffered(self, spec: StateNodeSpec) -> None:
        defaults = self.builder.node_defaults
        for option in ("cache_policy", "error_handler", "trace_policy"):
            if getattr(spec, option) is not None or defaults.get(option) is not None:
                raise ValueError(f"node {spec.name!r} has {option}=, which this version does not offer: leave it out")


def _join_name(starts: tuple[str, ...], end: str) -> str:
    return f"{JOIN_TO}{'+'.join(starts)}:{end}"


def _read_start(channels: Any) -> Any:
    channel = channels[START]
    return channel.get() if channel.is_available() else MISSING
