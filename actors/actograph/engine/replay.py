"""Channels that another program stored as their writes: their values are made again when a checkpoint is read.

Savers of ours store every value. A saver written for LangGraph may hold threads that LangGraph ran, where a checkpoint lacks the value of a
`DeltaChannel`, and `get_delta_channel_history` tells what it follows from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from actograph.channels.base import MISSING
from actograph.checkpoint.base import BaseCheckpointSaver, CheckpointTuple, DeltaChannelHistory
from actograph.engine.plan import Plan


async def complete(
    saver: BaseCheckpointSaver[Any], stored: CheckpointTuple | None, plan: Plan, prefer_sync: bool
) -> CheckpointTuple | None:
    """`stored` with the values that it lacks."""
    if stored is None or not plan.replayed:
        return stored
    checkpoint = stored.checkpoint
    values, versions = checkpoint["channel_values"], checkpoint["channel_versions"]
    lacking = [key for key in plan.replayed if key in versions and key not in values]
    if not lacking:
        return stored
    history = await _history(saver, stored, lacking, prefer_sync)
    made = dict(values)
    for key in lacking:
        channel: Any = plan.channels[key].from_checkpoint(history[key].get("seed", MISSING))
        channel.replay_writes(history[key]["writes"])
        if channel.is_available():
            made[key] = channel.get()
    return stored._replace(checkpoint={**checkpoint, "channel_values": made})


async def _history(
    saver: BaseCheckpointSaver[Any], stored: CheckpointTuple, channels: list[str], prefer_sync: bool
) -> Mapping[str, DeltaChannelHistory]:
    offers_async = type(saver).aget_tuple is not BaseCheckpointSaver.aget_tuple
    offers_sync = type(saver).get_tuple is not BaseCheckpointSaver.get_tuple
    if offers_async and not (prefer_sync and offers_sync):
        return await saver.aget_delta_channel_history(config=stored.config, channels=channels)
    from anyio import to_thread  # at first use: savers of ours never need it

    return await to_thread.run_sync(lambda: saver.get_delta_channel_history(config=stored.config, channels=channels))
