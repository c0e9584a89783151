"""Task writes as they are stored, and what they tell when they are read again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from actograph.checkpoint.journal import TaskWrites
from actograph.constants import ERROR, INTERRUPT, NO_WRITES, RESUME
from actograph.engine.plan import Writes
from actograph.engine.task import Task, TaskState, path_text
from actograph.types import Interrupt

SPECIAL = frozenset((ERROR, INTERRUPT, RESUME, NO_WRITES))
"""Writes about a task, rather than to a channel."""


def entry_of(task: Task, origin: str) -> TaskWrites:
    """What is stored of a task on the checkpoint it started from: its writes, its error, or its questions with the answers it has."""
    writes: Writes
    if task.state is TaskState.DONE:
        writes = task.writes or [(NO_WRITES, None)]
    elif task.state is TaskState.FAILED:
        writes = [(ERROR, _shown(task.error))]
    else:
        writes = [(INTERRUPT, task.questions)]
        if task.answers:
            writes.append((RESUME, task.answers))
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


def answers_of(writes: Writes) -> dict[str, Any]:
    """The answers among a task's stored writes, by question."""
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
