"""Checkpoints in this process's memory."""

from __future__ import annotations

from actograph.checkpoint.memory.saver import InMemorySaver, MemorySaver

__all__ = ("InMemorySaver", "MemorySaver")
