"""What a graph that can be run consists of; the rooms beside this one add what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic

from actograph.typing import ContextT, InputT, OutputT, StateT

if TYPE_CHECKING:
    from actograph.engine.plan import Plan
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
    stream_mode: StreamMode
