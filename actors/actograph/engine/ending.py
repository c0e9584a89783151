"""How a run ends: paused at questions, stopped with tasks still running, and at last told to its reader."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from actograph.channels.base import MISSING
from actograph.checkpoint.journal import RunStatus
from actograph.engine.calls.call import release_callers, stop_calls
from actograph.engine.calls.parked import homes_of, unpark
from actograph.engine.launch import RunResult
from actograph.engine.nesting.subgraph import is_recorded
from actograph.engine.phase import Phase
from actograph.engine.policies.step_clock import stop_clock
from actograph.engine.saving import save
from actograph.engine.suspended import Registry
from actograph.engine.task import Task, TaskState, path_order
from actograph.errors import GraphBubbleUp, GraphRecursionError

if TYPE_CHECKING:
    from actograph.engine.coordinator import Coordinator


def pause(run: Coordinator) -> None:
    """Every task is done or suspended: record the questions, hold what awaits its answer in place, and end this run."""
    if run.launch.trace is not None:
        run.launch.trace.stopped(run, "pending")
    finished = [task for task in run.tasks if task.state is TaskState.DONE]
    suspended = [task for task in run.tasks if not (task.state is TaskState.DONE or task.rescued)]
    interrupts = tuple(question for task in suspended for question in task.questions)
    values = MISSING
    if finished:
        ahead = run.state.copy()
        try:
            updated = ahead.fold(
                [(task.name, task.triggers, task.writes) for task in sorted(finished, key=path_order)], run.step
            )
        except Exception as error:
            run.fail(error)
            return
        if not updated.isdisjoint(run.output_names):
            run.shown = True
        values = ahead.channels.read(run.launch.output_keys)
        if run.emit.values and not updated.isdisjoint(run.stream_names):
            run.emit.state(ahead)
    if values is MISSING:
        values = run.last_values
    if values is MISSING:
        values = run.state.channels.read(run.launch.output_keys)
    if run.recorder is not None:
        run.unsaved.extend(task for task in suspended if task not in run.unsaved)
        try:
            save(run, RunStatus.PAUSED)
            run.recorder.finish(RunStatus.PAUSED)
        except Exception as error:
            run.fail(error)
            return
        registry = Registry.of(run.loop)
        for task in suspended:
            if task.state is TaskState.WAITING:
                registry.hold(task)
    run.result = RunResult(values, interrupts, paused=True)
    finish(run, RunStatus.PAUSED)


def stop_tasks(run: Coordinator) -> None:
    """Cancel what still runs; the run ends when the last of it has."""
    run.phase = Phase.ENDING
    run.stopping = run.stopping or run.failure is not None
    run.queue.clear()
    for task in run.tasks:
        if task.state is TaskState.RUNNING or task.state is TaskState.WAITING:
            cancel_task(run, task)
    if run.calls or run.undelivered:
        stop_calls(run)


def cancel_task(run: Coordinator, task: Task) -> None:
    if task.state is TaskState.WAITING:
        task.state = TaskState.RUNNING
        run.outstanding += 1
        if task.parked:
            unpark(run, task)
    if not task.home.cancel_running(task):
        # It has ended, and its word is on the way.
        return


def status_of(failure: BaseException | None) -> RunStatus:
    """How a run ended that was stopped: it was cancelled, it failed, or it left with a command for the graph around it."""
    if failure is None:
        return RunStatus.CANCELLED
    return RunStatus.DONE if isinstance(failure, GraphBubbleUp) else RunStatus.FAILED


def finish(run: Coordinator, status: RunStatus) -> None:
    """End the run: record how, wait until all is stored, then tell the reader."""
    run.phase = Phase.CLOSING
    if run.step_clock is not None:
        stop_clock(run)
    run.paused = status is RunStatus.PAUSED
    recorder = run.recorder
    if recorder is not None:
        try:
            if status is not RunStatus.DONE or run.failure is not None or is_recorded(run.launch):
                recorder.finish(status)
        except Exception as error:
            run.failure = run.failure or error
        if recorder.pending:
            return
    conclude(run)


def conclude(run: Coordinator) -> None:
    run.phase = Phase.ENDED
    error = run.failure
    if run.recorder is not None and run.recorder.error is not None and error is None:
        error = run.recorder.error
    if error is None and run.stopping:
        error = asyncio.CancelledError("the run was cancelled")
    result = run.result
    if result is None:
        values = None
        if run.shown and error is None:
            values = run.last_values
            if values is MISSING:
                values = run.state.channels.read(run.launch.output_keys)
        result = RunResult(values, paused=run.paused)
    run.outlet.on_demand = None
    if error is not None:
        for task in run.tasks:
            if task.held:
                # Its pause could not be stored: there is nothing to resume.
                Registry.of(run.loop).evict(task)
    holding = {home for task in run.tasks if task.held for home in homes_of(task)}
    if run.recorder is not None:
        run.recorder.close()
        if holding:
            run.recorder.detach()
    for address in (*run.nodes.values(), *run.adopted):
        if address not in holding:
            address.stop()
    run.address.stop()
    run.outlet.end(result, error)
    _tell_caller(run)


def abandon(run: Coordinator, reason: BaseException | None) -> None:
    """End a run whose actor was stopped in its midst: what runs is cancelled, and the reader is told."""
    run.phase = Phase.ENDED
    run.stopping = True
    run.outlet.on_demand = None
    homes = {*run.nodes.values(), *run.adopted}
    run.outlet.leftovers = [running for home in homes for _, running in home.running()]
    for running in run.outlet.leftovers:
        running.cancel()
    for home in homes:
        home.stop()
    if run.calls or run.undelivered:
        release_callers(run)
    run.outlet.end(
        None, run.failure or reason or asyncio.CancelledError("the actor system was closed while the run went on")
    )
    _tell_caller(run)


def _tell_caller(run: Coordinator) -> None:
    parent = run.launch.parent
    if parent is not None and parent.children is not None:
        parent.children.ended(run)


def recursion_error(run: Coordinator) -> GraphRecursionError:
    """What a run fails with that has taken all the supersteps it may."""
    waiting = run.names or [send.node for send in run.sends]
    left = ", ".join(repr(name) for name in waiting)
    last = f"next would be {left}" if left else "no node is left, but to see that takes one superstep more"
    return GraphRecursionError(
        f"recursion limit of {run.launch.recursion_limit} supersteps reached without coming to an end ({last}): let the "
        'graph reach END, or raise the limit with config={"recursion_limit": ...} [GRAPH_RECURSION_LIMIT]'
    )
