"""What a run is started with: the caller's wishes, parsed once in the runtime root, in the engine's terms."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any

from actograph.checkpoint.base import BaseCheckpointSaver
from actograph.engine.plan import Plan
from actograph.types import Durability, Interrupt

if TYPE_CHECKING:
    from actograph.engine.task import Task
    from actograph.engine.trace import Trace


class Replay:
    """A run that goes on from a checkpoint of the past: what sub-graphs with a memory of their own find, each when it is first called."""

    __slots__ = ("afresh", "floor", "visited")

    def __init__(self) -> None:
        self.floor: str | None = None
        """Sub-graphs see what they had stored before this checkpoint was made."""
        self.afresh = False
        """Its tasks run again, whatever they had left there: so do the sub-graphs that they call."""
        self.visited: set[str] = set()

    def first_visit(self, namespace: str) -> bool:
        """Whether nobody has called the sub-graph yet in this run; said once."""
        if namespace in self.visited:
            return False
        self.visited.add(namespace)
        return True


class Launch:
    """One run of one graph. Read-only once the run has started."""

    __slots__ = (
        "cache",
        "call",
        "checkpoint_id",
        "checkpoint_ns",
        "config",
        "context",
        "control",
        "durability",
        "holds",
        "identity",
        "inherits",
        "input",
        "interrupt_after",
        "interrupt_before",
        "live",
        "max_concurrency",
        "metadata",
        "modes",
        "nested",
        "output_keys",
        "parent",
        "parents",
        "plan",
        "prelude",
        "recursion_limit",
        "replay",
        "run_id",
        "saver",
        "step_timeout",
        "store",
        "stream_keys",
        "subgraphs",
        "sync",
        "thread_id",
        "trace",
    )

    def __init__(
        self,
        *,
        plan: Plan,
        input: Any,
        config: Mapping[str, Any],
        recursion_limit: int,
        context: Any = None,
        store: Any = None,
        saver: BaseCheckpointSaver[Any] | None = None,
        thread_id: str | None = None,
        checkpoint_ns: str = "",
        checkpoint_id: str | None = None,
        durability: Durability = "async",
        modes: frozenset[str] = frozenset(),
        subgraphs: bool = False,
        nested: Callable[[Any], bool] | None = None,
        output_keys: str | list[str] | tuple[str, ...],
        stream_keys: str | list[str] | tuple[str, ...],
        interrupt_before: str | frozenset[str] = frozenset(),
        interrupt_after: str | frozenset[str] = frozenset(),
        metadata: Mapping[str, Any] | None = None,
        sync: bool = False,
        live: bool = False,
        max_concurrency: int | None = None,
        run_id: str | None = None,
        identity: Callable[[], Hashable] | None = None,
        parent: Task | None = None,
        call: int = 0,
        inherits: BaseCheckpointSaver[Any] | None = None,
        parents: Mapping[str, str] | None = None,
        replay: Replay | None = None,
        holds: bool = True,
        cache: Any = None,
        control: Any = None,
        step_timeout: float | None = None,
        prelude: Callable[[], object] | None = None,
        trace: Trace | None = None,
    ) -> None:
        self.plan = plan
        self.input = input
        self.config = config
        """The caller's config: the engine hands it on and does not look inside."""
        self.context = context
        self.store = store
        self.saver = saver
        self.thread_id = thread_id
        self.checkpoint_ns = checkpoint_ns
        self.checkpoint_id = checkpoint_id
        """The checkpoint to go on from, when the caller named one."""
        self.recursion_limit = recursion_limit
        self.durability: Durability = durability
        self.modes = modes
        self.subgraphs = subgraphs
        """Whether the reader wants the chunks of graphs called in nodes too."""
        self.nested = nested
        """Tells of a node's code whether it calls a graph that keeps a state."""
        self.output_keys = output_keys
        """What the result is made of."""
        self.stream_keys = stream_keys
        """What "values" and "updates" chunks are made of."""
        self.interrupt_before = interrupt_before
        self.interrupt_after = interrupt_after
        self.metadata = metadata or {}
        """Goes into every checkpoint's metadata."""
        self.sync = sync
        """Whether the caller's thread drives the loop, so that a lone sync node can run in it."""
        self.live = live
        """Whether chunks must reach the reader while a node runs."""
        self.max_concurrency = max_concurrency
        self.run_id = run_id
        self.identity = identity
        """Equal for two runs whose nodes could not tell them apart: the context and configurable values."""
        self.parent = parent
        """The task of another run that called this graph, and pauses, fails and is answered with it; None for a run of its own."""
        self.call = call
        """How many graphs that task had called before this one."""
        self.inherits = inherits
        """What keeps the state of graphs that are called in this run's nodes."""
        self.parents = parents or {}
        """Checkpoint by namespace: of the runs around this one, and, going on from a sub-graph's checkpoint, of that sub-graph."""
        self.replay = replay
        self.holds = holds
        """Whether a task may await its answer in place while the thread is paused."""
        self.cache = cache
        """Results of nodes that say how theirs are cached."""
        self.control = control
        """Through which the run may be asked to stop; a node that asks for it when there is none makes one."""
        self.step_timeout = step_timeout
        """Seconds that a superstep may take."""
        self.prelude = prelude
        """Runs in the context that the nodes of a superstep get copies of."""
        self.trace = trace
        """Hears of the run and its tasks, for callbacks; None when nobody listens."""


class RunResult:
    """How a run ended: the values it shows, and what it waits for."""

    __slots__ = ("interrupts", "paused", "values")

    def __init__(self, values: Any, interrupts: tuple[Interrupt, ...] = (), *, paused: bool = False) -> None:
        self.values = values
        self.interrupts = interrupts
        self.paused = paused
        """It stopped at questions or at a breakpoint, and can go on."""
