"""What every graph can do, wherever it runs: the interface that code with a graph as a parameter may ask for."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, Self

from actograph.pregel.base import Config
from actograph.typing import ContextT, InputT, OutputT, StateT

if TYPE_CHECKING:
    from actograph.checkpoint.base import RunnableConfig
    from actograph.pregel.drawing import Graph
    from actograph.pregel.shapes import Modes, Version
    from actograph.types import All, Command, StateSnapshot, StateUpdate, StreamMode

StreamChunk = tuple[tuple[str, ...], str, Any]
"""Namespace, mode and payload."""


class PregelProtocol(ABC, Generic[StateT, ContextT, InputT, OutputT]):
    """A graph: it can be run and streamed, its threads looked into and changed, and it can be drawn. `Pregel` is the one that runs here."""

    @abstractmethod
    def with_config(self, config: Config | None = None, **kwargs: Any) -> Self:
        """The same graph with a config that every run starts from."""

    @abstractmethod
    def get_graph(self, config: Config | None = None, *, xray: int | bool = False) -> Graph:
        """The picture of the graph."""

    @abstractmethod
    async def aget_graph(self, config: Config | None = None, *, xray: int | bool = False) -> Graph:
        """The picture of the graph."""

    @abstractmethod
    def get_state(self, config: Config, *, subgraphs: bool = False) -> StateSnapshot:
        """The state of a thread."""

    @abstractmethod
    async def aget_state(self, config: Config, *, subgraphs: bool = False) -> StateSnapshot:
        """The state of a thread."""

    @abstractmethod
    def get_state_history(
        self,
        config: Config,
        *,
        filter: dict[str, Any] | None = None,
        before: Config | None = None,
        limit: int | None = None,
    ) -> Iterator[StateSnapshot]:
        """The states of a thread, newest first."""

    @abstractmethod
    def aget_state_history(
        self,
        config: Config,
        *,
        filter: dict[str, Any] | None = None,
        before: Config | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[StateSnapshot]:
        """The states of a thread, newest first."""

    @abstractmethod
    def bulk_update_state(self, config: Config, supersteps: Sequence[Sequence[StateUpdate]]) -> RunnableConfig:
        """Change the state of a thread, one superstep for each inner sequence."""

    @abstractmethod
    async def abulk_update_state(self, config: Config, supersteps: Sequence[Sequence[StateUpdate]]) -> RunnableConfig:
        """Change the state of a thread, one superstep for each inner sequence."""

    @abstractmethod
    def update_state(
        self, config: Config, values: dict[str, Any] | Any | None, as_node: str | None = None
    ) -> RunnableConfig:
        """Change the state of a thread as if a node had returned `values`."""

    @abstractmethod
    async def aupdate_state(
        self, config: Config, values: dict[str, Any] | Any | None, as_node: str | None = None
    ) -> RunnableConfig:
        """Change the state of a thread as if a node had returned `values`."""

    @abstractmethod
    def stream(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        context: ContextT | None = None,
        stream_mode: Modes | None = None,
        interrupt_before: All | Sequence[str] | None = None,
        interrupt_after: All | Sequence[str] | None = None,
        subgraphs: bool = False,
        version: Version = "v1",
    ) -> Iterator[Any]:
        """Run the graph and yield its chunks."""

    @abstractmethod
    def astream(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        context: ContextT | None = None,
        stream_mode: Modes | None = None,
        interrupt_before: All | Sequence[str] | None = None,
        interrupt_after: All | Sequence[str] | None = None,
        subgraphs: bool = False,
        version: Version = "v1",
    ) -> AsyncIterator[Any]:
        """Run the graph and yield its chunks."""

    @abstractmethod
    def invoke(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        context: ContextT | None = None,
        interrupt_before: All | Sequence[str] | None = None,
        interrupt_after: All | Sequence[str] | None = None,
        version: Version = "v1",
    ) -> Any:
        """Run the graph and return its output."""

    @abstractmethod
    async def ainvoke(
        self,
        input: InputT | Command[Any] | None,
        config: Config | None = None,
        *,
        context: ContextT | None = None,
        interrupt_before: All | Sequence[str] | None = None,
        interrupt_after: All | Sequence[str] | None = None,
        version: Version = "v1",
    ) -> Any:
        """Run the graph and return its output."""


class StreamProtocol:
    """Takes the chunks of a stream."""

    __slots__ = ("__call__", "modes")

    modes: set[StreamMode]
    """The modes whose chunks it wants."""
    __call__: Callable[[StreamChunk], None]
    """Takes one chunk."""

    def __init__(self, __call__: Callable[[StreamChunk], None], modes: set[StreamMode]) -> None:
        self.modes = modes
        self.__call__ = __call__


__all__ = ("PregelProtocol", "StreamProtocol")
