"""Functions over checkpoints and metadata, for savers and for the engine. Checkpoints are plain dicts; none is changed in place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from actograph.checkpoint.base.id import new_checkpoint_id
from actograph.checkpoint.base.types import Checkpoint, CheckpointMetadata, EmptyChannelError, RunnableConfig
from actograph.checkpoint.serde.types import ERROR, INTERRUPT, MISSING, RESUME, SCHEDULED, ChannelProtocol

__all__ = (
    "EXCLUDED_METADATA_KEYS",
    "LATEST_VERSION",
    "WRITES_IDX_MAP",
    "copy_checkpoint",
    "create_checkpoint",
    "empty_checkpoint",
    "get_checkpoint_id",
    "get_checkpoint_metadata",
    "get_serializable_checkpoint_metadata",
    "writes_sort_key",
)

LATEST_VERSION: Final = 2
"""Format of the checkpoints made here."""

WRITES_IDX_MAP: Final[dict[str, int]] = {ERROR: -1, SCHEDULED: -2, INTERRUPT: -3, RESUME: -4}
"""Index of the special writes, of which a task has one each: a later one replaces it. Other writes count from 0 and are kept."""

EXCLUDED_METADATA_KEYS: Final = frozenset(
    {
        "thread_id",
        "checkpoint_id",
        "checkpoint_ns",
        "checkpoint_map",
        "langgraph_step",
        "langgraph_node",
        "langgraph_triggers",
        "langgraph_path",
        "langgraph_checkpoint_ns",
    }
)
"""Keys of a configuration that say where a checkpoint is, and so are not copied into its metadata."""


def _now() -> str:
    return datetime.now(UTC).isoformat()


def empty_checkpoint() -> Checkpoint:
    """A checkpoint of a thread on which nothing has run."""
    return Checkpoint(
        v=LATEST_VERSION,
        id=new_checkpoint_id(),
        ts=_now(),
        channel_values={},
        channel_versions={},
        versions_seen={},
        updated_channels=None,
    )


def copy_checkpoint(checkpoint: Checkpoint) -> Checkpoint:
    """A copy whose maps can be changed without changing `checkpoint`; the channels' values are shared."""
    copy = checkpoint.copy()
    copy["channel_values"] = checkpoint["channel_values"].copy()
    copy["channel_versions"] = checkpoint["channel_versions"].copy()
    copy["versions_seen"] = {node: seen.copy() for node, seen in checkpoint["versions_seen"].items()}
    updated = checkpoint.get("updated_channels")
    copy["updated_channels"] = None if updated is None else list(updated)
    return copy


def create_checkpoint(
    checkpoint: Checkpoint,
    channels: Mapping[str, ChannelProtocol[Any, Any, Any]] | None,
    step: int,
    *,
    id: str | None = None,
) -> Checkpoint:
    """The checkpoint that follows `checkpoint`, with the values that `channels` hold now.

    `channels` None keeps the values as they are. Channels without a version were never written and are left out. `id` defaults to a new
    one; `step` is part of the interface and does not change the result.
    """
    if channels is None:
        values = checkpoint["channel_values"]
    else:
        values = {}
        for name in checkpoint["channel_versions"]:
            if (channel := channels.get(name)) is None:
                continue
            try:
                value = channel.checkpoint()
            except EmptyChannelError:
                continue
            if value is not MISSING:
                values[name] = value
    return Checkpoint(
        v=LATEST_VERSION,
        id=id or new_checkpoint_id(),
        ts=_now(),
        channel_values=values,
        channel_versions=checkpoint["channel_versions"],
        versions_seen=checkpoint["versions_seen"],
        updated_channels=None,
    )


def get_checkpoint_id(config: RunnableConfig) -> str | None:
    """The checkpoint that `config` names, or None for the newest one of its thread."""
    found: str | None = (config.get("configurable") or {}).get("checkpoint_id")
    return found


def get_checkpoint_metadata(config: RunnableConfig, metadata: CheckpointMetadata) -> CheckpointMetadata:
    """`metadata` and, behind it, the plain values of the configuration's `metadata` and `configurable`.

    A key that is there already is kept, one that says where the checkpoint is (`EXCLUDED_METADATA_KEYS`) or begins with `__` is left out.
    NUL characters, which some databases refuse in text, are removed.
    """
    result: dict[str, Any] = {
        key: value.replace("\x00", "") if isinstance(value, str) else value for key, value in metadata.items()
    }
    for source in (config.get("metadata"), config.get("configurable")):
        for key, value in (source or {}).items():
            if key in result or key in EXCLUDED_METADATA_KEYS or key.startswith("__"):
                continue
            if isinstance(value, str):
                result[key] = value.replace("\x00", "")
            elif isinstance(value, (int, float)):
                result[key] = value
    return result  # type: ignore[return-value]


def get_serializable_checkpoint_metadata(config: RunnableConfig, metadata: CheckpointMetadata) -> CheckpointMetadata:
    """`get_checkpoint_metadata` without the key `writes`, under which older programs kept whole values."""
    result = get_checkpoint_metadata(config, metadata)
    result.pop("writes", None)  # type: ignore[typeddict-item]
    return result


def writes_sort_key(task_path: str, task_id: str = "", idx: int = 0) -> tuple[str, str, int]:
    """Orders the stored writes of one checkpoint as the superstep applied them: by task path, task, and index in the task."""
    return task_path, task_id, idx
