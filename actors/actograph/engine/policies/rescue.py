"""Error handlers: when a node has failed for good, its handler runs in the same superstep in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from actograph.constants import ERROR, ERROR_SOURCE, NS_END, NS_SEP, PUSH
from actograph.engine.plan import Writes
from actograph.engine.task import Task, TaskState
from actograph.errors import NodeError, StoredError

if TYPE_CHECKING:
    from actograph.engine.plan import Plan
    from actograph.engine.task import TaskPath

_PUSHED = (PUSH,)


class Rescue(Task):
    """A handler's task: it is given what the failed task was given."""

    def __init__(self, failed: Task, error: BaseException) -> None:
        run = failed.run
        name = failed.node.handler
        assert name is not None
        node = run.plan.nodes[name]
        if failed.node.metadata:
            node = msgspec.structs.replace(node, metadata={**(node.metadata or {}), **failed.node.metadata})
        super().__init__(run, node, path_of(failed.path), _PUSHED, failed.step, failed.input)
        self.failed = failed
        self.failure = NodeError(failed.name, error)

    @property
    def checkpoint_ns(self) -> str:
        """Namespace of what runs inside the handler: under that of the failed task."""
        return f"{self.failed.checkpoint_ns}{NS_SEP}{self.name}{NS_END}{self.id}"


def path_of(failed: TaskPath) -> TaskPath:
    """Path of the handler's task: it takes the failed task's place in the order of the fold."""
    return (*failed, "node_error_handler", False)


def fail_softly(task: Task, error: BaseException) -> None:
    """Note a failure that a handler deals with. What the node had written when a router of it failed, counts."""
    task.state = TaskState.FAILED
    task.error = error
    task.rescued = True


def take_up_failure(task: Task, stored: Writes) -> Rescue | None:
    """The handler's task, if `stored` says that `task` had failed and been handed to its handler in an earlier run."""
    error = failure_in(stored)
    if error is None or task.node.handler is None:
        return None
    told = StoredError(error)
    fail_softly(task, told)
    task.writes = [write for write in stored if write[0] not in (ERROR, ERROR_SOURCE)]
    return Rescue(task, told)


def failure_in(stored: Writes) -> str | None:
    """What a task that was handed to its handler had failed with, as text."""
    found: dict[str, Any] = {key: value for key, value in stored if key in (ERROR, ERROR_SOURCE)}
    return str(found.get(ERROR, "")) if ERROR_SOURCE in found else None


def handler_of(plan: Plan, name: str, path: TaskPath) -> tuple[str, TaskPath] | None:
    """Name and path of the handler's task of a node's task."""
    handler = plan.nodes[name].handler
    return None if handler is None else (handler, path_of(path))
