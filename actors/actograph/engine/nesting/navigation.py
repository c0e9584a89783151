"""Commands for the graph around a sub-graph: from the node that returned one, through the end of its run, to the task that called it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from actograph.engine.messages import Completed, Failed
from actograph.errors import ParentCommand, _ParentSignal

if TYPE_CHECKING:
    from actograph.engine.task import Task


async def follow(task: Task, raised: BaseException) -> None:
    """A task ended with a command for a parent graph. One that a graph called in this very node sends is carried out here, as if the node
    had returned it; any other ends the run that the task belongs to, and goes on to its caller."""
    signal = _first(raised)
    # A call of a `@task` function leads nowhere: the node that made it does.
    if task.caller is not None or signal.to is None or task not in (signal.to, signal.to.root):
        ends: BaseException = signal
        if signal.to is None and task.run.launch.parent is None:
            ends = ParentCommand(signal.command)
            ends.add_note(
                "No graph is around this one: run it as a node of another graph, or leave graph=Command.PARENT out"
            )
        task.tell(Failed(task, ends))
        return
    task.writes = []
    task.raised = ()
    value: Any = dataclasses.replace(signal.command, graph=None)
    for segment in task.node.after:
        if segment.blocking:
            value = await task.run.call_blocking(task, segment.call, value)
        else:
            value = await segment.call(task, value)
    task.tell(Completed(task))


def passed_on(error: BaseException, parent: Task | None) -> BaseException:
    """What the caller of a run that ended with `error` is told: a command for a parent graph is meant for the graph that `parent` is in."""
    if parent is None or not isinstance(error, _ParentSignal | ParentCommand):
        return error
    return _ParentSignal(error.args[0], parent)


def _first(raised: BaseException) -> _ParentSignal:
    while isinstance(raised, BaseExceptionGroup):
        raised = raised.exceptions[0]
    assert isinstance(raised, _ParentSignal)
    return raised
