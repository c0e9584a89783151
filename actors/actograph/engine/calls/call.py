"""Calls of `@task` functions: child tasks of the task that makes them, run concurrently with it, each stored when it has ended.

A call is named by its caller's path and its place among the caller's calls, so that a caller that runs again finds what its calls
returned. What a call asks, its caller is paused for; the answers are kept with the planned task that it all began with, its root.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import threading
from contextvars import copy_context
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from actograph.constants import NS_END, NS_SEP, PREVIOUS, PUSH, RETURN
from actograph.engine.calls.alone import run_alone
from actograph.engine.calls.delivery import CallFuture, deliver
from actograph.engine.calls.parked import sort_questions, unheard
from actograph.engine.loops import call_in
from actograph.engine.messages import CallEnded, Completed, Ended, Failed, Suspended
from actograph.engine.node import NodeActor
from actograph.engine.phase import Phase
from actograph.engine.plan import NodePlan
from actograph.engine.saving import save_soon
from actograph.engine.task import Task, TaskState
from actograph.errors import TaskEvicted
from actograph.types import Interrupt

if TYPE_CHECKING:
    from actograph.actors import Address
    from actograph.engine.coordinator import Coordinator
    from actograph.engine.suspended import HeldRun

_PUSHED = (PUSH,)


class CallBook:
    """The calls of one task."""

    __slots__ = ("asked", "counter", "open", "postponed")

    def __init__(self) -> None:
        self.counter = itertools.count()
        """Goes on over the attempts of a node: what an attempt that failed had called is called again."""
        self.asked: dict[str, int] = {}
        """Ids of the questions of calls, with the place of the call."""
        self.open = 0
        """Calls that have not ended."""
        self.postponed: Suspended | None = None
        """The caller's word that it is suspended; it counts when all its calls have ended, with what these ask."""


class Call(Task):
    """One call of a `@task` function."""

    ended = False
    """The future has been told."""
    dropped = False
    """It is stopped because its root will be run again; how it ends is of no interest."""
    asking = 0
    """Questions whose answers it awaits in place."""
    outcomes: list[CallEnded] | None = None
    """Where the outcome goes while the run's loop stands still; see `alone`."""

    def __init__(self, caller: Task, node: NodePlan, index: int, given: Any) -> None:
        self.caller: Task = caller  # pyright: ignore[reportIncompatibleVariableOverride]
        self._root = caller.root
        self.made_in = caller.attempt
        """The caller's attempt: what a call of an earlier one asks is not asked any more."""
        self.future: asyncio.Future[Any] | CallFuture[Any]
        super().__init__(caller.run, node, (PUSH, caller.path, index, True), _PUSHED, caller.step, given)

    # Which run it belongs to, and what was answered, is known to the root: another run may have taken that over.

    @property
    def root(self) -> Task:
        """The planned task that it all began with."""
        return self._root

    @property
    def run(self) -> Coordinator:
        return self.root.run

    @run.setter
    def run(self, _: Coordinator) -> None:
        """It is the root's."""

    @property
    def held(self) -> HeldRun | None:  # type: ignore[override]
        return self.root.held

    @property
    def given_up(self) -> bool:  # type: ignore[override]
        return self.root.given_up

    @property
    def answers(self) -> dict[str, Any] | None:
        return self.root.answers

    @answers.setter
    def answers(  # pyright: ignore[reportIncompatibleVariableOverride]
        self, answers: dict[str, Any] | None
    ) -> None:
        self.root.answers = answers

    @property
    def expected(self) -> dict[str, Any] | None:  # type: ignore[override]
        return self.root.expected

    @property
    def checkpoint_ns(self) -> str:
        """Namespace of what runs inside this call: under that of its caller."""
        return f"{self.caller.checkpoint_ns}{NS_SEP}{self.name}{NS_END}{self.id}"

    @property
    def waiting(self) -> dict[str, tuple[Interrupt, asyncio.Future[Any]]] | None:
        return self._root.waiting

    @waiting.setter
    def waiting(  # pyright: ignore[reportIncompatibleVariableOverride]
        self, waiting: dict[str, tuple[Interrupt, asyncio.Future[Any]]] | None
    ) -> None:
        self._root.waiting = waiting

    async def ainterrupt(self, value: Any, key: str | None, schema: Any) -> Any:
        """The answer, awaited in place if all callers up to the root can be held with this call."""
        callers: list[Task] = []
        caller: Task | None = self
        while isinstance(caller, Call):
            if caller.outcomes is not None or not isinstance(caller.future, asyncio.Future):
                return self.interrupt(value, key, schema)  # a thread waits for it
            if caller.future.get_loop() is not self.run.loop:
                return self.interrupt(value, key, schema)
            caller = caller.caller
            assert caller is not None
            callers.append(caller)
        clocks = [one.clock for one in callers if one.clock is not None]
        for clock in clocks:
            clock.stand()
        self.asking += 1
        try:
            return await super().ainterrupt(value, key, schema)
        finally:
            self.asking -= 1
            for clock in clocks:
                clock.go_on()

    def tell(self, outcome: Any) -> None:
        """Tell the run how this call ended."""
        ended = CallEnded(self, outcome)
        if self.outcomes is not None:
            self.outcomes.append(ended)
            deliver(self, outcome)
        elif self.held is not None:
            self.held.release(self)
        elif not self.given_up:
            self.run.address.tell(ended)


