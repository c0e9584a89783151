"""The interface of savers: what a graph calls to store and read checkpoints."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from typing import Any, Generic, NoReturn, TypeVar

from actograph.checkpoint.base.types import (
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    DeltaChannelHistory,
    PendingWrite,
    RunnableConfig,
)
from actograph.checkpoint.serde.base import SerializerProtocol, maybe_add_typed_methods
from actograph.checkpoint.serde.jsonplus import JsonPlusSerializer

__all__ = ("BaseCheckpointSaver",)

V = TypeVar("V", int, float, str)


class BaseCheckpointSaver(Generic[V]):
    """Base of savers. A subclass offers the sync methods, the async ones (named `a...`), or both; a graph uses what is there.

    The two sides are not bridged: a method that a saver lacks raises NotImplementedError, which names it.

    `config["configurable"]` says which checkpoint is meant: `thread_id` (required), `checkpoint_ns` (default `""`, the root graph) and
    `checkpoint_id` (default: the newest).

    Parameters:
        serde: how values become bytes; a `JsonPlusSerializer` of its own by default. Serializers with only `dumps` and `loads` are adapted.
    """

    serde: SerializerProtocol = JsonPlusSerializer()

    def __init__(self, *, serde: SerializerProtocol | None = None) -> None:
        self.serde = JsonPlusSerializer() if serde is None else maybe_add_typed_methods(serde)

    def _lacks(self, method: str) -> NoReturn:
        twin = method[1:] if method.startswith("a") else f"a{method}"
        raise NotImplementedError(
            f"{type(self).__name__} has no method {method}(); write it in that class, or use a saver that has it. (Sync and async methods"
            f" do not stand in for each other: {twin}() is called from the other side only.)"
        )

    @property
    def config_specs(self) -> list[Any]:
        """Configurable fields the saver adds to a graph: none."""
        return []

    # Reading.

    def get(self, config: RunnableConfig) -> Checkpoint | None:
        """The checkpoint that `config` names, or None."""
        found = self.get_tuple(config)
        return found.checkpoint if found else None

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint that `config` names, with its metadata, parent and pending writes, or None. Writes come in the order of
        `writes_sort_key`."""
        self._lacks("get_tuple")

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """Checkpoints, the newest first.

        Parameters:
            config: which thread and namespace; None means all of them.
            filter: metadata keys and the values they must have.
            before: only checkpoints older than the one named here.
            limit: at most so many.
        """
        self._lacks("list")

    # Writing.

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint and return the configuration that names it.

        Parameters:
            config: thread and namespace; its `checkpoint_id`, if any, is the parent.
            new_versions: the channels written since the parent, with their versions.
        """
        self._lacks("put")

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Store what one task wrote (channel, value) on top of the checkpoint that `config` names.

        Writes to the channels of `WRITES_IDX_MAP` replace the task's earlier one; others are kept when they are there already.
        """
        self._lacks("put_writes")

    # Housekeeping.

    def delete_thread(self, thread_id: str) -> None:
        """Delete all that is stored of a thread."""
        self._lacks("delete_thread")

    def delete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Delete the checkpoints, with their writes, that the given runs made."""
        self._lacks("delete_for_runs")

    def copy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Copy all checkpoints and writes of a thread to another thread id."""
        self._lacks("copy_thread")

    def prune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Thin out threads: `"keep_latest"` leaves the newest checkpoint of each namespace, `"delete"` leaves none. What is left stays
        readable."""
        self._lacks("prune")

    # The same, async.

    async def aget(self, config: RunnableConfig) -> Checkpoint | None:
        """As `get`."""
        found = await self.aget_tuple(config)
        return found.checkpoint if found else None

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """As `get_tuple`."""
        self._lacks("aget_tuple")

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """As `list`."""
        self._lacks("alist")
        yield  # makes this an async generator, which is what callers iterate over

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """As `put`."""
        self._lacks("aput")

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """As `put_writes`."""
        self._lacks("aput_writes")

    async def adelete_thread(self, thread_id: str) -> None:
        """As `delete_thread`."""
        self._lacks("adelete_thread")

    async def adelete_for_runs(self, run_ids: Sequence[str]) -> None:
        """As `delete_for_runs`."""
        self._lacks("adelete_for_runs")

    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """As `copy_thread`."""
        self._lacks("acopy_thread")

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """As `prune`."""
        self._lacks("aprune")

    # Channels that are stored as their writes.

    def get_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        """What the ancestors of a checkpoint hold for channels that are stored as their writes, by channel.

        Walks from parent to parent, each read once, until every channel has a seed: the value of its nearest ancestor that holds one.
        """
        walk = _DeltaWalk(channels)
        found = self.get_tuple(config) if channels else None
        while found and (parent := walk.next_of(found)):
            if found := self.get_tuple(parent):
                walk.take(found)
        return walk.result()

    async def aget_delta_channel_history(
        self, *, config: RunnableConfig, channels: Sequence[str]
    ) -> Mapping[str, DeltaChannelHistory]:
        """As `get_delta_channel_history`."""
        walk = _DeltaWalk(channels)
        found = await self.aget_tuple(config) if channels else None
        while found and (parent := walk.next_of(found)):
            if found := await self.aget_tuple(parent):
                walk.take(found)
        return walk.result()

    # Versions and types.

    def get_next_version(self, current: V | None, channel: None) -> V:
        """A channel version greater than `current` (None: the first). A saver may use any int, float or str that grows; this base knows
        numbers and raises NotImplementedError for text."""
        if isinstance(current, str):
            raise NotImplementedError(
                f"{type(self).__name__} counts channel versions in numbers, but got the text {current!r}; a saver whose versions are text"
                " has to define get_next_version()"
            )
        return 1 if current is None else current + 1  # type: ignore[return-value]  # text is refused above

    def join_types(self, types: Mapping[str, Any]) -> None:
        """Make the classes found in these declared channel types (by channel name), recursively, known to the serializer. One that keeps
        no registry is left as it is."""
        join = getattr(self.serde, "join_types", None)
        if join is not None:
            join(types)

    def with_allowlist(self, extra_allowlist: Collection[tuple[str, ...]]) -> BaseCheckpointSaver[V]:
        """This saver, over the same storage, with more classes known to its serializer: `(module, name)` of each. They are looked up among
        loaded modules when needed. The saver itself is returned when its serializer has no such list."""
        extend = getattr(self.serde, "with_msgpack_allowlist", None)
        if not extra_allowlist or extend is None:
            return self
        clone = copy.copy(self)
        clone.serde = extend(extra_allowlist)
        return clone


class _DeltaWalk:
    """Collects writes and seeds while ancestors are visited from the newest to the oldest."""

    __slots__ = ("_open", "_seeds", "_writes")

    def __init__(self, channels: Sequence[str]) -> None:
        self._open = set(channels)
        self._writes: dict[str, list[list[PendingWrite]]] = {channel: [] for channel in channels}
        self._seeds: dict[str, Any] = {}

    def next_of(self, found: CheckpointTuple) -> RunnableConfig | None:
        return found.parent_config if self._open else None

    def take(self, found: CheckpointTuple) -> None:
        by_channel: dict[str, list[PendingWrite]] = {}
        for write in found.pending_writes or ():
            if write[1] in self._open:
                by_channel.setdefault(write[1], []).append(write)
        for channel, writes in by_channel.items():
            self._writes[channel].append(writes)
        # The writes on top of an ancestor come after the value it holds, so they are taken even where the walk ends.
        values = found.checkpoint["channel_values"]
        for channel in [channel for channel in self._open if channel in values]:
            self._seeds[channel] = values[channel]
            self._open.discard(channel)

    def result(self) -> dict[str, DeltaChannelHistory]:
        history: dict[str, DeltaChannelHistory] = {}
        for channel, steps in self._writes.items():
            history[channel] = {"writes": [write for writes in reversed(steps) for write in writes]}
            if channel in self._seeds:
                history[channel]["seed"] = self._seeds[channel]
        return history
