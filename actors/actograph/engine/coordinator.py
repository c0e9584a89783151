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
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from actograph.actors import Actor, Address, Escalated, HandedOver
from actograph.channels.base import MISSING
from actograph.checkpoint.journal import RunStatus
from actograph.engine import workers
from actograph.engine.boot import begin, load
from actograph.engine.calls.call import Call, on_call_ended
from actograph.engine.calls.delivery import settle_stored
from actograph.engine.ending import abandon, conclude, finish, pause, status_of, stop_tasks
from actograph.engine.launch import Launch, RunResult
from actograph.engine.messages import (
    CallEnded,
    Cancel,
    Completed,
    Demand,
    Drained,
    Ended,
    Failed,
    Loaded,
    Settled,
    Start,
    StepTimedOut,
    Stored,
    Suspended,
    Woken,
)
from actograph.engine.nesting.children import begun
from actograph.engine.phase import Phase
from actograph.engine.plan import Writes
from actograph.engine.policies.handover import on_drained, on_handed_over, stop_drained
from actograph.engine.policies.step_clock import on_step_timed_out
from actograph.engine.questions import on_settled, on_suspended, on_woken
from actograph.engine.recorder import Recorder
from actograph.engine.saving import save, save_soon
from actograph.engine.state import State, counter
from actograph.engine.streams.emitter import Emitter, emit_from
from actograph.engine.streams.outlet import Outlet
from actograph.engine.streams.views import watched
from actograph.engine.superstep import begin_superstep, end_superstep, start_queued
from actograph.engine.task import Task, TaskState

logger = logging.getLogger("actograph")


class Coordinator(Actor):
    """Runs one run. Made with its `Launch` and the `Outlet` its reader holds; started by the message `Start`."""

    calls: set[Call] | None = None
    """Calls of `@task` functions that have not ended; None as long as there were none."""
    left_writes: dict[str, Writes] | None = None
    """What calls of an earlier run left on this checkpoint, by their ids."""
    undelivered: tuple[tuple[Call, Any], ...] = ()
    """Calls whose callers wait until their results are stored."""
    standing: int | None = None
    """The thread that runs a node's blocking code while it should turn the loop."""
    drained: str | None = None
    """Why a graph called in one of the tasks was drained."""
    step_clock: asyncio.TimerHandle | None = None
    """Rings when the superstep has taken all the time it may."""

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
        self.bare_answer: tuple[str, Any] | None = None
        """The task that an answer without an id is for, and that answer."""
        self.lineage: Mapping[str, str] = {}
        """Checkpoints of sub-graphs that the checkpoint gone on from was made for, by namespace."""
        self.paused = False
        self.shown = False
        self.last_values: Any = MISSING
        """The output when it was last written, for graphs whose output fades."""
        """Whether there were values to show."""
        self.failure: BaseException | None = None
        self.result: RunResult | None = None
        self.unsaved: list[Task] = []
        self.flush_due = False
        self.output_names = watched(launch.output_keys, self.plan.output_channels, self.plan.output_names)
        self.stream_names = (
            self.output_names
            if launch.stream_keys is launch.output_keys
            else watched(launch.stream_keys, self.plan.stream_channels, self.plan.stream_names)
        )
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
        if self.launch.parent is not None and not begun(self, self.launch.parent):
            self.stopping = True
            finish(self, RunStatus.CANCELLED)
        elif self.launch.saver is None:
            self._begin(_NOTHING)
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
            self._begin(message)

    def _begin(self, loaded: Loaded) -> None:
        if loaded.stored is not None and self.emit.checkpoints:
            self.emit.loaded(loaded.stored)
        try:
            begin(self, loaded)
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
        if self.launch.parent is not None:
            self.launch.parent.stir()
        if self.emit.ends:
            self.emit.ended(task)
        if self.outstanding or self.queue:
            if self.recorder is not None:
                save_soon(self, task)
            start_queued(self)
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
        if self.emit.tasks:
            self.emit.failed(task)
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
        task = message.fault.message
        if isinstance(task, Call):
            self._on_call_ended(CallEnded(task, Ended(task)))
        else:
            self._on_ended(Ended(task))

    def _on_call_ended(self, message: CallEnded) -> None:
        on_call_ended(self, message)
        start_queued(self)
        root = message.call.root
        if root.waiting and root.state is TaskState.RUNNING:
            on_suspended(self, Suspended(root))
        if not self.outstanding and not self.queue and self.phase in (Phase.RUNNING, Phase.ENDING):
            self.tasks_ended()

    def _on_stored(self, message: Stored) -> None:
        recorder = self.recorder
        assert recorder is not None
        recorder.stored(message.error)
        if self.undelivered:
            settle_stored(self)
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
                begin_superstep(self)
            except Exception as error:
                # A schema that refuses the state, or a broken channel: the tasks of the superstep cannot be made.
                self.fail(error)
                return

    def tasks_ended(self) -> None:
        """All tasks of the superstep are done, suspended, failed or stopped."""
        if self.phase is Phase.RUNNING:
            for task in self.tasks:
                if task.state is TaskState.INTERRUPTED or task.state is TaskState.WAITING:
                    pause(self)
                    return
            if self.drained is not None:
                stop_drained(self)
                return
            end_superstep(self)
        elif self.phase is Phase.ENDING:
            try:
                save(self)
            except Exception as error:
                self.failure = self.failure or error
            finish(self, status_of(self.failure))

    # -- pauses and ends -----------------------------------------------------------------------------------------------------------

    def fail(self, error: BaseException) -> None:
        """End the run with `error`, when what still runs or waits has been stopped."""
        self.failure = error
        stop_tasks(self)
        if not self.outstanding:
            finish(self, RunStatus.FAILED)

    def show_current_values(self) -> None:
        """A resumed run first shows the state it resumes."""
        if self.emit.values:
            self.emit.state(self.state)

    def finish_idle(self) -> None:
        """There is nothing to run: the thread had ended."""
        if self.emit.checkpoints:
            self.emit.checkpoint(self, ())
        finish(self, RunStatus.DONE)

    def notify_stored(self, error: BaseException | None) -> None:
        """Told by the journal when an entry is durable."""
        self.address.tell(Stored(error) if error is not None else _STORED)

    # -- what tasks ask of their run ---------------------------------------------------------------------------------------------------

    emit_from = emit_from

    async def call_blocking(self, task: Task, segment: Callable[[Task, Any], Any], value: Any) -> Any:
        """Run a blocking segment where it does not stall the loop: in the caller's own thread when that drives this run and has nothing
        else to do, otherwise in a worker thread."""
        context = task.context
        assert context is not None
        in_thread = not self.launch.sync or self.launch.live or not self.alone or task.node.threaded
        if in_thread or task.clock is not None:
            # A copy: an eagerly started task is still inside its context when the thread begins.
            return await workers.WORKERS.call(context.copy(), segment, task, value)
        with workers.WORKERS.kept():
            _set_running_loop(None)
            self.standing = threading.get_ident()
            try:
                return segment(task, value)
            finally:
                self.standing = None
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
        CallEnded: _on_call_ended,
        Stored: _on_stored,
        Demand: _on_demand,
        Cancel: _on_cancel,
        HandedOver: on_handed_over,
        Drained: on_drained,
        StepTimedOut: on_step_timed_out,
    }


_STORED = Stored()
_NOTHING = Loaded()
_DEMAND = Demand()


__all__ = ("Coordinator",)
