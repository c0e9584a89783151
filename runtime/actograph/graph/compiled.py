"""A `StateGraph` that was compiled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from actograph.constants import START
from actograph.graph.schema import ROOT
from actograph.pregel.base import Config
from actograph.pregel.main import Pregel
from actograph.pregel.shapes import Make, maker
from actograph.typing import ContextT, InputT, OutputT, StateT

if TYPE_CHECKING:
    from actograph.graph.branch import Branch
    from actograph.graph.node import StateNodeSpec
    from actograph.graph.state import StateGraph


class CompiledStateGraph(Pregel[StateT, ContextT, InputT, OutputT]):
    """A graph that can be run. Made by `StateGraph.compile`."""

    builder: StateGraph[StateT, ContextT, InputT, OutputT]
    """The builder it was made of; changes to that do not reach it."""

    def __init__(self, *, builder: StateGraph[StateT, ContextT, InputT, OutputT], **options: Any) -> None:
        super().__init__(**options)
        self.builder = builder
        self.stream_mode = "updates"

    _types: Callable[[], Mapping[str, Any]] | None = None

    def _channel_types(self) -> Mapping[str, Any]:
        return super()._channel_types() if self._types is None else self._types()

    def _maker(self, what: Literal["state", "output"]) -> Make | None:
        builder = self.builder
        schema = builder.state_schema if what == "state" else builder.output_schema
        return maker(schema, [key for key in builder.schemas[schema] if key in self.plan.channels])

    # -- what it is made of ------------------------------------------------------------------------------------------------------

    @property
    def schema_to_mapper(self) -> Mapping[Any, Callable[..., Any] | None]:
        """By schema, what makes the instances that nodes get; None for those that get a dict."""
        schemas = self.builder.schemas
        return {schema: self.builder.schema_of(schema).make for schema in schemas}

    @property
    def channels(self) -> dict[str, Any]:
        """The channels and managed values by name, without the values of any run."""
        return {**self.plan.channels, **self.builder.managed}

    def _reads(self, node: str) -> str | list[str]:
        spec = self.builder.nodes.get(node)
        if spec is None:
            return super()._reads(node) if node == START else list(self.builder.schemas[self.builder.state_schema])
        keys = list(self.builder.schemas[spec.input_schema])
        return ROOT if keys == [ROOT] else keys

    def get_input_jsonschema(self, config: Config | None = None) -> dict[str, Any]:
        """The JSON schema of the input."""
        return self._json_schema(self.builder.input_schema, self._title("Input"))

    def get_output_jsonschema(self, config: Config | None = None) -> dict[str, Any]:
        """The JSON schema of the output."""
        return self._json_schema(self.builder.output_schema, self._title("Output"))

    def _json_schema(self, schema: Any, title: str) -> dict[str, Any]:
        from actograph.pregel.schemas import state_json_schema  # at first use, as Pydantic is

        channels = self.builder.channels
        types = {key: channels[key].UpdateType for key in self.builder.schemas[schema] if key in channels}
        return state_json_schema(schema, title, types, ROOT)

    # -- changing it -------------------------------------------------------------------------------------------------------------

    def attach_node(self, key: str, node: StateNodeSpec | None) -> None:
        """Add a node of a builder, as `StateGraph.nodes` has them; the builder gets it too. The entry (`START`, None) is there already."""
        if node is not None:
            self.builder.nodes[key] = node
            self._plan_again()

    def attach_edge(self, starts: str | Sequence[str], end: str) -> None:
        """Add an edge, from several nodes if it waits for all of them; the builder gets it too."""
        if isinstance(starts, str):
            self.builder.edges.add((starts, end))
        else:
            self.builder.waiting_edges.add((tuple(starts), end))
        self._plan_again()

    def attach_branch(self, start: str, name: str, branch: Branch, *, with_reader: bool = True) -> None:
        """Add a router of a builder, as `StateGraph.branches` has them; the builder gets it too. Routers always see the state with their
        node's writes, as `with_reader` says."""
        self.builder.branches[start][name] = branch
        self._plan_again()

    def _plan_again(self) -> None:
        from actograph.graph.planner import Planner  # it is a builder's, which imports this module

        self.plan = Planner(self.builder).plan(
            self.name, _names(self.interrupt_before_nodes), _names(self.interrupt_after_nodes)
        )


def _names(nodes: str | Sequence[str]) -> str | list[str]:
    return nodes if isinstance(nodes, str) else list(nodes)
