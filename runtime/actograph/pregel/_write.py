"""`write` under the name it has in LangGraph, for programs that import from there."""

from __future__ import annotations

from actograph.pregel.write import ChannelWrite, ChannelWriteEntry, ChannelWriteTupleEntry

__all__ = ("ChannelWrite", "ChannelWriteEntry", "ChannelWriteTupleEntry")
