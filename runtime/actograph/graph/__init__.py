"""Building graphs: `StateGraph` and the names of its first and last node."""

from __future__ import annotations

from actograph.constants import END, START
from actograph.graph.state import StateGraph

__all__ = ("END", "START", "StateGraph")
