"""The builder of graphs: nodes that share a state, and the edges between them."""

from __future__ import annotations

import logging
import warnings
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Generic, Self, TypedDict, cast

from actograph.channels import LastValue
from actograph.constants import END, NS_END, NS_SEP, START
from actograph.graph.action import Action, is_runnable, name_of
from actograph.graph.branch import Branch
from actograph.graph.compiled import CompiledStateGraph
from actograph.graph.hints import annotated_names
from actograph.graph.node import StateNodeSpec
from actograph.graph.planner import Planner
from actograph.graph.schema import AnyChannel, Schema
from actograph.managed.base import ManagedValueSpec
from actograph.types import All, CachePolicy, Checkpointer, RetryPolicy, TimeoutPolicy, ensure_valid_checkpointer
from actograph.typing import ContextT, InputT, OutputT, StateT

if TYPE_CHECKING:
    from actograph.graph.signatures import NodeInputT, NodeOf

__all__ = ("CompiledStateGraph", "StateGraph")

logger = logging.getLogger("actograph")

Node = Callable[..., Any]
"""A node: takes the state, and if it asks `config`, `writer`, `runtime`, `store`; returns an update. Or an object with `invoke`."""


class _NodeDefaults(TypedDict, total=False):
    retry_policy: Any
    cache_policy: Any
    error_handler: Any
    timeout: Any


