"""state: Channels

The methods of `DeltaChannel`: from_checkpoint, update, replay_writes, copy, checkpoint, get, equality; types it infers.
"""

from __future__ import annotations

from collections.abc import Sequence

from actograph.channels import BaseChannel, DeltaChannel
from actograph.channels.base import MISSING
from actograph.types import Overwrite


def collect(value, writes):
    return value + [item for write in writes for item in write]


def main(t):
    channel = DeltaChannel(collect, list)
    channel.key = "log"
    t.record("a channel", isinstance(channel, BaseChannel))
    t.record("available before", channel.is_available())
    with t.raises("get before", culprit=["log"]):
        channel.get()
    fresh = channel.from_checkpoint(MISSING)
    t.record("fresh", [fresh.key, fresh.is_available(), fresh.get()])
    t.record("update", [fresh.update([[1], [2, 3]]), fresh.get(), fresh.update([]), fresh.get()])
    t.record("overwrite", [fresh.update([[4], Overwrite([9]), [5]]), fresh.get()])
    t.record("overwrite with nothing", [fresh.update([Overwrite(None)]), fresh.get()])
    t.record("stored as nothing", fresh.checkpoint() is MISSING)
    restored = channel.from_checkpoint([5])
    restored.replay_writes([("task", "log", [1]), ("task", "log", [2])])
    t.record("replayed", restored.get())
    restored.replay_writes(
        [
            ("t", "log", [1]),
            ("t", "log", Overwrite([0])),
            ("t", "log", [3]),
            ("t", "log", Overwrite([8])),
            ("t", "log", [4]),
        ]
    )
    t.record("replayed from the last overwrite", restored.get())
    restored.replay_writes([])
    other = restored.copy()
    other.update([["more"]])
    t.record("copies are apart", [restored.get(), other.get(), other.key])
    t.record("no triggers", [fresh.consume(), fresh.finish()])
    t.record("frequency", [channel.snapshot_frequency, DeltaChannel(collect, snapshot_frequency=3).snapshot_frequency])
    t.record("equal", channel == DeltaChannel(collect, list))
    t.record("another frequency", channel == DeltaChannel(collect, list, snapshot_frequency=2))
    t.record("another kind", channel == 3)
    t.record("types", [DeltaChannel(collect, kind).ValueType for kind in (None, list, list[int], dict, Sequence, int)])
    t.record("update type", DeltaChannel(collect, dict).UpdateType)
