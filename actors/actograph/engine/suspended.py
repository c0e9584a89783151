"""The registry of suspended tasks: coroutines that stand at `await ainterrupt(...)` while their thread is paused.

One registry per event loop. A task is continued in place only if nothing about its thread differs; otherwise it is given up, and the thread
goes on by replay. Held tasks are bounded by number and by time.
"""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from actograph.channels.base import MISSING
from actograph.checkpoint.journal import JournalledSaver, on_thread_dropped
from actograph.constants import PREVIOUS
from actograph.engine import workers
from actograph.engine.calls.parked import homes_of
from actograph.engine.entries import entry_of
from actograph.engine.environment import number
from actograph.engine.plan import Plan
from actograph.engine.streams.emitter import SILENT
from actograph.engine.task import Task, TaskState, alike

if TYPE_CHECKING:
    from actograph.engine.coordinator import Coordinator

ThreadKey = tuple[int, str, str]
"""Saver, thread, namespace."""

_registries: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Registry] = weakref.WeakKeyDictionary()
# Re-entrant: a collection while it is held may drop a graph, whose finalizer comes here.
_lock = threading.RLock()


class HeldTasks:
    """Bounds on the tasks that one event loop holds."""

    limit = int(number("ACTOGRAPH_HELD_TASKS", 10_000, "tasks"))
    """How many; the one held longest is given up for a new one."""
    seconds = number("ACTOGRAPH_HELD_SECONDS", 3600, "seconds")
    """How long."""


class _Nobody:
    """Takes what is said to a run that has ended."""

    __slots__ = ()

    def tell(self, message: Any) -> None:
        """Nothing a task does while it is held, or after it was given up, is recorded."""


class HeldRun:
    """Stands in for the run that a held task belonged to, with only what the task may still ask of it."""

    __slots__ = ("launch", "loop", "origin", "previous", "recorder", "step", "stop_at", "stopping")

    address = _Nobody()
    emit = SILENT
    spare_answer = MISSING
    bare_answer = None
    altered = False
    resumed = False
    rerun_paused = True
    alone = False
    lineage: Mapping[str, str] = {}

    def __init__(self, run: Coordinator) -> None:
        self.launch = run.launch
        self.loop = run.loop
        self.origin = run.origin
        # A journal keeps what it encoded last; one of ours is opened again in the rare case that it is needed.
        self.recorder = None if isinstance(run.launch.saver, JournalledSaver) else run.recorder
        self.step = run.step
        self.stop_at = run.stop_at
        self.stopping = False
        self.previous = run.state.channels.read(PREVIOUS) if PREVIOUS in run.plan.channels else None
        """What the entrypoint's last run saved."""

    @property
    def plan(self) -> Plan:
        """The graph."""
        return self.launch.plan

    def emit_from(self, task: Task, mode: str, payload: Any) -> None:
        """Keep the chunk for the run that resumes the task."""
        if task.held:
            task.keep_for_next_run(mode, payload)

    def add_questions(self, task: Task) -> None:
        """The task asked more while its thread is paused: the stored checkpoint lists that too."""
        entry = entry_of(task.root, self.origin)
        launch = self.launch
        if self.recorder is not None:
            self.recorder.writes([entry])
        elif isinstance(launch.saver, JournalledSaver) and launch.thread_id is not None:
            journal = launch.saver.open_journal(
                thread_id=launch.thread_id,
                checkpoint_ns=launch.checkpoint_ns,
                run_id=launch.run_id or self.origin,
                loop=self.loop,
            )
            journal.commit(writes=[entry])

    def release(self, task: Task) -> None:
        """The task's own time-out fired: it is given up, and its thread goes on by replay."""
        Registry.of(self.loop).drop(task.root)

    async def call_blocking(self, task: Task, segment: Callable[[Task, Any], Any], value: Any) -> Any:
        """Run a blocking segment in a worker thread."""
        assert task.context is not None
        return await workers.WORKERS.call(task.context.copy(), segment, task, value)


class _Held:
    __slots__ = ("identity", "origin", "since", "task")

    def __init__(self, task: Task, identity: Hashable) -> None:
        self.task = task
        self.origin = task.run.origin
        self.identity = identity
        self.since = monotonic()


