"""One event of a run's event stream, and how a stream part becomes one."""

from __future__ import annotations

from collections.abc import Mapping
from time import time_ns
from typing import Any, Literal, NotRequired, TypedDict

Scope = tuple[str, ...]
"""The namespace of a graph within the run: `()` for the root, else a `"node:task_id"` for each level."""


class ProtocolEventParams(TypedDict):
    """What an event carries."""

    namespace: list[str]
    """The graph that emitted it, as a path of `"node:task_id"` from the root, which is `[]`."""
    timestamp: int
    """Wall-clock time in milliseconds; order by `seq` instead."""
    data: Any
    """The chunk; its form depends on the event's `method`."""
    interrupts: NotRequired[tuple[Any, ...]]
    """For "values": the questions the graph waits with."""


class ProtocolEvent(TypedDict):
    """An event of a run, as transformers and readers of the raw stream see it."""

    type: Literal["event"]
    event_id: NotRequired[str]
    seq: NotRequired[int]
    """Rises by one with every event of the run's raw stream. Not there yet while transformers look at the event."""
    method: str
    """The stream mode it comes from, "lifecycle", or "custom:<name>" for what a transformer's named channel sends."""
    params: ProtocolEventParams


def event_of(method: str, data: Any, namespace: Scope = ()) -> ProtocolEvent:
    """A new event, without a number."""
    return {
        "type": "event",
        "method": method,
        "params": {"namespace": list(namespace), "timestamp": time_ns() // 1_000_000, "data": data},
    }


def event_of_part(part: Mapping[str, Any]) -> ProtocolEvent:
    """The event for one part of `graph.stream(..., subgraphs=True, version="v2")`."""
    # Such as "messages/events": the form of a mode that is asked for here.
    event = event_of(part["type"].partition("/")[0], part["data"], part["ns"])
    if "interrupts" in part:
        event["params"]["interrupts"] = part["interrupts"]
    return event
