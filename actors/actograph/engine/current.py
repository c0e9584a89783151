"""The task whose code is running, by context variable. A module of its own, so that `actograph.types` needs nothing of the engine."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from actograph.engine.task import Task

TASK: ContextVar[Task | None] = ContextVar("actograph_task", default=None)


def current_task(asked_by: str) -> Task:
    """The running task. Raises RuntimeError, naming `asked_by`, outside of one."""
    task = TASK.get()
    if task is None:
        raise RuntimeError(
            f"{asked_by} was called outside of a running graph: call it from a node, while its graph runs"
        )
    return task
