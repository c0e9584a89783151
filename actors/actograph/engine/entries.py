"""Task writes as they are stored, and what they tell when they are read again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actograph.checkpoint.journal import TaskWrites
from actograph.constants import ERROR, ERROR_SOURCE, INTERRUPT, NO_WRITES, RESUME
from actograph.engine.plan import Writes
from actograph.engine.task import Task, TaskState, path_text
from actograph.types import Interrupt

SPECIAL = frozenset((ERROR, ERROR_SOURCE, INTERRUPT, RESUME, NO_WRITES))
"""Writes about a task, rather than to a channel."""
ASKED = "__asked__"


def entry_of(task: Task, origin: str) -> TaskWrites:
    """What is stored of a task on the checkpoint it started from: its writes, its error, or its questions with the answers it has."""
    writes: Writes
    if task.state is TaskState.DONE:
        writes = task.writes or [(NO_WRITES, None)]
        untracked = task.run.plan.untracked
        if untracked:
            # A task that wrote nothing else has left nothing: it runs again where it is needed, and what it wrote is there again.
            writes = [write for write in writes if write[0] not in untracked]
    elif task.state is TaskState.FAILED:
        writes = [(ERROR, _shown(task.error))]
        if task.rescued:
            writes += [*task.writes, (ERROR_SOURCE, task.name)]
    else:
        questions = task.questions
        writes = [(INTERRUPT, questions)]
        asked = dict(task.expected or ())
        if len(questions) > 1:
            asked.update((question.id, question.value) for question in questions)
        if task.answers or asked or task.run.altered:
            # Also when there are none: answers that an earlier run left there may no longer count.
            writes.append((RESUME, resume_record(task.answers or {}, asked)))
    return TaskWrites(origin, task.id, path_text(task.path), writes)


def _shown(error: BaseException | None) -> str:
    try:
        return repr(error)
    except Exception as broken:
        return f"<{type(error).__name__}, whose repr() raised {type(broken).__name__}>"


def by_task(pending: Sequence[tuple[str, str, Any]]) -> dict[str, Writes]:
    """Stored writes by the id of their task, in order."""
    grouped: dict[str, Writes] = {}
    for tid, key, value in pending:
        grouped.setdefault(tid, []).append((key, value))
    return grouped


def questions_of(writes: Writes) -> tuple[Interrupt, ...]:
    """The questions among a task's stored writes."""
    for key, value in reversed(writes):
        if key == INTERRUPT:
            return tuple(value)
    return ()


def resume_record(answers: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
    """What is stored of a task's answers, by question; with the questions that were open at once, whose order must not change."""
    return {**answers, ASKED: asked} if asked else answers


def answers_of(writes: Writes) -> dict[str, Any]:
    """The answers among a task's stored writes, by question."""
    return {qid: value for qid, value in _resume_of(writes).items() if qid != ASKED}


def asked_of(writes: Writes) -> dict[str, Any]:
    """The questions that a task had open at once, if it was more than one: id and value."""
    asked = dict(_resume_of(writes).get(ASKED, ()))
    questions = questions_of(writes)
    if len(questions) > 1:
        asked.update((question.id, question.value) for question in questions)
    return asked


def _resume_of(writes: Writes) -> dict[str, Any]:
    for key, value in reversed(writes):
        if key == RESUME and isinstance(value, dict):
            return value
    return {}


def plain(writes: Writes) -> Writes:
    """The writes to channels."""
    return [write for write in writes if write[0] not in SPECIAL]


def has_ended(writes: Writes) -> bool:
    """Whether a task has left its writes."""
    return any(key not in SPECIAL or key == NO_WRITES for key, _ in writes)