class StateGraph(Generic[StateT, ContextT, InputT, OutputT]):
    """Builds a graph of nodes that read and write a shared state; `compile` makes it runnable.

    Every key of `state_schema` is a channel: it keeps the last value written, or, annotated as `Annotated[T, reducer]`, what
    `reducer(left, right)` makes of its value and each write. Builder methods return the builder, so calls chain.
    """

    def __init__(
        self,
        state_schema: type[StateT],
        context_schema: type[ContextT] | None = None,
        *,
        input_schema: type[InputT] | None = None,
        output_schema: type[OutputT] | None = None,
        **renamed: Any,
    ) -> None:
        """
        Parameters:
            state_schema: a TypedDict, dataclass or Pydantic model with the state's keys; or a type that is the whole state.
            context_schema: what `context=` of a run is.
            input_schema: what the graph is called with, if not the state; other keys of an input are dropped.
            output_schema: what the graph returns, if not the state.

        Raises ValueError for reducers that do not take two arguments, and for schemas that disagree about a key.
        """
        older = {"config_schema": "context_schema", "input": "input_schema", "output": "output_schema"}
        given = _renamed("StateGraph", older, renamed)
        self.state_schema = state_schema
        self.context_schema: type[ContextT] | None = given.get("context_schema", context_schema)
        self.input_schema: type[Any] = given.get("input_schema", input_schema) or state_schema
        self.output_schema: type[Any] = given.get("output_schema", output_schema) or state_schema
        self.nodes: dict[str, StateNodeSpec] = {}
        self.edges: set[tuple[str, str]] = set()
        self.waiting_edges: set[tuple[tuple[str, ...], str]] = set()
        """Edges that wait for several nodes."""
        self.branches: defaultdict[str, dict[str, Branch]] = defaultdict(dict)
        self.channels: dict[str, AnyChannel] = {}
        self.managed: dict[str, ManagedValueSpec] = {}
        self.schemas: dict[Any, dict[str, Any]] = {}
        self.node_defaults = _NodeDefaults()
        self.compiled = False
        self._read: dict[Any, Schema] = {}
        self._add_schema(state_schema)
        self._add_schema(self.input_schema, edge="input")
        self._add_schema(self.output_schema, edge="output")

    if not TYPE_CHECKING:

        def __class_getitem__(cls, parameters: Any) -> Any:
            # Type variables have defaults only for type checkers (PEP 696 is younger than Python 3.11).
            parameters = parameters if isinstance(parameters, tuple) else (parameters,)
            state, context, *rest = (*parameters, None) if len(parameters) == 1 else parameters
            return super().__class_getitem__((state, context, *rest, *(state,) * (2 - len(rest))))

    # -- schemas -----------------------------------------------------------------------------------------------------------------

    def schema_of(self, typ: Any) -> Schema:
        """What a schema of this builder says."""
        return self._read[_key(typ)]

    def _add_schema(self, typ: Any, edge: str | None = None) -> None:
        key = _key(typ)
        if key in self._read:
            return
        schema = Schema(typ)
        if edge is not None and schema.managed:
            raise ValueError(
                f"the {edge} schema {getattr(typ, '__name__', typ)} has managed values, which a graph neither takes nor returns: "
                f"{', '.join(schema.managed)}; leave them to the state schema"
            )
        for name, channel in schema.channels.items():
            known = self.channels.get(name)
            if known is not None and known != channel and not isinstance(channel, LastValue):
                raise ValueError(
                    f"key {name!r} is declared twice, and differently: schema {getattr(typ, '__name__', typ)} makes it a "
                    f"{type(channel).__name__}, where another has a {type(known).__name__}; declare the reducer in both, or in the first"
                )
        self._read[key] = schema
        for name, channel in schema.channels.items():
            self.channels.setdefault(name, channel)
        self.managed.update(schema.managed)
        self.schemas[key] = {**schema.channels, **schema.managed}

    # -- nodes -------------------------------------------------------------------------------------------------------------------

    def set_node_defaults(
        self,
        *,
        retry_policy: RetryPolicy | Sequence[RetryPolicy] | None = None,
        cache_policy: CachePolicy[Any] | None = None,
        error_handler: Any | None = None,
        timeout: float | timedelta | TimeoutPolicy | None = None,
    ) -> Self:
        """Set policies for nodes that have none of their own.

        They hold for the nodes of this graph, not of its sub-graphs, from the next `compile` on. Error handlers get the retry policy and
        the timeout too, but neither a cache nor a handler.

        Parameters:
            retry_policy, cache_policy, timeout: as in `add_node`. A timeout holds for all nodes, so that all must be async.
            error_handler: one node, `__default_error_handler__`, that deals with the failures of all nodes without a handler.
        """
        given = {
            "retry_policy": retry_policy,
            "cache_policy": cache_policy,
            "error_handler": error_handler,
            "timeout": timeout,
        }
        self.node_defaults.update(
            cast(_NodeDefaults, {key: value for key, value in given.items() if value is not None})
        )
        return self

    def add_node(
        self,
        node: str | NodeOf[StateT, ContextT] | NodeOf[NodeInputT, ContextT],
        action: NodeOf[StateT, ContextT] | NodeOf[NodeInputT, ContextT] | None = None,
        *,
        defer: bool = False,
        metadata: dict[str, Any] | None = None,
        input_schema: type[Any] | None = None,
        retry_policy: RetryPolicy | Sequence[RetryPolicy] | None = None,
        cache_policy: CachePolicy[Any] | None = None,
        error_handler: Any | None = None,
        destinations: Mapping[str, str] | tuple[str, ...] | None = None,
        timeout: float | timedelta | TimeoutPolicy | None = None,
        trace_policy: Any | None = None,
        **renamed: Any,
    ) -> Self:
        """Add a node: `add_node(function)`, named after the function, or `add_node("name", function)`.

        Parameters:
            node, action: sync or async function, callable object, or object with `invoke`; it takes the state and returns an update of
                it: a dict with some keys, a `Command`, or None.
            defer: run only when nothing else is left to run.
            metadata: added to the metadata of the config that the node sees.
            input_schema: what the node reads, if not the state; by default the annotation of its first parameter.
            retry_policy: when and how a failed attempt is tried again; of several, the first that matches the failure counts.
            cache_policy: keep results in the cache that the graph is compiled with, and take them from there.
            error_handler: runs as node `__error_handler__<name>`, in the same superstep, when this one has failed and is not tried
                again. It gets the same input, and in a parameter annotated as `NodeError` what went wrong; its update or `Command` stands
                in for the node's. The node's own edges are not followed.
            destinations: where its commands may go, for drawing.
            timeout: longest time of one attempt, in seconds, or a `TimeoutPolicy`; async nodes only.
            trace_policy: what traces show of its input and output.

        Raises ValueError for a name that is taken, reserved, or contains "|" or ":"; TypeError for an action that is not callable.
        """
        given = _renamed("add_node", {"input": "input_schema", "retry": "retry_policy"}, renamed)
        input_schema = given.get("input_schema", input_schema)
        retry_policy = given.get("retry_policy", retry_policy)
        if isinstance(node, str):
            name = node
            if action is None:
                raise RuntimeError(f"node {name!r} has no action: pass a function, add_node({name!r}, function)")
        else:
            if action is not None:
                raise RuntimeError(
                    f"a node's name must be a str, not {type(node).__name__}: add_node('name', function)"
                )
            action = node
            if not callable(action) and not is_runnable(action):
                raise TypeError(
                    f"a node must be a function or another callable, not {type(action).__name__}: add_node('name', function)"
                )
            name = name_of(action)
        self._check_name(name)
        self._note_change("a node")
        made = Action(action)
        schema = input_schema
        if schema is None and made.input_hint is not None and annotated_names(made.input_hint):
            schema = made.input_hint
        if schema is not None:
            self._add_schema(schema)
        policies = (retry_policy,) if isinstance(retry_policy, RetryPolicy) else retry_policy
        schema = self.state_schema if schema is None else schema
        self.nodes[name] = StateNodeSpec(
            name=name,
            action=made,
            input_schema=schema,
            defer=defer,
            metadata=metadata,
            retry_policy=policies,
            cache_policy=cache_policy,
            error_handler_node=None if error_handler is None else self._add_handler(name, error_handler, schema),
            timeout=TimeoutPolicy.coerce(timeout),
            trace_policy=trace_policy,
            ends=made.destinations() if destinations is None else destinations,
        )
        return self

    def _add_handler(self, of: str, handler: Any, schema: type[Any]) -> str:
        """Add the node that runs when node `of` has failed."""
        name = f"__error_handler__{of}"
        if name in self.nodes:
            raise ValueError(
                f"there is a node {name!r} already, which is the name of the error handler of {of!r}: choose another name for that node"
            )
        self.nodes[name] = StateNodeSpec(name, Action(handler), schema, is_error_handler=True)
        return name

    def _check_name(self, name: str) -> None:
        if name in (START, END):
            raise ValueError(
                f"{name!r} is reserved: it is the graph's {'first' if name == START else 'last'} node; choose another name"
            )
        for mark in (NS_SEP, NS_END):
            if mark in name:
                raise ValueError(
                    f"node name {name!r} contains {mark!r}, which separates parts of a namespace; choose another name"
                )
        if name in self.nodes:
            raise ValueError(
                f"there is a node {name!r} already; names must differ: give this one a name of its own, add_node('other', function)"
            )

    # -- edges -------------------------------------------------------------------------------------------------------------------

    def add_edge(self, start_key: str | list[str], end_key: str) -> Self:
        """Run `end_key` after `start_key`; after all of them, if a list is given.

        Raises ValueError for END as start, START as end, and, with a list, for nodes that were not added yet.
        """
        if end_key == START:
            raise ValueError("START is where a graph begins: no edge can lead there")
        self._note_change("an edge")
        if isinstance(start_key, str):
            if start_key == END:
                raise ValueError("END is where a path ends: no edge can leave it")
            self.edges.add((start_key, end_key))
            return self
        starts = tuple(start_key)
        if not starts:
            raise ValueError(f"an edge to {end_key!r} from no node: name at least one")
        for start in starts:
            if start == END:
                raise ValueError("END is where a path ends: no edge can leave it")
            if start not in self.nodes:
                raise ValueError(
                    f"an edge from {start!r}, which is no node: call add_node first (START joins with nothing)"
                )
        if end_key != END and end_key not in self.nodes:
            raise ValueError(f"an edge to {end_key!r}, which is no node: call add_node first")
        self.waiting_edges.add((starts, end_key))
        return self

    def add_conditional_edges(
        self, source: str, path: Callable[..., Any], path_map: Mapping[Hashable, str] | list[str] | None = None
    ) -> Self:
        """After `source`, let a router say what runs next.

        Parameters:
            source: a node, or START.
            path: a sync or async function of the state, which it sees with the node's own writes; returns a node's name, END, a `Send`,
                or a list of them.
            path_map: names by what the router returns; or the names it may return.

        Raises ValueError when `source` has a router of that name already.
        """
        self._note_change("an edge")
        if source == END:
            raise ValueError("END is where a path ends: no edge can leave it")
        branch = Branch(source, path, path_map)
        if branch.name in self.branches[source]:
            raise ValueError(f"node {source!r} has a router {branch.name!r} already: give the function another name")
        hint = branch.action.input_hint
        if hint is not None and annotated_names(hint):
            branch.input_schema = hint
            self._add_schema(hint)
        self.branches[source][branch.name] = branch
        return self

    def add_sequence(self, nodes: Sequence[Node | tuple[str, Node]]) -> Self:
        """Add nodes, functions or pairs of name and function, and an edge from each to the next. Raises ValueError for none."""
        if len(nodes) < 1:
            raise ValueError("a sequence needs at least one node")
        before: str | None = None
        for node in nodes:
            if isinstance(node, tuple):
                name = node[0]
                self.add_node(name, node[1])
            else:
                name = name_of(node)
                self.add_node(name, node)
            if before is not None:
                self.add_edge(before, name)
            before = name
        return self

    def set_entry_point(self, key: str) -> Self:
        """Start with this node: an edge from START."""
        return self.add_edge(START, key)

    def set_conditional_entry_point(
        self, path: Callable[..., Any], path_map: Mapping[Hashable, str] | list[str] | None = None
    ) -> Self:
        """Let a router say what to start with."""
        return self.add_conditional_edges(START, path, path_map)

    def set_finish_point(self, key: str) -> Self:
        """End after this node: an edge to END."""
        return self.add_edge(key, END)

    def _note_change(self, what: str) -> None:
        if self.compiled:
            logger.warning("%s was added to a graph that is compiled already; only the next compile() sees it", what)

    # -- compiling ---------------------------------------------------------------------------------------------------------------

    def validate(self, interrupt: Sequence[str] | None = None) -> Self:
        """Check that edges and breakpoints lead from and to nodes, and that the graph has an entry. Raises ValueError."""
        sources = (
            {start for start, _ in self.edges}
            | {start for starts, _ in self.waiting_edges for start in starts}
            | set(self.branches)
        )
        for source in sorted(sources):
            if source != START and source not in self.nodes:
                raise ValueError(
                    f"an edge leaves {source!r}, which is no node of the graph; nodes are: {', '.join(self.nodes)}"
                )
        if START not in sources or not (self.branches.get(START) or any(start == START for start, _ in self.edges)):
            raise ValueError("the graph has no entry: add an edge from START to the node that runs first")
        for start, end in sorted(self.edges):
            if end != END and end not in self.nodes:
                raise ValueError(
                    f"the edge from {start!r} leads to {end!r}, which is no node of the graph; nodes are: {', '.join(self.nodes)}"
                )
        for source, branches in self.branches.items():
            for name, branch in branches.items():
                for end in (branch.ends or {}).values():
                    if end != END and end not in self.nodes:
                        raise ValueError(
                            f"router {name!r} of {source!r} may lead to {end!r}, which is no node of the graph; nodes are: "
                            f"{', '.join(self.nodes)}"
                        )
        for spec in self.nodes.values():
            for end in spec.ends:
                if end != END and end not in self.nodes:
                    raise ValueError(f"node {spec.name!r} may go to {end!r}, which is no node of the graph")
        for name in interrupt or ():
            if name not in self.nodes:
                raise ValueError(
                    f"a breakpoint at {name!r}, which is no node of the graph; nodes are: {', '.join(self.nodes)}"
                )
        self.compiled = True
        return self

    def compile(
        self,
        checkpointer: Checkpointer = None,
        *,
        cache: Any | None = None,
        store: Any | None = None,
        interrupt_before: All | Sequence[str] | None = None,
        interrupt_after: All | Sequence[str] | None = None,
        debug: bool = False,
        name: str | None = None,
        transformers: Sequence[Any] | None = None,
    ) -> CompiledStateGraph[StateT, ContextT, InputT, OutputT]:
        """Check the graph and make it runnable; later changes of the builder do not reach it.

        Parameters:
            checkpointer: keeps the state of threads, so that runs can pause, resume, and be looked into.
            cache: keeps results of nodes with a cache policy.
            store: handed to nodes that ask for it.
            interrupt_before, interrupt_after: nodes, or "*", to pause before or after.
            name: the graph's name, "LangGraph" by default.
            transformers: classes of `StreamTransformer`, or functions that make one, for every event stream of the graph.

        Raises ValueError for a graph that does not hang together, TypeError for a checkpointer that is none.
        """
        checkpointer = ensure_valid_checkpointer(checkpointer)
        before = _names(interrupt_before)
        after = _names(interrupt_after)
        self.validate([*(before if before != "*" else ()), *(after if after != "*" else ())])
        planner = Planner(cast("StateGraph[Any, Any, Any, Any]", self))
        plan = planner.plan(name or "LangGraph", before, after)
        join_types = getattr(checkpointer, "join_types", None)
        if join_types is not None:
            join_types(planner.types())
        learn = getattr(getattr(cache, "serde", None), "join_types", None)
        if learn is not None:
            learn(planner.types())
        graph: CompiledStateGraph[StateT, ContextT, InputT, OutputT] = CompiledStateGraph(
            builder=self,
            plan=plan,
            checkpointer=checkpointer,
            store=store,
            cache=cache,
            interrupt_before_nodes=before,
            interrupt_after_nodes=after,
            context_schema=self.context_schema,
            name=plan.name,
            debug=debug,
            stream_transformers=transformers,
        )
        graph._types = planner.types
        return graph


def _key(typ: Any) -> Any:
    try:
        hash(typ)
    except TypeError:
        return id(typ)
    return typ


def _names(nodes: All | Sequence[str] | None) -> All | list[str]:
    if nodes is None:
        return []
    if isinstance(nodes, str):
        return "*" if nodes == "*" else [nodes]
    return list(nodes)


def _renamed(where: str, names: Mapping[str, str], given: Mapping[str, Any]) -> dict[str, Any]:
    """Keyword arguments under their earlier names. Raises TypeError for any other."""
    result: dict[str, Any] = {}
    for key, value in given.items():
        if key not in names:
            raise TypeError(f"{where}() got an unexpected keyword argument {key!r}")
        warnings.warn(f"{where}({key}=...) is now {names[key]}=", DeprecationWarning, stacklevel=3)
        result[names[key]] = value
    return result
