"""What a run is started with: the caller's wishes, parsed once in the runtime root, in the engine's terms."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any

from actograph.checkpoint.base import BaseCheckpointSaver
from actograph.engine.plan import Plan
from actograph.types import Durability, Interrupt

if TYPE_CHECKING:
    from actograph.engine.task import Task


class Launch:
    """One run of one graph. Read-only once the run has started."""

    __slots__ = (
        "checkpoint_id",
        "checkpoint_ns",
        "config",
        "context",
        "durability",
        "identity",
        "input",
        "interrupt_after",
        "interrupt_before",
        "live",
        "max_concurrency",
        "metadata",
        "modes",
        "output_keys",
        "parent",
        "plan",
        "recursion_limit",
        "run_id",
        "saver",
        "store",
        "stream_keys",
        "sync",
        "thread_id",
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


class RunResult:
    """How a run ended: the values it shows, and what it waits for."""

    __slots__ = ("interrupts", "values")

    def __init__(self, values: Any, interrupts: tuple[Interrupt, ...] = ()) -> None:
        self.values = values
        self.interrupts = interrupts
