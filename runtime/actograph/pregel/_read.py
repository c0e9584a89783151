"""`read` under the name it has in LangGraph, for programs that import from there."""

from __future__ import annotations

from actograph.pregel.read import PregelNode

__all__ = ("PregelNode",)
