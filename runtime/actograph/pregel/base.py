"""What a graph that can be run consists of; the rooms beside this one add what can be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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

    _below: Callable[[tuple[str, ...]], Any] | None = None

    def _channel_types(self) -> Mapping[str, Any]:
        """The declared type of each channel, for savers that restore values by type."""
        return {key: getattr(channel, "typ", Any) for key, channel in self.plan.channels.items()}

    def _maker(self, what: Literal["state", "output"]) -> Make | None:
        """Makes instances of the schema of the state, or of the output, where that is not a dict."""
        return None

    def _alike(self, ns: tuple[str, ...]) -> bool:
        """Whether the sub-graph that streams under `ns`, seen from here, has the same schemas as this graph."""
        from actograph.pregel.nested import schemas_below

        if self._below is None:
            self._below = schemas_below(self)
        found: bool = self._below(ns) == self._below(())
        return found
