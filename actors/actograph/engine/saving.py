"""What a run hands to its recorder: the state after a superstep, and the writes of tasks while others still run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actograph.checkpoint.journal import RunStatus
from actograph.engine.calls.delivery import settle_stored
from actograph.engine.entries import entry_of
from actograph.engine.phase import Phase
from actograph.engine.task import Task, TaskState

if TYPE_CHECKING:
    from actograph.engine.coordinator import Coordinator


def record_checkpoint(run: Coordinator, source: str, updated: set[str], status: RunStatus | None = None) -> None:
    """Record the state, and with `status` that of the run in the same commit."""
    recorder = run.recorder
    assert recorder is not None
    metadata = {"source": source, "step": run.step, "parents": run.launch.parents, **run.launch.metadata}
    writes = [entry_of(task, run.origin) for task in run.unsaved]
    run.unsaved = []
    if run.emit.checkpoints:
        run.emit.saved(run.launch, metadata, recorder.parent)
    run.origin = recorder.checkpoint(run.state, metadata, sorted(updated), writes, status)


def save_soon(run: Coordinator, task: Task) -> None:
    """Record a finished task while others run: once per turn of the loop, so that many that end together make one entry."""
    run.unsaved.append(task)
    if not run.flush_due:
        run.flush_due = True
        run.loop.call_soon(_flush, run)


def _flush(run: Coordinator) -> None:
    run.flush_due = False
    if run.phase is Phase.RUNNING and run.unsaved:
        try:
            save(run)
        except Exception as error:
            run.fail(error)
        else:
            if run.undelivered:
                settle_stored(run)


def save(run: Coordinator, status: RunStatus | None = None) -> None:
    if run.recorder is None:
        return
    failed = [
        task
        for task in run.tasks
        if task.state is TaskState.FAILED and isinstance(task.error, Exception) and not task.rescued
    ]
    entries = [entry_of(task, run.origin) for task in (*run.unsaved, *failed)]
    run.unsaved = []
    run.recorder.writes(entries, status)
