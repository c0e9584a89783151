"""A `StateGraph` that was compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from actograph.pregel.main import Pregel
from actograph.typing import ContextT, InputT, OutputT, StateT

if TYPE_CHECKING:
    from actograph.graph.state import StateGraph


class CompiledStateGraph(Pregel[StateT, ContextT, InputT, OutputT]):
    """A graph that can be run. Made by `StateGraph.compile`."""

    builder: StateGraph[StateT, ContextT, InputT, OutputT]
    """The builder it was made of; changes to that do not reach it."""

    def __init__(self, *, builder: StateGraph[StateT, ContextT, InputT, OutputT], **options: Any) -> None:
        super().__init__(**options)
        self.builder = builder
        self.stream_mode = "updates"
