"""What listens to a run from outside, such as LangChain's callbacks: the engine tells it of the run, and hands it the nodes to wrap.

A run that nobody listens to has none. The async forms are for runs that the caller awaits, the others for those his thread drives.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

if TYPE_CHECKING:
    from actograph.engine.coordinator import Coordinator
    from actograph.engine.launch import RunResult
    from actograph.engine.plan import NodePlan
    from actograph.engine.task import Task

T = TypeVar("T")
Stop = Literal["pending", "interrupt_before", "interrupt_after"]


class Closing(Protocol):
    """Chunks, and how to stop before their end."""

    def __aiter__(self) -> AsyncIterator[Any]: ...

    async def aclose(self) -> None: ...


class Trace(Protocol):
    """Hears of one run."""

    result: RunResult | None
    """How the run ended; set by the engine."""

    def callbacks(self, task: Task) -> Any:
        """What a task hands to what it calls, so that it is heard of too."""
        ...

    def observed(self, node: NodePlan) -> NodePlan:
        """A node that does the same and is heard of."""
        ...

    def resumed(self, run: Coordinator) -> None:
        """The run goes on from a checkpoint instead of starting with an input."""
        ...

    def stopped(self, run: Coordinator, stop: Stop) -> None:
        """The run stops at questions, or at a static breakpoint."""
        ...

    def run(self, run: Callable[[], T]) -> T:
        """Call `run`, which runs the graph to its end and sets `result`."""
        ...

    async def arun(self, run: Callable[[], Awaitable[T]]) -> T:
        """Like `run`."""
        ...

    def chunks(self, chunks: Generator[Any, None, None]) -> Generator[Any, None, None]:
        """The chunks of the run on their way to its reader; reading them is running it."""
        ...

    def tapped(self, chunks: Closing) -> Any:
        """The chunks of a run that is streamed, for the reader and for those who read along; `abegin` comes before the first."""
        ...

    async def abegin(self) -> None:
        """The run begins to be streamed."""
        ...

    async def aend(self) -> None:
        """The streamed run has ended, and `result` is set."""
        ...

    async def afail(self, error: BaseException) -> None:
        """The streamed run has failed, or its reader has left."""
        ...
