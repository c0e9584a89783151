"""What readers see of a run, by the modes they asked for.

A run made inside a node has two kinds of readers: its own caller, and those of the runs around it that asked for sub-graphs too. Chunks are
`(namespace, mode, payload)`. A mode that nobody reads costs a test of one attribute.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar

from actograph.constants import INTERRUPT, NS_SEP
from actograph.engine.launch import Launch
from actograph.engine.loops import call_in
from actograph.engine.nesting.subgraph import checkpoint_config
from actograph.engine.phase import Phase
from actograph.engine.state import State
from actograph.engine.streams.outlet import Outlet
from actograph.engine.streams.views import checkpoint_of, config_at, end_of, start_of, update_of
from actograph.engine.task import Task

if TYPE_CHECKING:
    from actograph.checkpoint.base import CheckpointTuple, RunnableConfig
    from actograph.engine.coordinator import Coordinator

Namespace = tuple[str, ...]
Chunk = tuple[Namespace, str, Any]
Target = Callable[[Chunk], None]
Reader = tuple[frozenset[str], Outlet]
"""The modes that somebody asked for, and where the chunks wait for him."""
BY_NODES = frozenset(("custom", "messages"))
"""Modes whose chunks nodes make while they run."""


class Emitter:
    """Turns events of a run into chunks for its readers. The flags tell whether anybody wants them."""

    # Class-level defaults: a run that nobody streams makes nothing here.
    values: Target | None = None
    updates: Target | None = None
    wanted: frozenset[str] = frozenset()
    """Modes that anybody reads."""
    tasks = False
    """Somebody hears of the starts and ends of tasks."""
    ends = False
    """Somebody hears when a task ends: of its update, or of its end."""
    checkpoints = False
    """Somebody sees the checkpoints."""
    inward: tuple[Reader, ...] = ()
    """Readers of the runs made inside this one."""
    ns: Namespace = ()
    _targets: ClassVar[Mapping[str, Target]] = {}

    def __init__(self, launch: Launch, outlet: Outlet) -> None:
        parent = launch.parent
        outer = parent.run.emit.inward if parent is not None else ()
        if launch.modes or outer:
            self._open(launch, outlet, outer)

    def _open(self, launch: Launch, outlet: Outlet, outer: tuple[Reader, ...]) -> None:
        modes = launch.modes
        self.ns = namespace_of(launch)
        self._inside = launch.parent is not None
        self.inward = (*outer, (modes, outlet)) if launch.subgraphs and modes else outer
        self._keys = launch.stream_keys
        self.wanted = modes.union(*(wanted for wanted, _ in outer))
        targets = self._targets = {mode: _target(mode, modes, outlet, outer) for mode in self.wanted}  # type: ignore[misc]
        self.values = targets.get("values")
        self.updates = targets.get("updates")
        self.tasks = "tasks" in targets or "debug" in targets
        self.ends = self.tasks or self.updates is not None
        self.checkpoints = launch.saver is not None and ("checkpoints" in targets or "debug" in targets)
        self._metadata: Mapping[str, Any] = {}
        self._parent: RunnableConfig | None = None

    def push(self, mode: str, payload: Any, inside: Task | None = None) -> None:
        """A chunk of any mode, for those who read it; `inside` is the task below whose namespace it was made, if not in the graph's own."""
        target = self._targets.get(mode)
        if target is not None:
            target((self.ns if inside is None else tuple(inside.checkpoint_ns.split(NS_SEP)), mode, payload))

    # -- values and updates --------------------------------------------------------------------------------------------------------

    def state(self, state: State) -> None:
        """The values of the state."""
        if self.values is not None:
            self.values((self.ns, "values", state.channels.read(self._keys)))

    def update(self, task: Task) -> None:
        """What a task wrote."""
        if task.node.hidden or self.updates is None:
            return
        chunk: dict[str, Any] = {task.name: update_of(task.writes, self._keys)}
        if task.cached:
            chunk["__metadata__"] = {"cached": True}
        self.updates((self.ns, "updates", chunk))

    def interrupts(self, task: Task, state: State) -> None:
        """The questions of a task that waits."""
        questions = task.questions
        if not questions:
            # A graph called in it stands at a breakpoint.
            self.breakpoint()
            return
        if self.updates is not None:
            self.updates((self.ns, "updates", {INTERRUPT: questions}))
        if self.values is not None:
            values = state.channels.read(self._keys)
            shown = {**values, INTERRUPT: questions} if isinstance(values, dict) else {INTERRUPT: questions}
            self.values((self.ns, "values", shown))
        if self.tasks:
            self._end(task, None)

    def breakpoint(self) -> None:
        """The run, or one inside it, stops at a static breakpoint: said by the outermost run alone."""
        if self.updates is not None and not self._inside:
            self.updates((self.ns, "updates", {INTERRUPT: ()}))

    # -- tasks ---------------------------------------------------------------------------------------------------------------------

    def started(self, tasks: Iterable[Task]) -> None:
        """Tasks that are sent off."""
        for task in tasks:
            if not task.node.hidden:
                self._tell("tasks", "task", task.step, start_of(task))

    def ended(self, task: Task) -> None:
        """A task has done its work."""
        self.update(task)
        if self.tasks and not task.cached:
            self._end(task, None)

    def failed(self, task: Task) -> None:
        """A task has failed for good."""
        if self.tasks and isinstance(task.error, Exception):
            self._end(task, task.error)

    def _end(self, task: Task, error: BaseException | None) -> None:
        if not task.node.hidden:
            self._tell("tasks", "task_result", task.step, end_of(task, error))

    # -- checkpoints ---------------------------------------------------------------------------------------------------------------

    def loaded(self, stored: CheckpointTuple) -> None:
        """The run goes on from a stored checkpoint."""
        self._metadata = stored.metadata
        parent = stored.parent_config
        parents = stored.metadata.get("parents")
        if parent is not None and parents:
            place = parent.get("configurable", {})
            parent = checkpoint_config(
                place["thread_id"], place.get("checkpoint_ns", ""), place["checkpoint_id"], parents
            )
        self._parent = parent

    def saved(self, launch: Launch, metadata: Mapping[str, Any], parent: str | None) -> None:
        """The run makes a checkpoint that follows `parent`."""
        self._metadata = {key: metadata[key] for key in ("source", "step", "parents")}
        self._parent = None if parent is None else config_at(launch, self._metadata["parents"], parent)

    def checkpoint(self, run: Coordinator, tasks: Sequence[Task]) -> None:
        """The checkpoint that the next superstep starts from, with its tasks."""
        payload = checkpoint_of(run, tasks, self._metadata, self._parent)
        self._tell("checkpoints", "checkpoint", run.step - 1, payload)

    def _tell(self, mode: str, kind: str, step: int, payload: Any) -> None:
        self.push(mode, payload)
        if "debug" in self.wanted:
            self.push(
                "debug",
                {"step": step, "timestamp": datetime.now(UTC).isoformat(), "type": kind, "payload": payload},
            )


