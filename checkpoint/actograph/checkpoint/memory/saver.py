"""`InMemorySaver`: for tests, for notebooks, and for graphs whose threads need not outlive the process."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from actograph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    JsonPlusSerializer,
    RunnableConfig,
    SerializerProtocol,
    get_checkpoint_metadata,
)
from actograph.checkpoint.journal import announce_dropped
from actograph.checkpoint.memory.journal import MemoryJournal
from actograph.checkpoint.memory.rows import unpacked
from actograph.checkpoint.memory.storage import DATABASE, Entry, Storage
from actograph.checkpoint.records.assemble import assemble, config_of
from actograph.checkpoint.records.edge import (
    checked_thread,
    checkpoint_of,
    configurable_of,
    namespace_of,
    next_version,
    thread_of,
)
from actograph.checkpoint.records.encoder import WarmEncoders
from actograph.checkpoint.records.metadata import decode_metadata
from actograph.checkpoint.records.puts import Parents, prepare_put
from actograph.checkpoint.records.statistics import SaverStatistics
from actograph.checkpoint.records.wire import Wire
from actograph.checkpoint.records.writes import dump_writes, merge_writes


class InMemorySaver(BaseCheckpointSaver[int]):
    """Checkpoints in dicts of this process. Thread-safe; every method in its sync and its async form.

    Values are stored encoded, once per version and as differences where they grow, so that a thread costs memory in proportion to what
    happened on it, and nobody's later mutation changes what is stored. Any object is taken: what cannot be encoded is kept by reference.
    Thread ids are compared as text: 7 and "7" name the same thread.

    Parameters:
        serde: how values become bytes; by default a `JsonPlusSerializer(types="any")`.
        factory: makes the dict of threads, from a default factory.
    """

    def __init__(
        self,
        *,
        serde: SerializerProtocol | None = None,
        factory: Callable[[Callable[[], Any]], Any] = defaultdict,
    ) -> None:
        super().__init__(serde=JsonPlusSerializer(types="any") if serde is None else serde)
        self.kept = Storage(factory)
        self._wire = Wire(self.serde)
        self._warm = WarmEncoders(self._wire)
        self._parents = Parents()

    @property
    def storage(self) -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
        """Thread id -> namespace -> checkpoint id -> entry, as it is now."""
        return {
            thread_id: {key[1]: dict(self.kept.scopes[key].entries) for key in keys}
            for thread_id, keys in list(self.kept.threads.items())
        }

    @property
    def blobs(self) -> Mapping[tuple[str, str, str, Any], Any]:
        """(thread id, namespace, channel, version) -> stored value, as it is now."""
        return {
            (*key, *place): blob
            for key, scope in list(self.kept.scopes.items())
            for place, blob in (scope.blobs or {}).items()
        }

    @property
    def writes(self) -> Mapping[tuple[str, str, str], Any]:
        """(thread id, namespace, checkpoint id) -> (task id, index) -> (task path, write), as it is now."""
        found = {}
        for key, scope in list(self.kept.scopes.items()):
            rows = {name: entry.rows for name, entry in list(scope.entries.items())}
            for checkpoint_id, tasks in {**rows, **(scope.early or {})}.items():
                if tasks:
                    found[(*key, checkpoint_id)] = merge_writes(unpacked(tasks))
        return found

    @property
    def wire(self) -> Wire:
        """The serializer as records use it."""
        if self._wire.serde is not self.serde:
            self._renew()
        return self._wire

    @property
    def warm(self) -> WarmEncoders:
        """Where threads stand."""
        if self._wire.serde is not self.serde:
            self._renew()
        return self._warm

    def _renew(self) -> None:
        """Another serializer was set, as `with_allowlist` does on a copy."""
        self._wire = Wire(self.serde)
        self._warm = WarmEncoders(self._wire)
        self._parents = Parents()

    def statistics(self) -> SaverStatistics:
        """Counters of this saver."""
        return self.kept.statistics()

    # The faster path of graphs.

    def open_journal(
        self, *, thread_id: str, checkpoint_ns: str, run_id: str, loop: asyncio.AbstractEventLoop
    ) -> MemoryJournal:
        """A journal for one run of one graph on one thread; see `actograph.checkpoint.journal`."""
        return MemoryJournal(self, (checked_thread(thread_id), checkpoint_ns), run_id)

    def get_next_version(self, current: int | None, channel: None = None) -> int:
        """A version greater than `current`, and different from those of other forks of the thread."""
        version: int = next_version(current)
        return version

    # Sync.

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint that `config` names (the newest without `checkpoint_id`), with its pending writes, or None.

        Raises:
            KeyError: `config` has no `thread_id`.
        """
        key = (thread_of(config), namespace_of(config))
        wanted = checkpoint_of(config)
        found = self.kept.find(key, wanted)
        if found is None:
            return None
        found.thread_id = configurable_of(config)["thread_id"]
        wire = self.wire
        given = None if wanted is None else config
        made, encoder = assemble(wire, found, database=DATABASE, config=given, warm=wire.native)
        if encoder is not None and encoder.checkpoint_id and not self.warm.knows(key, encoder.checkpoint_id):
            self.warm.keep(key, encoder)
        return made

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """Checkpoints, thread by thread, the newest of each first; see `BaseCheckpointSaver.list`."""
        upper = checkpoint_of(before) if before else None
        left = limit
        thread_id = checkpoint_ns = checkpoint_id = None
        if config:
            thread_id = thread_of(config)
            if configurable_of(config).get("checkpoint_ns") is not None:
                checkpoint_ns = namespace_of(config)
            checkpoint_id = checkpoint_of(config)
        for key, name in self.kept.listed(thread_id, checkpoint_ns, checkpoint_id):
            if left is not None and left <= 0:
                return
            if upper is not None and name >= upper:
                continue
            found = self.kept.find(key, name)
            if found is None:
                continue
            wire = self.wire
            if filter:
                metadata = decode_metadata(wire, found.metadata, found.typed)
                if any(metadata.get(field) != value for field, value in filter.items()):
                    continue
            if left is not None:
                left -= 1
            yield assemble(wire, found, database=DATABASE)[0]

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint and return the configuration that names it; see `BaseCheckpointSaver.put`."""
        key = (thread_of(config), namespace_of(config))
        thread_id = configurable_of(config)["thread_id"]
        parent_id = checkpoint_of(config)
        wire = self.wire
        parent = self._parents.get(key, parent_id)
        record = prepare_put(
            wire, checkpoint, get_checkpoint_metadata(config, metadata), new_versions, parent_id, parent
        )
        extra = wire.pack(record.extra, "checkpoint") if record.extra else None
        state = record.state_with(wire, {}, extra=False)
        entry = Entry(parent_id, record.ts, record.metadata, record.typed, record.whole, state, extra)
        self.kept.put(key, thread_id, checkpoint["id"], entry, record.values)
        self._parents.keep(key, record.after)
        return config_of(thread_id, key[1], checkpoint["id"])

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Store what a task wrote on top of a checkpoint; see `BaseCheckpointSaver.put_writes`."""
        checkpoint_id = checkpoint_of(config)
        if checkpoint_id is None:
            raise KeyError(
                'checkpoint_id: put_writes needs config["configurable"]["checkpoint_id"], as put returned it'
            )
        row = (task_id, task_path, dump_writes(self.wire, writes))
        self.kept.store((thread_of(config), namespace_of(config)), None, ((checkpoint_id, row),), None)

    def delete_thread(self, thread_id: str) -> None:
        """Delete all that is stored of a thread."""
        name = checked_thread(thread_id)
        self.kept.delete_thread(name)
        self.warm.drop_thread(name)
        self._parents.drop_thread(name)
        announce_dropped(self, thread_id)

    # Async: nothing here waits.

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """As `get_tuple`."""
        return self.get_tuple(config)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """As `list`."""
        for found in self.list(config, filter=filter, before=before, limit=limit):
            yield found

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """As `put`."""
        return self.put(config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """As `put_writes`."""
        self.put_writes(config, writes, task_id, task_path)

    async def adelete_thread(self, thread_id: str) -> None:
        """As `delete_thread`."""
        self.delete_thread(thread_id)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to close: what is stored stays."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing to close: what is stored stays."""


MemorySaver = InMemorySaver
