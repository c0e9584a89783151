"""The coordinator: the actor that runs one run of a graph, superstep by superstep.

It never waits: everything it needs comes as a message (outcomes of tasks, storage, the reader's demand), and after each it goes on as
far as it can. Between messages an idle run holds no task of the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from asyncio.events import _set_running_loop
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from actograph.actors import Actor, Address, Escalated
from actograph.channels.base import MISSING
from actograph.checkpoint.journal import RunStatus
from actograph.constants import PULL, PUSH, TASKS
from actograph.engine import workers
from actograph.engine.boot import begin, load
from actograph.engine.emitter import Emitter
from actograph.engine.ending import abandon, conclude, finish, pause, recursion_error, stop_tasks
from actograph.engine.entries import entry_of
from actograph.engine.launch import Launch, RunResult
from actograph.engine.messages import (
    Cancel,
    Completed,
    Demand,
    Ended,
    Failed,
    Loaded,
    Settled,
    Start,
    Stored,
    Suspended,
    Woken,
)
from actograph.engine.node import NodeActor
from actograph.engine.outlet import Outlet
from actograph.engine.phase import Phase
from actograph.engine.plan import Writes
from actograph.engine.questions import on_settled, on_suspended, on_woken
from actograph.engine.recorder import Recorder
from actograph.engine.state import State, counter
from actograph.engine.takeup import take_up
from actograph.engine.task import Task, TaskState, path_order
from actograph.engine.views import watched

logger = logging.getLogger("actograph")


class Coordinator(Actor):
    """Runs one run. Made with its `Launch` and the `Outlet` its reader holds; started by the message `Start`."""

    def __init__(self, launch: Launch, outlet: Outlet, loop: asyncio.AbstractEventLoop) -> None:
        self.launch = launch
        self.plan = launch.plan
        self.outlet = outlet
        self.loop = loop
        self.thread = threading.get_ident()
        self.phase = Phase.LOADING
        self.state = State(launch.plan, counter)
        self.recorder: Recorder | None = None
        self.origin = launch.run_id or ""
        """Id of the checkpoint that the tasks of this superstep start from."""
        self.step = -1
        self.stop_at = 0
        """The last superstep that may run."""
        self.tasks: list[Task] = []
        self.names: list[str] = []
        self.sends: Sequence[Any] = ()
        self.outstanding = 0
        self.alone = True
        """The superstep has one task to run."""
        self.queue: deque[Task] = deque()
        self.nodes: dict[str, Address] = {}
        self.adopted: list[Address] = []
        """Actors of an earlier run whose held tasks this run continues."""
        self.altered = False
        """The caller changed the thread while resuming it, so that held tasks must be replayed."""
        self.system_tasks: set[asyncio.Task[None]] = set()
        self.stopping = False
        self.resumed = False
        """No superstep has ended since the run took up a paused thread: breakpoints it stands at let it pass."""
        self.stored_writes: dict[str, Writes] = {}
        """Writes of tasks that an earlier run left on this checkpoint, by task id."""
        self.new_answers: dict[str, dict[str, Any]] = {}
        self.rerun_paused = True
        self.spare_answer: Any = MISSING
        """An answer given before any question was asked: the first question takes it."""
        self.shown = False
        """Whether there were values to show."""
        self.failure: BaseException | None = None
        self.result: RunResult | None = None
        self.unsaved: list[Task] = []
        self.flush_due = False
        self.output_names = watched(launch.output_keys, self.plan.output_channels, self.plan.output_names)
        self.stream_names = watched(launch.stream_keys, self.plan.stream_channels, self.plan.stream_names)
        self.emit = Emitter(launch, outlet)

    # -- messages ------------------------------------------------------------------------------------------------------------------

    def receive(self, message: Any) -> None:
        """Take one message, then go on as far as possible."""
        self.handlers[type(message)](self, message)
        if self.phase is Phase.BETWEEN:
            self._advance()

    def stopped(self, reason: BaseException | None) -> None:
        """The kernel's word that this actor is over. Before the run has ended that is a Ctrl-C in its midst, the end of the loop, or a
        fault in the engine: whoever reads it must not wait for ever."""
        if self.phase is not Phase.ENDED:
            abandon(self, reason)

    def _on_start(self, _: Start) -> None:
        self.outlet.on_demand = self._on_asked
        if self.launch.saver is None:
            self._begin(None, True)
        else:
            load(self)

    def _on_loaded(self, message: Loaded) -> None:
        if self.phase is not Phase.LOADING:
            return
        if self.stopping:
            finish(self, RunStatus.CANCELLED)
        elif message.error is not None:
            self.fail(message.error)
        else:
            self._begin(message.stored, message.newest)

    def _begin(self, stored: Any, newest: bool) -> None:
        try:
            begin(self, stored, newest)
        except Exception as error:
            self.fail(error)
            return
        if self.phase is Phase.LOADING:
            self.phase = Phase.BETWEEN

    def _on_completed(self, message: Completed) -> None:
        task = message.task
        if task.state is TaskState.RUNNING:
            self.outstanding -= 1
        task.state = TaskState.DONE
        if self.emit.updates:
            self.emit.update(task)
        if self.outstanding or self.queue:
            if self.recorder is not None:
                self.save_soon(task)
            self.start_queued()
        else:
            if self.recorder is not None:
                self.unsaved.append(task)
            self.tasks_ended()

    def _on_failed(self, message: Failed) -> None:
        task = message.task
        if task.state is TaskState.RUNNING:
            self.outstanding -= 1
        task.state = TaskState.FAILED
        task.error = message.error
        if self.failure is None and not self.stopping:
            self.failure = message.error
            with contextlib.suppress(Exception):  # an error may refuse notes, e.g. a frozen dataclass
                message.error.add_note(
                    f"During task with name {task.name!r} and id {task.id!r}, in superstep {self.step}"
                )
        if self.phase is Phase.RUNNING:
            stop_tasks(self)
        if not self.outstanding:
            self.tasks_ended()

    def _on_ended(self, message: Ended) -> None:
        task = message.task
        if task.state is not TaskState.RUNNING:
            return
        self.outstanding -= 1
        task.state = TaskState.PLANNED
        if not self.outstanding:
            self.tasks_ended()

    def _on_escalated(self, message: Escalated) -> None:
        """The kernel's word that a node's task is over, which comes also for one that was cancelled before its first step."""
        self._on_ended(Ended(message.fault.message))

    def _on_stored(self, message: Stored) -> None:
        recorder = self.recorder
        assert recorder is not None
        recorder.stored(message.error)
        if self.phase is Phase.CLOSING and not recorder.pending:
            conclude(self)

    def _on_demand(self, _: Demand) -> None:
        """Nothing to note: the outlet knows the demand, and the run goes on after any message."""

    def _on_asked(self) -> None:
        if self.phase is Phase.BETWEEN:
            self.address.tell_now(_DEMAND)

    def _on_cancel(self, _: Cancel) -> None:
        if self.stopping or self.phase >= Phase.ENDING:
            self.stopping = True
            return
        self.stopping = True
        if self.phase is Phase.RUNNING:
            stop_tasks(self)
            if not self.outstanding:
                self.tasks_ended()
        elif self.phase is Phase.BETWEEN:
            finish(self, RunStatus.CANCELLED)
        elif self.phase is Phase.LOADING:
            for loading in self.system_tasks:
                loading.cancel()

    # -- supersteps ----------------------------------------------------------------------------------------------------------------

    def _advance(self) -> None:
        """Start supersteps for as long as nothing has to be waited for."""
        recorder = self.recorder
        outlet = self.outlet
        while self.phase is Phase.BETWEEN:
            if recorder is not None:
                if recorder.error is not None:
                    self.fail(recorder.error)
                    return
                if recorder.must_wait:
                    return
            if outlet.paced and (outlet.chunks or not outlet.demand):
                return
            try:
                self._superstep()
            except Exception as error:
                # A schema that refuses the state, or a broken channel: the tasks of the superstep cannot be made.
                self.fail(error)
                return

    def _superstep(self) -> None:
        """Make the tasks of the next superstep and send them off."""
        launch = self.launch
        nodes = self.plan.nodes
        channels = self.state.channels
        step = self.step
        tasks: list[Task] = []
        if self.sends:
            for index, send in enumerate(self.sends):
                target = nodes.get(send.node)
                if target is None:
                    logger.warning("Send to unknown node %r was ignored; nodes are: %s", send.node, ", ".join(nodes))
                    continue
                task = Task(
                    self,
                    target,
                    (PUSH, index, False),
                    _PUSHED,
                    step,
                    send.arg if target.coerce is None else target.coerce(send.arg),
                )
                task.timeout = send.timeout
                tasks.append(task)
        for name in sorted(self.names) if len(self.names) > 1 else self.names:
            node = nodes[name]
            value = node.read(channels)
            if value is not MISSING:
                tasks.append(Task(self, node, (PULL, name), node.triggers, step, value))
        self.tasks = tasks
        if launch.interrupt_before and not self.resumed and self._breaks(launch.interrupt_before):
            self._breakpoint()
            return
        self.phase = Phase.RUNNING
        if self.stored_writes or self.new_answers:
            take_up(self)
        limit = launch.max_concurrency
        self.alone = (
            self.outstanding + sum(task.state is TaskState.PLANNED and task.node.inline is None for task in tasks) <= 1
        )
        for task in self.tasks:
            if task.state is TaskState.PLANNED:
                if task.node.inline is not None:
                    task.writes = task.node.inline(task.input)
                    task.state = TaskState.DONE
                    if self.recorder is not None:
                        self.unsaved.append(task)
                elif limit is not None and self.outstanding >= limit:
                    self.queue.append(task)
                else:
                    self._execute(task)
        if not self.outstanding:
            self.tasks_ended()

    def _execute(self, task: Task) -> None:
        self.outstanding += 1
        task.state = TaskState.RUNNING
        context = task.context = self.outlet.context.copy()
        name = task.name
        address = self.nodes.get(name)
        if address is None:
            address = self.nodes[name] = self.system.spawn(
                NodeActor(task.node), name=name, supervisor=task.node.supervisor, parent=self.address
            )
        task.home = address
        address.tell(task, context=context)

    def start_queued(self) -> None:
        limit = self.launch.max_concurrency
        while self.queue and self.phase is Phase.RUNNING and (limit is None or self.outstanding < limit):
            self._execute(self.queue.popleft())

    def tasks_ended(self) -> None:
        """All tasks of the superstep are done, suspended, failed or stopped."""
        if self.phase is Phase.RUNNING:
            for task in self.tasks:
                if task.state is TaskState.INTERRUPTED or task.state is TaskState.WAITING:
                    pause(self)
                    return
            self._fold()
        elif self.phase is Phase.ENDING:
            try:
                self.save()
            except Exception as error:
                self.failure = self.failure or error
            finish(self, RunStatus.CANCELLED if self.failure is None else RunStatus.FAILED)

    def _fold(self) -> None:
        tasks = self.tasks
        state = self.state
        if len(tasks) > 1:
            tasks = sorted(tasks, key=path_order)
        try:
            updated = state.fold([(task.name, task.triggers, task.writes) for task in tasks], self.step)
        except Exception as error:
            self.unsaved = []
            self.fail(error)
            return
        self.next_from(updated)
        if not updated.isdisjoint(self.output_names):
            self.shown = True
        if self.emit.values and not updated.isdisjoint(self.stream_names):
            self.emit.state(state)
        launch = self.launch
        stops = bool(launch.interrupt_after) and self._breaks(launch.interrupt_after)
        out_of_steps = self.step + 1 > self.stop_at
        done = not (self.names or self.sends or stops or out_of_steps)
        if self.recorder is not None:
            try:
                self.checkpoint("loop", updated, RunStatus.DONE if done else None)
            except Exception as error:
                # A value that cannot be stored: nothing of this superstep is.
                self.fail(error)
                return
        self.resumed = False
        self.step += 1
        if out_of_steps:
            self.fail(recursion_error(self))
        elif stops:
            self._breakpoint()
        elif done:
            finish(self, RunStatus.DONE)
        else:
            self.phase = Phase.BETWEEN

    def next_from(self, updated: set[str]) -> None:
        """Find what runs next, from what `updated` triggers."""
        state = self.state
        self.names = state.triggered(updated)
        self.sends = state.sends() if TASKS in updated else ()
        if not self.names and not self.sends and self.plan.deferring:
            finished = state.finish()
            if finished:
                updated |= finished
                self.names = state.triggered(finished)

    # -- pauses and ends -----------------------------------------------------------------------------------------------------------

    def _breaks(self, nodes: str | frozenset[str]) -> bool:
        if nodes == "*":
            return any(not task.node.hidden for task in self.tasks)
        return any(task.name in nodes for task in self.tasks)

    def _breakpoint(self) -> None:
        self.emit.breakpoint()
        finish(self, RunStatus.PAUSED)

    def fail(self, error: BaseException) -> None:
        """End the run with `error`, when what still runs or waits has been stopped."""
        self.failure = error
        stop_tasks(self)
        if not self.outstanding:
            finish(self, RunStatus.FAILED)

    def checkpoint(self, source: str, updated: set[str], status: RunStatus | None = None) -> None:
        """Record the state, and with `status` that of the run in the same commit."""
        recorder = self.recorder
        assert recorder is not None
        metadata = {"source": source, "step": self.step, "parents": {}, **self.launch.metadata}
        writes = [entry_of(task, self.origin) for task in self.unsaved]
        self.unsaved = []
        self.origin = recorder.checkpoint(self.state, metadata, sorted(updated), writes, status)

    def show_current_values(self) -> None:
        """A resumed run first shows the state it resumes."""
        if self.emit.values:
            self.emit.state(self.state)

    def finish_idle(self) -> None:
        """There is nothing to run: the thread had ended."""
        finish(self, RunStatus.DONE)

    def save_soon(self, task: Task) -> None:
        """Record a finished task while others run: once per turn of the loop, so that many that end together make one entry."""
        self.unsaved.append(task)
        if not self.flush_due:
            self.flush_due = True
            self.loop.call_soon(self._flush)

    def _flush(self) -> None:
        self.flush_due = False
        if self.phase is Phase.RUNNING and self.unsaved:
            try:
                self.save()
            except Exception as error:
                self.failure = error
                stop_tasks(self)

    def save(self, status: RunStatus | None = None) -> None:
        if self.recorder is None:
            return
        failed = [task for task in self.tasks if task.state is TaskState.FAILED and isinstance(task.error, Exception)]
        entries = [entry_of(task, self.origin) for task in (*self.unsaved, *failed)]
        self.unsaved = []
        self.recorder.writes(entries, status)

    def notify_stored(self, error: BaseException | None) -> None:
        """Told by the journal when an entry is durable."""
        self.address.tell(Stored(error) if error is not None else _STORED)

    # -- what tasks ask of their run ---------------------------------------------------------------------------------------------------

    def emit_custom(self, task: Task, chunk: Any) -> None:
        """Send a node's own chunk to the reader; from any thread."""
        if not self.emit.customs and not task.held:
            return
        if threading.get_ident() == self.thread:
            self._custom(task, chunk)
            return
        try:
            self.loop.call_soon_threadsafe(self._custom, task, chunk)
        except RuntimeError:
            if not self.loop.is_closed():
                raise
            # The loop has ended, and with it the run: nobody reads any more.

    def _custom(self, task: Task, chunk: Any) -> None:
        if task.held:
            task.keep_for_next_run(chunk)
        elif task.run is not self:
            task.run.emit_custom(task, chunk)
        elif self.phase is Phase.RUNNING:
            self.emit.custom(chunk)

    async def call_blocking(self, task: Task, segment: Callable[[Task, Any], Any], value: Any) -> Any:
        """Run a blocking segment where it does not stall the loop: in the caller's own thread when that drives this run and has nothing
        else to do, otherwise in a worker thread."""
        context = task.context
        assert context is not None
        if not self.launch.sync or self.launch.live or not self.alone:
            # A copy: an eagerly started task is still inside its context when the thread begins.
            return await workers.WORKERS.call(context.copy(), segment, task, value)
        with workers.WORKERS.kept():
            _set_running_loop(None)
            try:
                return segment(task, value)
            finally:
                _set_running_loop(self.loop)

    handlers: ClassVar[dict[type, Callable[[Coordinator, Any], None]]] = {
        Start: _on_start,
        Loaded: _on_loaded,
        Completed: _on_completed,
        Suspended: on_suspended,
        Failed: _on_failed,
        Ended: _on_ended,
        Escalated: _on_escalated,
        Woken: on_woken,
        Settled: on_settled,
        Stored: _on_stored,
        Demand: _on_demand,
        Cancel: _on_cancel,
    }


_PUSHED = (PUSH,)
_STORED = Stored()
_DEMAND = Demand()


__all__ = ("Coordinator",)
