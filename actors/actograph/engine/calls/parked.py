"""Calls that ask. Those that await answers where they stand are parked with their root while the thread is paused, and go on with it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from actograph.engine.task import Task, TaskState

if TYPE_CHECKING:
    from actograph.actors import Address
    from actograph.engine.calls.call import Call
    from actograph.engine.coordinator import Coordinator
    from actograph.engine.messages import Suspended
    from actograph.types import Interrupt


def _calls_of(run: Coordinator, root: Task) -> list[Call]:
    return [call for call in run.calls or () if call.root is root]


def busy(run: Coordinator, root: Task) -> bool:
    """Whether some call of `root` does anything other than waiting for an answer, or for a call that does."""
    return any(not call.asking and (call.calls is None or call.calls.open == 0) for call in _calls_of(run, root))


def park(run: Coordinator, root: Task) -> None:
    """`root` waits for answers, and with it all its calls: they count as running no more."""
    calls = _calls_of(run, root)
    for call in calls:
        call.state = TaskState.WAITING
        run.outstanding -= 1
        assert run.calls is not None
        run.calls.discard(call)
    root.parked = tuple(calls)


def unpark(run: Coordinator, root: Task) -> None:
    """`root` goes on, in this run or in another, and its calls with it."""
    calls, root.parked = root.parked, ()
    if run.calls is None:
        run.calls = set()
    for call in calls:
        call.state = TaskState.RUNNING
        run.outstanding += 1
        run.calls.add(call)


def give_up_waiting(run: Coordinator, root: Task) -> None:
    """`root` has ended with a question of one call while others await answers in place: all are asked when it runs again."""
    noted = {question.id for question in root.raised}
    root.raised = (*root.raised, *(question for question in root.questions if question.id not in noted))
    for call in _calls_of(run, root):
        call.dropped = True
        if call.asking:
            call.home.cancel_running(call)


def homes_of(root: Task) -> set[Address]:
    """The actors that a held task and its calls run in."""
    return {root.home, *(call.home for call in root.parked)}


def unheard(call: Call, question: Interrupt) -> RuntimeError:
    """What a run fails with when a call asks and nobody waits for it."""
    assert call.caller is not None
    return RuntimeError(
        f"task {call.name!r} asked {question.value!r}, but {call.caller.name!r}, which called it, has ended without waiting for it: await "
        "the call, or take its result()"
    )


def sort_questions(task: Task) -> None:
    """What calls asked comes in the order of the calls, whichever asked first; then what the task asked itself."""
    asked = task.calls.asked if task.calls is not None else {}
    if asked:
        task.raised = tuple(sorted(task.raised, key=lambda question: asked.get(question.id, sys.maxsize)))


def postpone(task: Task, message: Suspended) -> bool:
    """Whether a task that is suspended has calls that still run: then its word waits for them."""
    book = task.calls
    if book is None:
        return False
    if book.open == 0:
        sort_questions(task)
        return False
    book.postponed = message
    return True
