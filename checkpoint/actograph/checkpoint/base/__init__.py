"""The public interface of savers, under LangGraph's names."""

from __future__ import annotations

from actograph.checkpoint.base.functions import (
    EXCLUDED_METADATA_KEYS,
    LATEST_VERSION,
    WRITES_IDX_MAP,
    copy_checkpoint,
    create_checkpoint,
    empty_checkpoint,
    get_checkpoint_id,
    get_checkpoint_metadata,
    get_serializable_checkpoint_metadata,
    writes_sort_key,
)
from actograph.checkpoint.base.id import new_checkpoint_id, uuid6
from actograph.checkpoint.base.saver import BaseCheckpointSaver
from actograph.checkpoint.base.types import (
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    DeltaChannelHistory,
    EmptyChannelError,
    PendingWrite,
    RunnableConfig,
)
from actograph.checkpoint.serde.base import SerializerProtocol, maybe_add_typed_methods
from actograph.checkpoint.serde.jsonplus import JsonPlusSerializer
from actograph.checkpoint.serde.types import ERROR, INTERRUPT, RESUME, SCHEDULED, ChannelProtocol

__all__ = (
    "ERROR",
    "EXCLUDED_METADATA_KEYS",
    "INTERRUPT",
    "LATEST_VERSION",
    "RESUME",
    "SCHEDULED",
    "WRITES_IDX_MAP",
    "BaseCheckpointSaver",
    "ChannelProtocol",
    "ChannelVersions",
    "Checkpoint",
    "CheckpointMetadata",
    "CheckpointTuple",
    "DeltaChannelHistory",
    "EmptyChannelError",
    "JsonPlusSerializer",
    "PendingWrite",
    "RunnableConfig",
    "SerializerProtocol",
    "copy_checkpoint",
    "create_checkpoint",
    "empty_checkpoint",
    "get_checkpoint_id",
    "get_checkpoint_metadata",
    "get_serializable_checkpoint_metadata",
    "maybe_add_typed_methods",
    "new_checkpoint_id",
    "uuid6",
    "writes_sort_key",
)
