"""Channels: the keys of a graph's state, each a reducer that a superstep's writes are sent to."""

from __future__ import annotations

from actograph.channels.any_value import AnyValue
from actograph.channels.base import MISSING, BaseChannel
from actograph.channels.binop import BinaryOperatorAggregate
from actograph.channels.delta import DeltaChannel
from actograph.channels.ephemeral_value import EphemeralValue
from actograph.channels.last_value import LastValue, LastValueAfterFinish
from actograph.channels.named_barrier_value import NamedBarrierValue, NamedBarrierValueAfterFinish
from actograph.channels.topic import Topic
from actograph.channels.untracked_value import UntrackedValue

__all__ = (
    "MISSING",
    "AnyValue",
    "BaseChannel",
    "BinaryOperatorAggregate",
    "DeltaChannel",
    "EphemeralValue",
    "LastValue",
    "LastValueAfterFinish",
    "NamedBarrierValue",
    "NamedBarrierValueAfterFinish",
    "Topic",
    "UntrackedValue",
)
