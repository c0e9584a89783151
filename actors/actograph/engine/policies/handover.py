"""Tasks that end as no result and no failure of the run: handed over to an error handler, or stopped by a drain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actograph.actors import HandedOver
from actograph.checkpoint.journal import RunStatus
from actograph.engine.messages import Drained
from actograph.engine.phase import Phase
from actograph.engine.policies.drain import drain
from actograph.engine.policies.rescue import Rescue, fail_softly
from actograph.engine.saving import save, save_soon
from actograph.engine.superstep import execute, start_queued
from actograph.engine.task import Task, TaskState

if TYPE_CHECKING:
    from actograph.engine.coordinator import Coordinator


def on_handed_over(run: Coordinator, message: HandedOver) -> None:
    """A task failed for good, and its node has a handler: that runs in its place."""
    task: Task = message.fault.message
    error = message.fault.exception
    if task.state is TaskState.RUNNING:
        run.outstanding -= 1
    if run.phase is not Phase.RUNNING:
        # Something else failed meanwhile, or the caller has gone.
        task.state = TaskState.FAILED
        task.error = error
        if not run.outstanding:
            run.tasks_ended()
        return
    fail_softly(task, error)
    if task.writes:
        run.emit.update(task)
    if run.emit.tasks:
        run.emit.failed(task)
    if run.recorder is not None:
        save_soon(run, task)
    handler = Rescue(task, error)
    run.tasks.append(handler)
    execute(run, handler)


def on_drained(run: Coordinator, message: Drained) -> None:
    """A graph called in a task stopped because of a drain: this run stops too, when the other tasks of the superstep have ended."""
    task = message.task
    if task.state is TaskState.RUNNING:
        run.outstanding -= 1
    task.state = TaskState.PLANNED
    run.drained = message.reason
    start_queued(run)
    if not run.outstanding:
        run.tasks_ended()


def stop_drained(run: Coordinator) -> None:
    """End a run whose tasks have ended, one of them by a drain: what the others left is kept, and the thread goes on from here."""
    assert run.drained is not None
    run.unsaved.extend(
        task
        for task in run.tasks
        if task.state in (TaskState.INTERRUPTED, TaskState.WAITING) and task not in run.unsaved
    )
    try:
        save(run, RunStatus.PAUSED)
    except Exception as error:
        run.fail(error)
        return
    drain(run, run.drained)