# -- from the caller -----------------------------------------------------------------------------------------------------------------


def make_call(caller: Task, node: NodePlan, given: Any) -> asyncio.Future[Any] | CallFuture[Any]:
    """Begin a call of `node` with `given`, from the code of `caller`.

    Returns an asyncio future of the running loop, or outside of a loop one whose `result()` blocks. Raises RuntimeError when the caller
    has ended, TaskEvicted when it was given up.
    """
    if caller.held is not None:
        caller.held.release(caller)
    if caller.given_up:
        raise TaskEvicted(
            f"node {caller.name!r} was given up while its thread was paused: it cannot call {node.name!r}"
        )
    if caller.state is TaskState.DONE or caller.state is TaskState.FAILED:
        raise RuntimeError(
            f"node {caller.name!r} has ended: code that it left behind cannot call task {node.name!r}; await it in the node"
        )
    book: CallBook = caller.__dict__.get("calls") or caller.__dict__.setdefault("calls", CallBook())
    trace = caller.run.launch.trace
    call = Call(caller, node if trace is None else trace.observed(node), next(book.counter), given)
    call.context = copy_context()
    caller.stir()
    run = caller.run
    loop = asyncio._get_running_loop()
    future: asyncio.Future[Any] | CallFuture[Any]
    if loop is None:
        future = call.future = CallFuture()
    else:
        future = call.future = loop.create_future()
    outcomes = caller.outcomes if isinstance(caller, Call) else None
    if outcomes is not None or (loop is None and run.standing == threading.get_ident()):
        # The run's loop stands still until the node returns.
        _call_alone(run, call, outcomes)
        return future
    future.add_done_callback(partial(_on_future_done, call))
    if loop is run.loop:
        _register(run, call)
    elif run.phase is Phase.RUNNING:
        call_in(run.loop, _register, run, call)
    if run.phase is not Phase.RUNNING:
        # Code of a node that nobody waits for any more, in a thread: it must not wait either.
        call.ended = True
        future.cancel()
    return future


def _on_future_done(call: Call, future: Any) -> None:
    """The caller may have cancelled it: the call then stops."""
    if future.cancelled() and not call.ended:
        loop = call.run.loop
        if asyncio._get_running_loop() is loop:
            _cancel(call)
        else:
            call_in(loop, _cancel, call)


def _call_alone(run: Coordinator, call: Call, outcomes: list[CallEnded] | None) -> None:
    """Run a call to its end here and now. Its outcome, and those of the calls that it makes, are told to the run by the outermost."""
    stored = _stored_result(run, call)
    if stored is not None:
        call.writes = stored
        deliver(call, Completed(call))
        return
    call.outcomes = [] if outcomes is None else outcomes
    run_alone(call)
    if outcomes is None:
        for ended in call.outcomes:
            _show_start(run, ended.call)
            _count_in(run, ended.call)
            run.outstanding += 1
            ended.call.state = TaskState.RUNNING
            on_call_ended(run, ended)


# -- in the run's loop ---------------------------------------------------------------------------------------------------------------


def _register(run: Coordinator, call: Call) -> None:
    """Count a call in; it starts in the loop's next turn, or when there is room for it."""
    if run.phase is not Phase.RUNNING or run.stopping or call.future.cancelled():
        deliver(call, Ended(call))
        return
    stored = _stored_result(run, call)
    if stored is not None:
        call.writes = stored
        call.state = TaskState.DONE
        _show_start(run, call)
        deliver(call, Completed(call))
        return
    limit = run.launch.max_concurrency
    _count_in(run, call)  # first: its caller counts as waiting from now on, and may lend it the only place
    if limit is not None and working(run) >= limit:
        run.queue.append(call)
    else:
        # Not at once, even where that is possible: what the caller does before it waits comes first.
        run.outstanding += 1
        call.state = TaskState.RUNNING
        run.loop.call_soon(start_call, run, call)


def start_call(run: Coordinator, call: Call) -> None:
    """Start a call that is counted as running."""
    if call.future.cancelled() or run.phase is not Phase.RUNNING:
        run.address.tell(CallEnded(call, Ended(call)))
        return
    node = call.node
    _show_start(run, call)
    key = f"{node.name}()#{id(node)}"
    address = run.nodes.get(key)
    if address is None:
        address = run.nodes[key] = run.system.spawn(
            NodeActor(node), name=node.name, supervisor=node.supervisor, parent=run.address
        )
    call.home = address
    address.tell(call, context=call.context)


