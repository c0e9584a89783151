"""Handlers that hear when a graph pauses and goes on, beside what LangChain's callbacks hear of every run. Needs the extra `langchain`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar
from uuid import UUID

from actograph.pregel.langchain import runnable_class

runnable_class("actograph.callbacks")

from langchain_core.callbacks.base import BaseCallbackHandler, BaseCallbackManager  # noqa: E402
from langchain_core.callbacks.manager import handle_event  # noqa: E402

if TYPE_CHECKING:
    from actograph.checkpoint.base import RunnableConfig
    from actograph.types import Interrupt

__all__ = (
    "GraphCallbackHandler",
    "GraphInterruptEvent",
    "GraphLifecycleEvent",
    "GraphLifecycleStatus",
    "GraphResumeEvent",
    "get_async_graph_callback_manager_for_config",
    "get_sync_graph_callback_manager_for_config",
)

_ManagerT = TypeVar("_ManagerT", bound="_GraphCallbackManager")

GraphLifecycleStatus = Literal["input", "pending", "done", "interrupt_before", "interrupt_after", "out_of_steps"]
"""Where a run stands: "pending" when it waits for answers or goes on, the others when it stops at a breakpoint or has ended."""


@dataclass(frozen=True, slots=True)
class GraphInterruptEvent:
    """A run has paused."""

    run_id: UUID | None
    """The graph's chain run."""
    status: GraphLifecycleStatus
    checkpoint_id: str
    """The checkpoint that can be continued."""
    checkpoint_ns: tuple[str, ...]
    """The graph's place among the graphs around it: a `node:task_id` for each; empty for the outermost."""
    interrupts: tuple[Interrupt, ...]
    """The questions; none at a breakpoint."""


@dataclass(frozen=True, slots=True)
class GraphResumeEvent:
    """A run goes on from a checkpoint, instead of starting with an input."""

    run_id: UUID | None
    status: GraphLifecycleStatus
    checkpoint_id: str
    checkpoint_ns: tuple[str, ...]


GraphLifecycleEvent: TypeAlias = GraphInterruptEvent | GraphResumeEvent
"""What a handler hears of a pause or its end."""


class GraphCallbackHandler(BaseCallbackHandler):
    """Base of handlers that hear of pauses: override what is of interest, and pass one in `config["callbacks"]`.

    The methods may be async, whatever form the run has.
    """

    def on_interrupt(self, event: GraphInterruptEvent) -> Any:
        """The graph has paused, and its caller is about to be told."""

    def on_resume(self, event: GraphResumeEvent) -> Any:
        """The graph goes on, before the first of its nodes."""


def tell(handlers: Sequence[BaseCallbackHandler], event_name: str, event: GraphLifecycleEvent) -> None:
    """Call a method of those handlers that are graph handlers; what one raises is logged, or passed on if it wants that."""
    handle_event([one for one in handlers if isinstance(one, GraphCallbackHandler)], event_name, None, event)


class _GraphCallbackManager(BaseCallbackManager):
    """Tells graph handlers of pauses."""

    run_id: UUID | None = None

    def on_interrupt(self, event: GraphInterruptEvent) -> None:
        """Tell of a pause."""
        tell(self.handlers, "on_interrupt", event)

    def on_resume(self, event: GraphResumeEvent) -> None:
        """Tell of a run that goes on."""
        tell(self.handlers, "on_resume", event)


class _AsyncGraphCallbackManager(_GraphCallbackManager):
    """The same, for async runs."""

    @property
    def is_async(self) -> bool:
        """Whether it is for async runs."""
        return True


def get_sync_graph_callback_manager_for_config(
    config: RunnableConfig, *, run_id: UUID | None = None
) -> _GraphCallbackManager:
    """The graph handlers among the callbacks of `config`, as one manager for the run `run_id`."""
    return _manager(_GraphCallbackManager, config, run_id)


def get_async_graph_callback_manager_for_config(
    config: RunnableConfig, *, run_id: UUID | None = None
) -> _AsyncGraphCallbackManager:
    """Like `get_sync_graph_callback_manager_for_config`, for async runs."""
    return _manager(_AsyncGraphCallbackManager, config, run_id)


def _manager(kind: type[_ManagerT], config: RunnableConfig, run_id: UUID | None) -> _ManagerT:
    callbacks: Any = config.get("callbacks") or []
    handlers = callbacks.handlers if isinstance(callbacks, BaseCallbackManager) else callbacks
    manager = kind([handler for handler in handlers if isinstance(handler, GraphCallbackHandler)])
    manager.run_id = run_id
    return manager
