"""A node of a graph, as its maker or reader sees it: what triggers it, what it reads, runs and writes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from actograph.pregel.write import ChannelWrite
from actograph.types import CachePolicy, RetryPolicy, TimeoutPolicy

if TYPE_CHECKING:
    from actograph.pregel.main import Pregel


class PregelNode:
    """A node. Made by `NodeBuilder.build`; `Pregel.nodes` has one for each node of a graph."""

    def __init__(
        self,
        *,
        channels: str | list[str],
        triggers: Sequence[str],
        mapper: Callable[[Any], Any] | None = None,
        writers: Sequence[ChannelWrite] | None = None,
        tags: Sequence[str] | None = None,
        metadata: Mapping[str, Any] | None = None,
        trace_policy: Any = None,
        bound: Any = None,
        retry_policy: RetryPolicy | Sequence[RetryPolicy] | None = None,
        cache_policy: CachePolicy[Any] | None = None,
        is_error_handler: bool = False,
        error_handler_node: str | None = None,
        subgraphs: Sequence[Pregel[Any, Any, Any, Any]] | None = None,
        timeout: float | timedelta | TimeoutPolicy | None = None,
    ) -> None:
        """
        Parameters:
            channels: a channel whose value the node takes, or a list of those that it takes as a dict.
            triggers: the channels that make it run when they are written.
            mapper: makes the node's input of what was read.
            writers: what is written of the node's result.
            tags, metadata: added to the config that the node sees.
            bound: the node's code; a list is run in sequence; None returns the input.
            retry_policy, cache_policy, timeout, trace_policy: as for nodes of a `StateGraph`.
            subgraphs: graphs that the code calls, where they cannot be found in it.
        """
        self.channels = channels
        self.triggers = list(triggers)
        self.mapper = mapper
        self.writers = list(writers or ())
        self.tags = tags
        self.metadata = metadata
        self.trace_policy = trace_policy
        self.bound = bound
        self.retry_policy: Sequence[RetryPolicy] | None = (
            (retry_policy,) if isinstance(retry_policy, RetryPolicy) else retry_policy
        )
        self.cache_policy = cache_policy
        self.is_error_handler = is_error_handler
        self.error_handler_node = error_handler_node
        self.timeout = TimeoutPolicy.coerce(timeout)
        self._subgraphs = subgraphs

    @property
    def subgraphs(self) -> list[Any]:
        """The graph that the code calls, as far as that can be found in it; or those that the node was made with."""
        if self._subgraphs is not None:
            return list(self._subgraphs)
        from actograph.pregel.nested import graphs_in

        return list(graphs_in(self.bound))[:1]

    def copy(self, update: dict[str, Any]) -> PregelNode:
        """The same node with some parts replaced."""
        parts = {**self.__dict__, "subgraphs": self._subgraphs, **update}
        del parts["_subgraphs"]
        return PregelNode(**parts)

    @property
    def flat_writers(self) -> list[ChannelWrite]:
        """The writers as one."""
        return [ChannelWrite([entry for writer in self.writers for entry in writer.writes])] if self.writers else []

    def __repr__(self) -> str:
        return f"PregelNode(channels={self.channels!r}, triggers={self.triggers!r}, bound={self.bound!r})"


__all__ = ("PregelNode",)
