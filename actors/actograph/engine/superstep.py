"""A superstep: the tasks that are planned, how they are sent off, and the fold of what they wrote.

Functions of the coordinator's run; nothing here waits.
"""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING

from actograph.channels.base import MISSING
from actograph.checkpoint.journal import RunStatus
from actograph.constants import PULL, PUSH, TASKS
from actograph.engine.calls.call import Call, start_call, working
from actograph.engine.ending import finish, recursion_error
from actograph.engine.node import NodeActor
from actograph.engine.phase import Phase
from actograph.engine.policies.drain import asked_to_drain, drain
from actograph.engine.policies.step_clock import start_clock, stop_clock
from actograph.engine.saving import record_checkpoint
from actograph.engine.takeup import take_up
from actograph.engine.task import Task, TaskState, path_order

if TYPE_CHECKING:
    from actograph.engine.coordinator import Coordinator
    from actograph.engine.trace import Stop

logger = logging.getLogger("actograph")

_PUSHED = (PUSH,)


def _planned(run: Coordinator) -> list[Task]:
    """The tasks of the next superstep."""
    nodes = run.plan.nodes
    channels = run.state.channels
    step = run.step
    tasks: list[Task] = []
    name = ""
    try:
        if run.sends:
            for index, send in enumerate(run.sends):
                name = send.node
                target = nodes.get(name)
                if target is None:
                    logger.warning("Send to unknown node %r was ignored; nodes are: %s", name, ", ".join(nodes))
                    continue
                value = send.arg if target.coerce is None else target.coerce(send.arg)
                task = Task(run, target, (PUSH, index, False), _PUSHED, step, value)
                task.timeout = send.timeout
                tasks.append(task)
        for name in sorted(run.names) if len(run.names) > 1 else run.names:
            node = nodes[name]
            value = node.read(channels)
            if value is not MISSING:
                tasks.append(Task(run, node, (PULL, name), node.triggers, step, value))
    except Exception as error:
        with contextlib.suppress(Exception):  # an error may refuse notes, e.g. a frozen dataclass
            error.add_note(f"While the input of node {name!r} was made, in superstep {step}")
        raise
    return tasks


def begin_superstep(run: Coordinator) -> None:
    """Make the tasks of the next superstep and send them off."""
    launch = run.launch
    tasks = run.tasks = _planned(run)
    if run.emit.checkpoints:
        run.emit.checkpoint(run, tasks)
    if launch.interrupt_before and not run.resumed and _breaks(run, launch.interrupt_before):
        _breakpoint(run, "interrupt_before")
        return
    if launch.control is not None and asked_to_drain(launch):
        drain(run)
        return
    run.phase = Phase.RUNNING
    if launch.step_timeout:
        start_clock(run, launch.step_timeout)
    if run.emit.tasks:
        run.emit.started(tasks)
    if run.stored_writes or run.new_answers:
        take_up(run)
    limit = launch.max_concurrency
    run.alone = (
        len(tasks) == 1
        or run.outstanding + sum(task.state is TaskState.PLANNED and task.node.inline is None for task in tasks) <= 1
    )
    for task in run.tasks:
        if task.state is TaskState.PLANNED:
            if task.node.inline is not None:
                task.writes = task.node.inline(task.input)
                task.state = TaskState.DONE
                if run.recorder is not None:
                    run.unsaved.append(task)
            elif limit is not None and run.outstanding >= limit:
                run.queue.append(task)
            else:
                execute(run, task)
    if not run.outstanding:
        run.tasks_ended()


def execute(run: Coordinator, task: Task) -> None:
    """Send a task off to its node's actor."""
    launch = run.launch
    if launch.parent is not None:
        launch.parent.stir()
    run.outstanding += 1
    task.state = TaskState.RUNNING
    if launch.trace is not None:
        task.node = launch.trace.observed(task.node)
    context = task.context = run.outlet.context.copy()
    name = task.name
    address = run.nodes.get(name)
    if address is None:
        address = run.nodes[name] = run.system.spawn(
            NodeActor(task.node), name=name, supervisor=task.node.supervisor, parent=run.address
        )
    task.home = address
    address.tell(task, context=context)


def start_queued(run: Coordinator) -> None:
    limit = run.launch.max_concurrency
    while run.queue and run.phase is Phase.RUNNING and (limit is None or working(run) < limit):
        task = run.queue.popleft()
        if isinstance(task, Call):
            run.outstanding += 1
            task.state = TaskState.RUNNING
            start_call(run, task)
        else:
            execute(run, task)


def end_superstep(run: Coordinator) -> None:
    if run.step_clock is not None:
        stop_clock(run)
    tasks = run.tasks
    state = run.state
    if len(tasks) > 1:
        tasks = sorted(tasks, key=path_order)
    try:
        updated = state.fold([(task.name, task.triggers, task.writes) for task in tasks], run.step)
    except Exception as error:
        run.unsaved = []
        run.fail(error)
        return
    next_from(run, updated)
    if not updated.isdisjoint(run.output_names):
        run.shown = True
        if run.plan.fading:
            run.last_values = state.channels.read(run.launch.output_keys)
    if run.emit.values and not updated.isdisjoint(run.stream_names):
        run.emit.state(state)
    launch = run.launch
    stops = bool(launch.interrupt_after) and _breaks(run, launch.interrupt_after)
    out_of_steps = run.step + 1 > run.stop_at
    done = not (run.names or run.sends or stops or out_of_steps)
    if run.recorder is not None:
        try:
            record_checkpoint(run, "loop", updated, RunStatus.DONE if done else None)
        except Exception as error:
            # A value that cannot be stored: nothing of this superstep is.
            run.fail(error)
            return
    run.resumed = False
    run.step += 1
    if run.emit.checkpoints and (done or stops or out_of_steps):
        try:
            run.emit.checkpoint(run, _planned(run))
        except Exception as error:
            run.fail(error)
            return
    if stops:
        _breakpoint(run, "interrupt_after")
    elif out_of_steps:
        run.fail(recursion_error(run))
    elif done:
        finish(run, RunStatus.DONE)
    else:
        run.phase = Phase.BETWEEN


def next_from(run: Coordinator, updated: set[str]) -> None:
    """Find what runs next, from what `updated` triggers."""
    state = run.state
    run.names = state.triggered(updated)
    run.sends = state.sends() if TASKS in updated else ()
    if not run.names and not run.sends and run.plan.deferring:
        finished = state.finish()
        if finished:
            updated |= finished
            run.names = state.triggered(finished)


def _breaks(run: Coordinator, nodes: str | frozenset[str]) -> bool:
    if nodes == "*":
        return any(not task.node.hidden for task in run.tasks)
    return any(task.name in nodes for task in run.tasks)


def _breakpoint(run: Coordinator, stop: Stop) -> None:
    if run.launch.trace is not None:
        run.launch.trace.stopped(run, stop)
    run.emit.breakpoint()
    finish(run, RunStatus.PAUSED)
