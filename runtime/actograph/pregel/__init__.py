"""Compiled graphs: running them, and their state."""

from __future__ import annotations

from actograph.pregel.main import Pregel

__all__ = ("Pregel",)
