"""The types of what a stream yields: chunks by mode, and parts with `version="v2"`. They are part of `actograph.types`."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Literal, NotRequired, TypedDict, TypeVar

from actograph.checkpoint.base import CheckpointMetadata, RunnableConfig

if TYPE_CHECKING:
    from actograph.types import Interrupt, RetryPolicy, StateSnapshot, TimeoutPolicy

StateT = TypeVar("StateT")
OutputT = TypeVar("OutputT")


class TaskPayload(TypedDict):
    """A task that is sent off, in `stream_mode="tasks"`."""

    id: str
    name: str
    input: Any
    triggers: Sequence[str]
    metadata: NotRequired[dict[str, Any]]
    """The caller's and the node's metadata, and tags; left out when there is none."""


class TaskResultPayload(TypedDict):
    """A task that ended, in `stream_mode="tasks"`."""

    id: str
    name: str
    error: BaseException | str | None
    interrupts: Sequence[dict[str, Any]]
    result: Any
    """What it wrote, by key."""


class CheckpointTask(TypedDict):
    """A task of a checkpoint, in `stream_mode="checkpoints"`."""

    id: str
    name: str
    error: NotRequired[str]
    result: NotRequired[Any]
    interrupts: NotRequired[Sequence[dict[str, Any]]]
    state: StateSnapshot | RunnableConfig | None
    """The config of a sub-graph's state, for a node that has one."""


class CheckpointPayload(TypedDict, Generic[StateT]):
    """A checkpoint, in `stream_mode="checkpoints"`."""

    config: RunnableConfig | None
    metadata: CheckpointMetadata
    values: StateT
    next: list[str]
    parent_config: RunnableConfig | None
    tasks: list[CheckpointTask]


class _DebugCheckpoint(TypedDict, Generic[StateT]):
    step: int
    timestamp: str
    type: Literal["checkpoint"]
    payload: CheckpointPayload[StateT]


class _DebugTask(TypedDict):
    step: int
    timestamp: str
    type: Literal["task"]
    payload: TaskPayload


class _DebugTaskResult(TypedDict):
    step: int
    timestamp: str
    type: Literal["task_result"]
    payload: TaskResultPayload


DebugPayload = _DebugCheckpoint[StateT] | _DebugTask | _DebugTaskResult
"""An event, in `stream_mode="debug"`: its superstep, its time (ISO 8601, UTC), its type and what "tasks" or "checkpoints" show of it."""


class ValuesStreamPart(TypedDict, Generic[OutputT]):
    """The state, from `stream(version="v2")`."""

    type: Literal["values"]
    ns: tuple[str, ...]
    data: OutputT
    interrupts: tuple[Interrupt, ...]


class UpdatesStreamPart(TypedDict):
    """A task's update by its node, from `stream(version="v2")`."""

    type: Literal["updates"]
    ns: tuple[str, ...]
    data: dict[str, Any]


class MessagesStreamPart(TypedDict):
    """A chat model's message chunk with its metadata, from `stream(version="v2")`."""

    type: Literal["messages"]
    ns: tuple[str, ...]
    data: tuple[Any, dict[str, Any]]


class CustomStreamPart(TypedDict):
    """What a node wrote, from `stream(version="v2")`."""

    type: Literal["custom"]
    ns: tuple[str, ...]
    data: Any


class CheckpointStreamPart(TypedDict, Generic[StateT]):
    """A checkpoint, from `stream(version="v2")`."""

    type: Literal["checkpoints"]
    ns: tuple[str, ...]
    data: CheckpointPayload[StateT]


class TasksStreamPart(TypedDict):
    """A task that is sent off or ended, from `stream(version="v2")`."""

    type: Literal["tasks"]
    ns: tuple[str, ...]
    data: TaskPayload | TaskResultPayload


class DebugStreamPart(TypedDict, Generic[StateT]):
    """An event, from `stream(version="v2")`."""

    type: Literal["debug"]
    ns: tuple[str, ...]
    data: DebugPayload[StateT]


StreamPart = (
    CheckpointStreamPart[StateT]
    | DebugStreamPart[StateT]
    | TasksStreamPart
    | ValuesStreamPart[OutputT]
    | UpdatesStreamPart
    | MessagesStreamPart
    | CustomStreamPart
)
"""A chunk of `stream(version="v2")`, by the types of state and output; `type` says of which mode."""


@dataclass(frozen=True, slots=True, weakref_slot=True)
class PregelExecutableTask:
    """A task with all that its execution needs, for code that makes or reads such tasks itself. The engine here has its own."""

    name: str
    input: Any
    proc: Any
    """What is called with the input."""
    writes: deque[tuple[str, Any]]
    config: RunnableConfig
    triggers: Sequence[str]
    retry_policy: Sequence[RetryPolicy]
    cache_key: Any
    id: str
    path: tuple[str | int | tuple[Any, ...], ...]
    writers: Sequence[Any] = ()
    subgraphs: Sequence[Any] = ()
    """Graphs that it calls."""
    timeout: TimeoutPolicy | None = None
