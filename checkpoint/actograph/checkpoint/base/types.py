"""The shapes that savers exchange with a graph: configuration, checkpoint, metadata, writes."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple, NotRequired, TypedDict

__all__ = (
    "ChannelVersions",
    "Checkpoint",
    "CheckpointMetadata",
    "CheckpointTuple",
    "DeltaChannelHistory",
    "EmptyChannelError",
    "PendingWrite",
    "RunnableConfig",
)

PendingWrite = tuple[str, str, Any]
"""A stored write: task id, channel, value."""

ChannelVersions = dict[str, str | int | float]
"""Version by channel name."""


class RunnableConfig(TypedDict, total=False):
    """The configuration of a call. Savers read `configurable`: `thread_id`, `checkpoint_ns`, `checkpoint_id`."""

    tags: list[str]
    metadata: dict[str, Any]
    callbacks: Any
    run_name: str
    max_concurrency: int | None
    recursion_limit: int
    configurable: dict[str, Any]
    run_id: Any


class EmptyChannelError(Exception):
    """A channel was read that holds no value: nothing has been written to it yet, or its value was used up."""


class Checkpoint(TypedDict):
    """The state of a graph on a thread between two supersteps."""

    v: int
    """Version of this format."""
    id: str
    """Unique, and greater than the ids of earlier checkpoints (see `new_checkpoint_id`)."""
    ts: str
    """When it was made, ISO 8601, UTC."""
    channel_values: dict[str, Any]
    """Value by channel, for channels that hold one."""
    channel_versions: ChannelVersions
    """Version by channel: it grows whenever the channel is written."""
    versions_seen: dict[str, ChannelVersions]
    """By node, the versions its last task ran on; a channel with a newer one triggers it."""
    updated_channels: list[str] | None
    """What the superstep before this checkpoint wrote, when that is known."""


class CheckpointMetadata(TypedDict, total=False):
    """What is said about a checkpoint; scalar values of the call's configuration are added to it."""

    source: Literal["input", "loop", "update", "fork"]
    """Made from a call's input, by a superstep, by `update_state`, or as a copy of another checkpoint."""
    step: int
    """-1 for the first input, 0 for the first superstep after it, and so on."""
    parents: dict[str, str]
    """Id of the enclosing graph's checkpoint, by checkpoint namespace."""
    run_id: str
    """The run that made it."""
    counters_since_delta_snapshot: dict[str, tuple[int, int]]
    """By delta channel: updates and supersteps since its last full value."""


class CheckpointTuple(NamedTuple):
    """A stored checkpoint with all that belongs to it."""

    config: RunnableConfig
    """Names exactly this checkpoint."""
    checkpoint: Checkpoint
    metadata: CheckpointMetadata
    parent_config: RunnableConfig | None = None
    """Names the checkpoint that this one was made from."""
    pending_writes: list[PendingWrite] | None = None
    """What tasks have written on top of it so far."""


class DeltaChannelHistory(TypedDict):
    """What the ancestors of a checkpoint hold for one channel that is stored as its writes."""

    writes: list[PendingWrite]
    """From the oldest to the newest, since `seed`; those of the checkpoint itself are pending and not among them."""
    seed: NotRequired[Any]
    """The channel's value in the nearest ancestor that has one; absent when none has."""