SILENT = object.__new__(Emitter)
"""Nobody reads."""


def namespace_of(launch: Launch) -> Namespace:
    """Where a run is among the graphs around it: a `node:task_id` for each, and the number of the call for a task's second one on."""
    return tuple(launch.checkpoint_ns.split(NS_SEP)) if launch.checkpoint_ns else ()


def _target(mode: str, modes: frozenset[str], outlet: Outlet, outer: tuple[Reader, ...]) -> Target:
    """Where chunks of a mode go: to the run's own reader, and to those around. What a node writes itself goes no further than to a reader
    of its own run; it comes from any thread, and may be too much."""
    if mode in BY_NODES:
        puts = [outlet.offer] if mode in modes else []
        if mode != "custom" or not puts:
            puts += [reader.offer for wanted, reader in outer if mode in wanted]
    else:
        puts = [outlet.push] if mode in modes else []
        puts += [reader.put for wanted, reader in outer if mode in wanted]
    if len(puts) == 1:
        return puts[0]

    def to_all(chunk: Chunk) -> None:
        for put in puts:
            put(chunk)

    return to_all


# -- chunks that nodes make ------------------------------------------------------------------------------------------------------------


def emit_from(run: Coordinator, task: Task, mode: str, payload: Any) -> None:
    """Send what a node made to those who read the mode; from any thread. Raises StreamOverflow when they are too far behind."""
    if task.held is not None:
        _keep(run, task, mode, payload)
    elif mode in run.emit.wanted and run.phase is Phase.RUNNING:
        # What a call of a `@task` writes comes from inside its caller, as in LangGraph; its messages come from the graph.
        run.emit.push(mode, payload, task.caller if mode == "custom" else None)


def _keep(run: Coordinator, task: Task, mode: str, payload: Any) -> None:
    """Keep a chunk of a task that is held; from any thread."""
    if threading.get_ident() == run.thread:
        task.keep_for_next_run(mode, payload)
    else:
        call_in(run.loop, task.keep_for_next_run, mode, payload)
