"""From a builder to the plan that the engine runs: everything that can be worked out before a run is worked out here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from actograph.channels import (
    EphemeralValue,
    LastValueAfterFinish,
    NamedBarrierValue,
    NamedBarrierValueAfterFinish,
)
from actograph.channels.base import MISSING
from actograph.constants import BRANCH_TO, END, JOIN_TO, RETURN, START, TASKS
from actograph.engine.node import NO_RETRY
from actograph.engine.plan import Exit, NodePlan, Plan, Writes
from actograph.graph.action import Action
from actograph.graph.node import StateNodeSpec, Unit, after_of, fuse, segments_of
from actograph.graph.observed import observed_entry, observed_work
from actograph.graph.policies import policed
from actograph.graph.referenced import referenced_tasks
from actograph.graph.schema import AnyChannel, Schema, completer, fresh_reader, reader
from actograph.graph.writes import CommandWriter, InputWriter, Writer

if TYPE_CHECKING:
    from actograph.engine.task import Task
    from actograph.func.task import TaskFunction
    from actograph.graph.branch import Branch
    from actograph.graph.state import StateGraph

DEFAULT_HANDLER = "__default_error_handler__"
"""Node for the failures of nodes without a handler of their own."""

_EDGE: Any = None
"""What a trigger is written with: that it was written is all it says."""


class Planner:
    """Makes one plan of one builder."""

    def __init__(self, builder: StateGraph[Any, Any, Any, Any]) -> None:
        self.builder = builder
        self.nodes: dict[str, StateNodeSpec] = builder.nodes
        self.state_channels: dict[str, AnyChannel] = builder.channels
        self.state = builder.schema_of(builder.state_schema)
        self.tasks: list[TaskFunction[..., Any]] = []
        """Tasks that nodes name."""
        self.ends: dict[str, list[str]] = {}
        """Where the static edges of each node lead."""
        for start, end in sorted(builder.edges):
            if end != END:
                self.ends.setdefault(start, []).append(end)
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
        handler = self._default_handler()
        if handler is not None:
            nodes[handler.name] = self._node(handler)
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
        if self.tasks:
            types[RETURN] = tuple(task.returns for task in self.tasks if task.returns is not None)
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
            observed=observed_entry(compiled, self._observed_routes(START), len(self._edges(START))),
            inline=None if routes else write,
            supervisor=NO_RETRY,
            hidden=True,
            after=after_of(compiled, routes),
            exits=self._exits(START),
        )

    def _node(self, spec: StateNodeSpec) -> NodePlan:
        name = spec.name
        schema = self.builder.schema_of(spec.input_schema)
        write = Writer(name, self.state_channels, self.nodes, self._edges(name), is_root=self.state.is_root).compiled()
        routes = self._routes(name)
        return NodePlan(
            name=name,
            triggers=()
            if name == DEFAULT_HANDLER
            else (BRANCH_TO + name, *(join for join, _, end in self.joins if end == name)),
            read=reader(schema, self.state_channels),
            complete=self._complete(spec),
            segments=segments_of(spec.action, self._complete(spec), write, routes),
            observed=observed_work(
                spec.action, self._complete(spec), write, self._observed_routes(name), len(self._edges(name))
            ),
            **self._policed(spec),
            deferred=spec.defer,
            threaded=self._calls_tasks(spec),
            metadata=spec.metadata,
            after=after_of(write, routes),
            code=spec.runnable,
            exits=self._exits(name, spec.ends),
        )

    def _calls_tasks(self, spec: StateNodeSpec) -> bool:
        """Whether the node, or a router behind it, names a task that it may wait for."""
        found = referenced_tasks(spec.action.target)
        for branch in self.builder.branches.get(spec.name, {}).values():
            found += referenced_tasks(branch.action.target)
        self.tasks += found
        return bool(found)

    def _edges(self, name: str) -> Writes:
        edges: Writes = [(BRANCH_TO + end, _EDGE) for end in self.ends.get(name, ())]
        edges += [(join, name) for join, starts, _ in self.joins if name in starts]
        return edges

    def _exits(self, name: str, destinations: Mapping[str, str | None] | Sequence[str] = ()) -> tuple[Exit, ...]:
        exits = [Exit(channel) for channel, _ in self._edges(name)]
        for branch in self.builder.branches.get(name, {}).values():
            exits += [Exit(_way_to(end), str(key), True) for key, end in (branch.ends or {}).items()]
        labels = destinations if isinstance(destinations, Mapping) else dict.fromkeys(destinations)
        exits += [Exit(_way_to(end), label, True) for end, label in labels.items()]
        return tuple(exits)

    def _routes(self, name: str) -> list[Unit]:
        return [branch.unit(read, self.nodes) for branch, read in self._routers(name)]

    def _routers(self, name: str) -> list[tuple[Branch, Callable[[Task], Any]]]:
        """The routers of a node, with how each reads the state."""
        routers = []
        for branch in self.builder.branches.get(name, {}).values():
            schema = self._router_schema(name, branch.input_schema)
            routers.append((branch, fresh_reader(schema, self.state_channels)))
        return routers

    def _observed_routes(self, name: str) -> Callable[[Callable[[Branch, int], Any]], list[Unit]]:
        """Makes the routers of a node as they are now, given what is called instead of each."""
        routers = self._routers(name)
        nodes = tuple(self.nodes)
        return lambda instead: [
            branch.unit(read, nodes, instead(branch, index)) for index, (branch, read) in enumerate(routers)
        ]

    def _router_schema(self, source: str, own: Any) -> Schema:
        if own is not None:
            return self.builder.schema_of(own)
        return self.builder.schema_of(
            self.nodes[source].input_schema if source in self.nodes else self.builder.state_schema
        )

    # -- policies ----------------------------------------------------------------------------------------------------------------

    def _policed(self, spec: StateNodeSpec) -> dict[str, Any]:
        """Its own policies, or the graph's: all but a cache and a handler hold for error handlers too."""
        defaults = self.builder.node_defaults
        handles = spec.is_error_handler
        cache, handler = spec.cache_policy, spec.error_handler_node
        if not handles:
            cache = cache or defaults.get("cache_policy")
            if handler is None and defaults.get("error_handler") is not None:
                handler = DEFAULT_HANDLER
        return policed(
            spec.action,
            spec.name,
            retry=spec.retry_policy or defaults.get("retry_policy"),
            cache=cache,
            timeout=spec.timeout or defaults.get("timeout"),
            handler=handler,
            trace=spec.trace_policy,
        )

    def _default_handler(self) -> StateNodeSpec | None:
        """The node for the handler of nodes that have none of their own."""
        given = self.builder.node_defaults.get("error_handler")
        if given is None:
            return None
        if DEFAULT_HANDLER in self.nodes:
            raise ValueError(
                f"there is a node {DEFAULT_HANDLER!r}, which is the name of the handler in set_node_defaults: choose another name"
            )
        return StateNodeSpec(DEFAULT_HANDLER, Action(given), self.builder.state_schema, is_error_handler=True)

    def _complete(self, spec: StateNodeSpec) -> Callable[[Task, Any], Any] | None:
        """Completes the input; that of the default error handler is what the failed node was given."""
        if spec.name != DEFAULT_HANDLER:
            return completer(self.builder.schema_of(spec.input_schema))
        ways = {other.name: completer(self.builder.schema_of(other.input_schema)) for other in self.nodes.values()}
        if not any(ways.values()):
            return None

        def complete(task: Task, value: Any) -> Any:
            way = ways[task.failure.node] if task.failure is not None else None
            return value if way is None else way(task, value)

        return complete


def _join_name(starts: tuple[str, ...], end: str) -> str:
    return f"{JOIN_TO}{'+'.join(starts)}:{end}"


def _way_to(node: str) -> str:
    return node if node == END else BRANCH_TO + node


def _read_start(channels: Any) -> Any:
    channel = channels[START]
    return channel.get() if channel.is_available() else MISSING
