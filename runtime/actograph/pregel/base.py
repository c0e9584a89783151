"""What a graph that can be run consists of; the rooms beside this one add what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal

from actograph.typing import ContextT, InputT, OutputT, StateT

if TYPE_CHECKING:
    from actograph.engine.plan import Plan
    from actograph.pregel.shapes import Make
    from actograph.types import All, Checkpointer, StreamMode

Config = Mapping[str, Any]


class PregelBase(Generic[StateT, ContextT, InputT, OutputT]):
    """The parts of a graph."""

    plan: Plan
    checkpointer: Checkpointer
    store: Any
    cache: Any
    interrupt_before_nodes: All | Sequence[str]
    interrupt_after_nodes: All | Sequence[str]
    context_schema: type[Any] | None
    config: Config | None
    name: str
    debug: bool
    step_timeout: float | None
    stream_mode: StreamMode = "values"
    """What `stream` yields when it is not told."""
    stream_transformers: Sequence[Any] = ()
    stream_eager: bool = False
    """Yield chunks while a superstep runs, in every mode; `stream` then runs blocking nodes in threads of their own."""

    def _maker(self, what: Literal["state", "output"]) -> Make | None:
        """Makes instances of the schema of the state, or of the output, where that is not a dict."""
        return None
