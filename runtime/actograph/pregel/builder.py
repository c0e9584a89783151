"""Nodes of low-level graphs, built step by step."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self

from actograph.pregel.read import PregelNode
from actograph.pregel.write import ChannelWrite, ChannelWriteEntry
from actograph.types import CachePolicy, RetryPolicy, TimeoutPolicy


class NodeBuilder:
    """Builds a node: `NodeBuilder().subscribe_only("a").do(function).write_to("b")`. Its methods return the builder."""

    __slots__ = (
        "_bound",
        "_cache_policy",
        "_channels",
        "_metadata",
        "_retry_policy",
        "_tags",
        "_timeout",
        "_triggers",
        "_writes",
    )

    def __init__(self) -> None:
        self._channels: str | list[str] = []
        self._triggers: list[str] = []
        self._tags: list[str] = []
        self._metadata: dict[str, Any] = {}
        self._writes: list[ChannelWriteEntry] = []
        self._bound: list[Any] = []
        self._retry_policy: list[RetryPolicy] = []
        self._cache_policy: CachePolicy[Any] | None = None
        self._timeout: TimeoutPolicy | None = None

    def subscribe_only(self, channel: str) -> Self:
        """Run when `channel` is written, and take its value. Raises ValueError when there is a subscription already."""
        if self._channels:
            raise ValueError(
                f"subscribe_only({channel!r}): the node is subscribed to {self._channels!r} already; take several with subscribe_to()"
            )
        self._channels = channel
        self._triggers.append(channel)
        return self

    def subscribe_to(self, *channels: str, read: bool = True) -> Self:
        """Run when one of `channels` is written. With `read` the node takes a dict with the values there are.

        Raises ValueError after `subscribe_only`.
        """
        self._triggers.extend(channels)
        if read:
            self._several("subscribe_to", channels).extend(channels)
        elif isinstance(self._channels, str):
            self._several("subscribe_to", channels)
        return self

    def read_from(self, *channels: str) -> Self:
        """Add the values of `channels` to the dict that the node takes, without being run by them. Raises ValueError after
        `subscribe_only`."""
        self._several("read_from", channels).extend(channels)
        return self

    def _several(self, method: str, channels: tuple[str, ...]) -> list[str]:
        if isinstance(self._channels, str):
            raise ValueError(
                f"{method}({', '.join(map(repr, channels))}): the node takes the value of {self._channels!r} alone; "
                f"use subscribe_to({self._channels!r}) to take a dict"
            )
        return self._channels

    def do(self, node: Any) -> Self:
        """Run this function, sync or async, or runnable; after those of earlier calls, with what they return."""
        self._bound.append(node)
        return self

    def write_to(self, *channels: str | ChannelWriteEntry, **kwargs: Any) -> Self:
        """Write what the node returns to `channels`.

        A keyword `channel=value` writes a fixed value, and `channel=function` what the function makes of the node's result. A
        `ChannelWriteEntry` says more.
        """
        self._writes += [ChannelWriteEntry(channel) if isinstance(channel, str) else channel for channel in channels]
        self._writes += [
            ChannelWriteEntry(channel, mapper=value) if callable(value) else ChannelWriteEntry(channel, value)
            for channel, value in kwargs.items()
        ]
        return self

    def meta(self, *tags: str, **metadata: Any) -> Self:
        """Add tags and metadata to the config that the node sees."""
        self._tags.extend(tags)
        self._metadata.update(metadata)
        return self

    def add_retry_policies(self, *policies: RetryPolicy) -> Self:
        """Try failed attempts again; the first policy that matches the failure counts."""
        self._retry_policy.extend(policies)
        return self

    def add_cache_policy(self, policy: CachePolicy[Any]) -> Self:
        """Keep results in the graph's cache."""
        self._cache_policy = policy
        return self

    def set_timeout(self, timeout: float | timedelta | TimeoutPolicy | None) -> Self:
        """Limit the time of one attempt, in seconds; async nodes only."""
        self._timeout = TimeoutPolicy.coerce(timeout)
        return self

    def build(self) -> PregelNode:
        """The node."""
        bound = self._bound
        return PregelNode(
            channels=self._channels if isinstance(self._channels, str) else list(self._channels),
            triggers=self._triggers,
            tags=list(self._tags),
            metadata=dict(self._metadata),
            writers=[ChannelWrite(self._writes)],
            bound=None if not bound else bound[0] if len(bound) == 1 else list(bound),
            retry_policy=list(self._retry_policy),
            cache_policy=self._cache_policy,
            timeout=self._timeout,
        )


__all__ = ("NodeBuilder",)
