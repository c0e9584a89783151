"""A saver has to know the classes of the values it restores: a sub-graph's are told to the saver of the graph around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakSet

if TYPE_CHECKING:
    from actograph.pregel.base import PregelBase


def teach(saver: Any, graph: PregelBase[Any, Any, Any, Any]) -> None:
    """Tell `saver` the types of the graph's channels, once."""
    join_types = getattr(saver, "join_types", None)
    if join_types is None:
        return
    taught: WeakSet[Any] = graph.__dict__.setdefault("_taught", WeakSet())
    if saver not in taught:
        taught.add(saver)
        join_types(graph._channel_types())
