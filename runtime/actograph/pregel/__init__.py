"""Compiled graphs, and graphs made of bare nodes and channels: running them, and their state."""

from __future__ import annotations

from actograph.pregel.builder import NodeBuilder
from actograph.pregel.main import Pregel
from actograph.pregel.write import ChannelWriteEntry

__all__ = ("ChannelWriteEntry", "NodeBuilder", "Pregel")