def _show_start(run: Coordinator, call: Call) -> None:
    if run.emit.tasks and not call.root.node.hidden:
        run.emit.started((call,))


def working(run: Coordinator) -> int:
    """How many tasks and calls do something other than waiting for calls of their own."""
    if not run.calls:
        return run.outstanding
    waiting = {call.caller for call in run.calls if call.caller.state is TaskState.RUNNING}
    return run.outstanding - len(waiting)


def _count_in(run: Coordinator, call: Call) -> None:
    if run.calls is None:
        run.calls = set()
    run.calls.add(call)
    _book(call).open += 1


def _stored_result(run: Coordinator, call: Call) -> list[tuple[str, Any]] | None:
    """What the call returned when its caller ran before."""
    left = run.left_writes.get(call.id) if run.left_writes else None
    if left is None:
        return None
    return [write for write in left if write[0] == RETURN] or None


def on_call_ended(run: Coordinator, message: CallEnded) -> None:
    """A call has ended: store its result, show it, and hand it to the caller."""
    call = message.call
    outcome = message.outcome
    if call.state is not TaskState.RUNNING:
        return
    run.outstanding -= 1
    waits = False
    if type(outcome) is Completed:
        call.state = TaskState.DONE
        if run.emit.ends and not call.root.node.hidden:
            run.emit.ended(call)
        if run.recorder is not None:
            save_soon(run, call)
            # What has to be stored before the next superstep is stored before the caller goes on.
            waits = run.recorder.durability == "sync"
    elif type(outcome) is Failed:
        call.state = TaskState.FAILED
        call.error = outcome.error
        if call.dropped:
            deliver(call, outcome)
            _count_out(run, call)
            return
        with contextlib.suppress(Exception):  # an error may refuse notes, e.g. a frozen dataclass
            outcome.error.add_note(f"During task with name {call.name!r} and id {call.id!r}, in superstep {call.step}")
        if run.emit.tasks and not call.root.node.hidden:
            run.emit.failed(call)
        if run.recorder is not None and isinstance(outcome.error, Exception):
            save_soon(run, call)
    elif type(outcome) is Suspended:
        call.state = TaskState.INTERRUPTED
        if call.made_in == call.caller.attempt:
            noted = {question.id for question in call.caller.raised}
            asked = tuple(question for question in call.raised if question.id not in noted)
            call.caller.raised = (*call.caller.raised, *asked)
            _book(call).asked.update((question.id, call.path[2]) for question in asked)
        if call.caller.state is TaskState.DONE and run.phase is Phase.RUNNING:
            _count_out(run, call)
            run.fail(unheard(call, call.raised[0]))
            return
    else:
        call.state = TaskState.PLANNED
    if waits and run.phase is Phase.RUNNING:
        run.undelivered = (*run.undelivered, (call, outcome))
    else:
        deliver(call, outcome)
    _count_out(run, call)


def _count_out(run: Coordinator, call: Call) -> None:
    if run.calls is not None:
        run.calls.discard(call)
    book = _book(call)
    book.open -= 1
    if book.open == 0 and book.postponed is not None:
        postponed, book.postponed = book.postponed, None
        sort_questions(call.caller)
        call.caller.tell(postponed)


def stop_calls(run: Coordinator) -> None:
    """Cancel the calls that still run, and let nobody wait for what will not be stored."""
    for call in tuple(run.calls or ()):
        _cancel(call)
    waiting, run.undelivered = run.undelivered, ()
    for call, _ in waiting:
        deliver(call, Ended(call))


def release_callers(run: Coordinator) -> None:
    """The run was cut off: nobody shall wait for its calls."""
    for call in (*(run.calls or ()), *(call for call, _ in run.undelivered)):
        deliver(call, Ended(call))


def _cancel(call: Call) -> None:
    run = call.run
    if call.state is TaskState.RUNNING or call.state is TaskState.WAITING:
        home: Address | None = call.__dict__.get("home")
        if home is not None:  # otherwise it starts in the loop's next turn, and sees then that it must not
            home.cancel_running(call)
    elif call.state is TaskState.PLANNED and run.calls and call in run.calls:
        with contextlib.suppress(ValueError):
            run.queue.remove(call)
        run.outstanding += 1
        call.state = TaskState.RUNNING
        run.address.tell(CallEnded(call, Ended(call)))


def previous_of(task: Task) -> Any:
    """What the thread's last run of the entrypoint saved; None in a graph, and in the first run."""
    if task.held is not None:
        return task.held.previous
    run = task.run
    return run.state.channels.read(PREVIOUS) if PREVIOUS in run.plan.channels else None


def _book(call: Call) -> CallBook:
    return cast(CallBook, call.caller.__dict__["calls"])
