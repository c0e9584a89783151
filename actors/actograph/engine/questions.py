"""Tasks that ask: when a task counts as suspended, and when it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actograph.engine.calls.call import Call
from actograph.engine.calls.parked import busy, give_up_waiting, park, postpone, unheard, unpark
from actograph.engine.ending import cancel_task
from actograph.engine.messages import Settled, Suspended, Woken
from actograph.engine.phase import Phase
from actograph.engine.saving import save_soon
from actograph.engine.superstep import start_queued
from actograph.engine.task import Task, TaskState

if TYPE_CHECKING:
    from actograph.engine.coordinator import Coordinator

SETTLING_TURNS = 10
"""Turns of the loop that a task awaiting answers gets to go on with those it has, before it counts as suspended."""


def on_suspended(run: Coordinator, message: Suspended) -> None:
    """A task raised its question, or awaits answers where it stands."""
    task = message.task.root
    if message.ended and task.parked and not task.held:
        _go_on(run, task)
    if message.ended and postpone(task, message):
        if task.waiting:
            _begin_settling(run, task)
        return
    if isinstance(message.task, Call) and message.task.caller.state is TaskState.DONE and run.phase is Phase.RUNNING:
        run.fail(unheard(message.task, task.questions[0]))
        return
    if task.waiting:
        # Some of its questions may be answered: it first goes on as far as it can with what it has.
        if task.state is TaskState.RUNNING:
            _begin_settling(run, task)
        elif task.state is TaskState.WAITING and run.phase is Phase.RUNNING:
            _note_questions(run, task)
        return
    if task.state is TaskState.RUNNING or task.state is TaskState.WAITING:
        _suspend(run, task, TaskState.INTERRUPTED)


def _begin_settling(run: Coordinator, task: Task) -> None:
    task.settling += 1
    _settle(run, task, SETTLING_TURNS)


def _settle(run: Coordinator, task: Task, turns: int) -> None:
    if turns and task.state is TaskState.RUNNING:
        run.loop.call_soon(_settle, run, task, turns - 1)
    else:
        run.address.tell(Settled(task))


def on_settled(run: Coordinator, message: Settled) -> None:
    """It has had its time: what still waits is suspended."""
    task = message.task
    task.settling -= 1
    if task.settling:
        return  # something has happened since
    if task.state is not TaskState.RUNNING or task.run is not run or not task.questions:
        return
    if task.calls is not None and task.calls.open:
        if busy(run, task):
            return  # looked at again when a call has ended
        if task.calls.postponed is not None:
            give_up_waiting(run, task)
            return
    _suspend(run, task, TaskState.WAITING)


def _suspend(run: Coordinator, task: Task, state: TaskState) -> None:
    if task.state is TaskState.RUNNING:
        run.outstanding -= 1
    task.state = state
    if task.calls is not None and task.calls.open:
        park(run, task)
    if run.phase is Phase.ENDING:
        if state is TaskState.WAITING:
            cancel_task(run, task)
    else:
        _note_questions(run, task)
        start_queued(run)
    if not run.outstanding:
        run.tasks_ended()


def _note_questions(run: Coordinator, task: Task) -> None:
    run.emit.interrupts(task, run.state)
    if (run.outstanding or run.queue) and run.recorder is not None:
        save_soon(run, task)


def on_woken(run: Coordinator, message: Woken) -> None:
    """It stopped waiting by itself."""
    task = message.task.root
    if task.state is TaskState.WAITING and not task.held and (not task.waiting or task.parked):
        parked = bool(task.parked)
        _go_on(run, task)
        if parked:
            on_suspended(run, Suspended(task))


def _go_on(run: Coordinator, task: Task) -> None:
    task.state = TaskState.RUNNING
    run.outstanding += 1
    if task.parked:
        unpark(run, task)