class Registry:
    """Held tasks of one event loop, by thread."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = weakref.ref(loop)
        self._threads: dict[ThreadKey, dict[str, _Held]] = {}
        self._nested: dict[tuple[int, str], set[str]] = {}
        """Namespaces of sub-graphs that have held tasks, by saver and thread."""
        self._ages: OrderedDict[int, _Held] = OrderedDict()
        self._timer: asyncio.TimerHandle | None = None
        self.evicted = 0
        """Tasks given up so far."""

    @classmethod
    def of(cls, loop: asyncio.AbstractEventLoop) -> Registry:
        """The registry of `loop`."""
        registry = _registries.get(loop)
        if registry is None:
            with _lock:
                registry = _registries.setdefault(loop, cls(loop))
        return registry

    def __len__(self) -> int:
        return len(self._ages)

    def hold(self, task: Task) -> None:
        """Keep a task whose thread pauses."""
        launch = task.run.launch
        held = _Held(task, _identity(task.run))
        task.held = HeldRun(task.run)
        # The coroutine reaches its run through this one attribute, so the stand-in has to take the run's place there.
        task.run = cast("Coordinator", task.held)
        key = _thread_of(task)
        of = self._threads.setdefault(key, {})
        if task.id in of:
            # Two runs went on from one checkpoint at once: one coroutine is enough.
            self.evict(of[task.id].task)
            of = self._threads.setdefault(key, {})
        of[task.id] = held
        if launch.checkpoint_ns:
            self._nested.setdefault(key[:2], set()).add(launch.checkpoint_ns)
        self._ages[id(task)] = held
        while len(self._ages) > max(HeldTasks.limit, 0):
            self.evict(next(iter(self._ages.values())).task)
        if self._timer is None and self._ages and launch.saver is not None:
            self._arm()

    def take(self, run: Coordinator, planned: Task) -> Task | None:
        """The held task that `planned` continues, handed to `run`; None when there is none, or it has to be replayed."""
        of = self._threads.get(_thread_of(planned))
        held = of.get(planned.id) if of is not None else None
        if held is None:
            return None
        task = held.task
        same = (
            held.origin == run.origin
            and not run.altered
            and task.run.plan is run.plan
            and alike(held.identity, _identity(run), unsure=False)
            and task.state is TaskState.WAITING
        )
        if not same:
            self.evict(task)
            return None
        self._forget(task)
        task.held = None
        task.run = run
        return task

    def reconcile(self, run: Coordinator, *, afresh: bool = False) -> None:
        """Give up what a thread held before it moved on; all of it when the run starts `afresh`."""
        launch = run.launch
        if launch.saver is None or launch.thread_id is None:
            return
        thread = (id(launch.saver), launch.thread_id)
        all_of_it = afresh or run.altered
        of = self._threads.get((*thread, launch.checkpoint_ns))
        if of:
            for held in list(of.values()):
                if all_of_it or held.origin != run.origin:
                    self.evict(held.task)
        if thread not in self._nested:
            return
        for namespace in self._nested[thread] - {launch.checkpoint_ns}:
            for held in list(self._threads[(*thread, namespace)].values()):
                origin = _origin_around(held.task, launch.checkpoint_ns)
                if origin is not None and (all_of_it or origin != run.origin):
                    self.evict(held.task)

    def drop(self, task: Task) -> None:
        """A held task stopped by itself: forget it; nothing it does now is recorded."""
        if id(task) in self._ages:
            self.evicted += 1
            self._forget(task)
        task.held = None
        task.given_up = True
        task.run.stopping = True
        for home in homes_of(task):
            home.stop()

    def evict(self, task: Task) -> None:
        """Give a held task up: `TaskEvicted` is raised where it waits."""
        if id(task) not in self._ages:
            return
        self.drop(task)
        task.home.cancel_running(task)
        for call in task.parked:
            call.home.cancel_running(call)

    def evict_where(
        self, *, thread: tuple[int, str] | None = None, plan: Plan | None = None
    ) -> list[asyncio.Task[Any]]:
        """Give up the held tasks of a thread, or of a graph; returns their asyncio tasks, to be waited for."""
        ended = []
        for held in list(self._ages.values()):
            task = held.task
            if (thread is None or _thread_of(task)[:2] == thread) and (plan is None or _is_part_of(task, plan)):
                ended += [
                    running
                    for home in homes_of(task)
                    for message, running in home.running()
                    if message is task or message in task.parked
                ]
                self.evict(task)
        return ended

    def in_loop(self) -> bool:
        """Whether the caller is in this registry's loop."""
        try:
            return asyncio.get_running_loop() is self._loop()
        except RuntimeError:
            return False

    def _forget(self, task: Task) -> None:
        self._ages.pop(id(task), None)
        key = _thread_of(task)
        of = self._threads.get(key)
        if of is not None:
            of.pop(task.id, None)
            if not of:
                del self._threads[key]
                nested = self._nested.get(key[:2])
                if nested is not None:
                    nested.discard(key[2])
                    if not nested:
                        del self._nested[key[:2]]

    def _arm(self) -> None:
        loop = self._loop()
        if loop is not None and self._ages:
            oldest = next(iter(self._ages.values()))
            self._timer = loop.call_later(max(0.0, oldest.since + HeldTasks.seconds - monotonic()) + 0.01, self._expire)

    def _expire(self) -> None:
        self._timer = None
        deadline = monotonic() - HeldTasks.seconds
        for held in list(self._ages.values()):
            if held.since > deadline:
                break
            self.evict(held.task)
        self._arm()


def evict_everywhere(*, thread: tuple[int, str] | None = None, plan: Plan | None = None) -> None:
    """Give up held tasks in every loop of the process; from any thread."""
    with _lock:
        registries = list(_registries.items())
    for loop, registry in registries:
        if len(registry) == 0 or loop.is_closed():
            continue
        if registry.in_loop():
            registry.evict_where(thread=thread, plan=plan)
        else:
            try:
                loop.call_soon_threadsafe(partial(registry.evict_where, thread=thread, plan=plan))
            except RuntimeError:
                continue  # closed meanwhile: its tasks ended with it


def _thread_of(task: Task) -> ThreadKey:
    launch = task.run.launch
    return (id(launch.saver), launch.thread_id or "", launch.checkpoint_ns)


def _origin_around(task: Task, namespace: str) -> str | None:
    """The checkpoint on which the run in `namespace`, one of those around a task, called what the task is a part of; None if it is not."""
    parent = task.run.launch.parent
    while parent is not None:
        if parent.run.launch.checkpoint_ns == namespace:
            return parent.run.origin
        parent = parent.run.launch.parent
    return None


def _is_part_of(task: Task, plan: Plan) -> bool:
    """Whether a task is one of a graph, or of a sub-graph called in it."""
    around: Task | None = task
    while around is not None:
        if around.run.plan is plan:
            return True
        around = around.run.launch.parent
    return False


def _identity(run: Coordinator) -> Hashable:
    return run.launch.identity() if run.launch.identity is not None else None


on_thread_dropped(lambda saver, thread_id: evict_everywhere(thread=(id(saver), thread_id)))
