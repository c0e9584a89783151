"""Drains: a run stops between two supersteps, and its thread can be continued."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from actograph.checkpoint.journal import RunStatus
from actograph.engine.ending import finish
from actograph.errors import DrainSignal, GraphDrained

if TYPE_CHECKING:
    from actograph.engine.coordinator import Coordinator
    from actograph.engine.launch import Launch


def asked_to_drain(launch: Launch) -> bool:
    """Whether somebody asked the run to stop."""
    control: Any = launch.control
    return control is not None and bool(control.drain_requested)


def drain(run: Coordinator, reason: str | None = None) -> None:
    """Stop before the next superstep."""
    control: Any = run.launch.control
    why = reason or (control.drain_reason if control is not None else None) or "shutdown"
    # A node that called this graph must not take the stop for a failure of its own.
    run.failure = GraphDrained(why) if run.launch.parent is None else DrainSignal(why)
    finish(run, RunStatus.PAUSED)
