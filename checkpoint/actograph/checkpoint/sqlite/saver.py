"""What both SQLite savers are: every method in its sync and its async form, from any thread and any event loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from types import TracebackType
from typing import Any, Final, Self

import msgspec

from actograph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
    RunnableConfig,
    SerializerProtocol,
    get_checkpoint_metadata,
)
from actograph.checkpoint.journal import RunStatus, TaskWrites, announce_dropped
from actograph.checkpoint.records.assemble import Found, assemble, config_of
from actograph.checkpoint.records.edge import (
    checked_thread,
    checkpoint_of,
    configurable_of,
    filter_paths,
    namespace_of,
    next_version,
    thread_of,
)
from actograph.checkpoint.records.encoder import WarmEncoders
from actograph.checkpoint.records.ids import pack_id
from actograph.checkpoint.records.puts import Parents, Put, prepare_put
from actograph.checkpoint.records.statistics import SaverStatistics
from actograph.checkpoint.records.wire import Wire
from actograph.checkpoint.sqlite import reads, writes
from actograph.checkpoint.sqlite.journal import SqliteJournal, add_rows
from actograph.checkpoint.sqlite.ops import Logic
from actograph.checkpoint.sqlite.persister import APPEND, BARRIER, WORK
from actograph.checkpoint.sqlite.runs import StoredRun, get_runs
from actograph.checkpoint.sqlite.store import Store
from actograph.checkpoint.sqlite.tables import Appended, Key, Tables, WriteRow

_json = msgspec.json.Encoder().encode
_ALL: Final = -1


class SqliteSaverBase(BaseCheckpointSaver[int]):
    """Checkpoints in one SQLite database.

    Nothing is opened before the first use. What was accepted is stored in the order of the calls, and a read sees all that was accepted
    before it. Closing (or leaving the `with` block) stores what is queued.
    """

    def __init__(self, store: Store, *, serde: SerializerProtocol | None = None) -> None:
        super().__init__(serde=serde)
        self.store = store
        self._wire = Wire(self.serde)
        self._warm = WarmEncoders(self._wire)
        self._parents = Parents()

    @property
    def wire(self) -> Wire:
        """The serializer as records use it."""
        if self._wire.serde is not self.serde:
            self._renew()
        return self._wire

    def _renew(self) -> None:
        """Another serializer was set, as `with_allowlist` does on a copy."""
        self._wire = Wire(self.serde)
        self._warm = WarmEncoders(self._wire)
        self._parents = Parents()

    @property
    def warm(self) -> WarmEncoders:
        """Where threads stand."""
        if self._wire.serde is not self.serde:
            self._renew()
        return self._warm

    @property
    def is_setup(self) -> bool:
        """Whether the tables were set up; the first use does so."""
        return self.store.ready

    def statistics(self) -> SaverStatistics:
        """Counters of this saver since it was opened."""
        return self.store.statistics()

    # The faster path of graphs.

    def open_journal(
        self, *, thread_id: str, checkpoint_ns: str, run_id: str, loop: asyncio.AbstractEventLoop
    ) -> SqliteJournal:
        """A journal for one run of one graph on one thread; see `actograph.checkpoint.journal`."""
        return SqliteJournal(self, (checked_thread(thread_id), checkpoint_ns), run_id, loop)

    def get_next_version(self, current: int | None, channel: None = None) -> int:
        """A version greater than `current`, and different from those of other forks of the thread."""
        version: int = next_version(current)
        return version

    # Sync.

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """The checkpoint that `config` names (the newest without `checkpoint_id`), with its pending writes, or None.

        Raises:
            KeyError: `config` has no `thread_id`.
            DecodeError: a value cannot be read; `UnknownTypeError` names its type.
            StorageError: the database cannot be read.
        """
        key, logic = self._get(config)
        return self._assembled(config, key, self.store.look(logic))

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """Checkpoints, the newest first; see `BaseCheckpointSaver.list`. They are fetched page by page, and no lock is held between.

        Raises:
            ValueError: a filter key is not the name of a metadata key.
        """
        listing = _Listing(config, filter, before, limit, self.store.database)
        while (logic := listing.next()) is not None:
            for found in listing.take(self.store.look(logic)):
                yield assemble(self.wire, found, database=self.store.database)[0]

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint and return the configuration that names it; see `BaseCheckpointSaver.put`. Returns after the commit."""
        key, record = self._prepare(config, checkpoint, metadata, new_versions)
        self.store.perform(WORK, self._put(key, record))
        return self._put_done(config, key, record)

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Store what a task wrote on top of a checkpoint; see `BaseCheckpointSaver.put_writes`. Returns after the commit."""
        entry = self._writes(config, writes, task_id, task_path)
        self.store.perform(APPEND, entry, entry.size)

    def delete_thread(self, thread_id: str) -> None:
        """Delete all that is stored of a thread."""
        self.store.perform(WORK, self._delete(thread_id))
        self._forget(thread_id)
        announce_dropped(self, thread_id)

    def runs(self, status: RunStatus | None = None) -> Sequence[StoredRun]:
        """The durable runs that the database knows of (in one state, if given), of every process, the oldest first. A deleted thread has
        none."""
        return self.store.look(lambda: get_runs(status))

    def setup(self) -> Any:
        """Set up the tables now. There is no need to: the first use does so."""
        self.store.perform(BARRIER, None)
        return None

    def close(self) -> None:
        """Store what is queued, and end the saver's threads. Idempotent."""
        self.store.close()

    # Async.

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """As `get_tuple`."""
        key, logic = self._get(config)
        return self._assembled(config, key, await self.store.alook(logic))

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """As `list`."""
        listing = _Listing(config, filter, before, limit, self.store.database)
        while (logic := listing.next()) is not None:
            for found in listing.take(await self.store.alook(logic)):
                yield assemble(self.wire, found, database=self.store.database)[0]

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """As `put`."""
        key, record = self._prepare(config, checkpoint, metadata, new_versions)
        await self.store.aperform(WORK, self._put(key, record))
        return self._put_done(config, key, record)

    async def aput_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """As `put_writes`."""
        entry = self._writes(config, writes, task_id, task_path)
        await self.store.aperform(APPEND, entry, entry.size)

    async def adelete_thread(self, thread_id: str) -> None:
        """As `delete_thread`."""
        await self.store.aperform(WORK, self._delete(thread_id))
        self._forget(thread_id)
        announce_dropped(self, thread_id)

    async def aruns(self, status: RunStatus | None = None) -> Sequence[StoredRun]:
        """As `runs`."""
        return await self.store.alook(lambda: get_runs(status))

    async def asetup(self) -> None:
        """As `setup`."""
        await self.store.aperform(BARRIER, None)

    async def aclose(self) -> None:
        """As `close`, without blocking the event loop."""
        await self.store.aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    # What both sides share.

    def _get(self, config: RunnableConfig) -> tuple[Key, Callable[[], Logic[Found | None]]]:
        key = (thread_of(config), namespace_of(config))
        checkpoint_id = checkpoint_of(config)
        packed = None if checkpoint_id is None else pack_id(checkpoint_id)
        database = self.store.database
        return key, lambda: reads.get(key, packed, database)

    def _assembled(self, config: RunnableConfig, key: Key, found: Found | None) -> CheckpointTuple | None:
        if found is None:
            return None
        given = config if checkpoint_of(config) is not None else None
        wire = self.wire
        made, encoder = assemble(wire, found, database=self.store.database, config=given, warm=wire.native)
        if (
            encoder is not None
            and encoder.checkpoint_id is not None
            and not self.warm.knows(key, encoder.checkpoint_id)
        ):
            self.warm.keep(key, encoder)
        return made

    def _prepare(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> tuple[Key, Put]:
        key = (thread_of(config), namespace_of(config))
        parent_id = checkpoint_of(config)
        parent = self._parents.get(key, parent_id)
        record = prepare_put(
            self.wire, checkpoint, get_checkpoint_metadata(config, metadata), new_versions, parent_id, parent
        )
        return key, record

    def _put(self, key: Key, record: Put) -> Callable[[Tables], Logic[None]]:
        wire = self.wire
        return lambda tables: writes.put(tables, wire, key, record)

    def _put_done(self, config: RunnableConfig, key: Key, record: Put) -> RunnableConfig:
        self._parents.keep(key, record.after)
        return config_of(configurable_of(config)["thread_id"], key[1], record.after.checkpoint_id)

    def _writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str
    ) -> Appended:
        checkpoint_id = checkpoint_of(config)
        if checkpoint_id is None:
            raise KeyError(
                'checkpoint_id: put_writes needs config["configurable"]["checkpoint_id"], as put returned it'
            )
        task = TaskWrites(checkpoint_id, task_id, task_path, writes)
        rows: list[WriteRow] = []
        size = 60 + add_rows(rows, self.wire, task)
        return Appended((thread_of(config), namespace_of(config)), None, rows, None, size)

    def _delete(self, thread_id: str) -> Callable[[Tables], Logic[None]]:
        name = checked_thread(thread_id)
        self._forget(name)
        return lambda tables: tables.delete_thread(name)

    def _forget(self, thread_id: str) -> None:
        self.store.epoch += 1
        self.warm.drop_thread(str(thread_id))
        self._parents.drop_thread(str(thread_id))


class _Listing:
    """A listing in pages."""

    def __init__(
        self,
        config: RunnableConfig | None,
        filter: dict[str, Any] | None,
        before: RunnableConfig | None,
        limit: int | None,
        database: str,
    ) -> None:
        thread_id = checkpoint_ns = checkpoint_id = None
        if config is not None:
            thread_id = thread_of(config)
            if configurable_of(config).get("checkpoint_ns") is not None:
                checkpoint_ns = namespace_of(config)
            checkpoint_id = checkpoint_of(config)
        upper = None
        if before is not None:
            older = checkpoint_of(before)
            upper = None if older is None else pack_id(older)
        self._narrow = reads.Narrow(
            thread_id,
            checkpoint_ns,
            None if checkpoint_id is None else pack_id(checkpoint_id),
            before is not None,
            upper,
            _json(filter_paths(filter)).decode(),
        )
        self._left = _ALL if limit is None or limit < 0 else limit
        self._after: Any = None
        self._ended = False
        self._database = database

    def next(self) -> Callable[[], Logic[Any]] | None:
        """The logic that fetches the next page, or None at the end."""
        if self._ended or self._left == 0:
            return None
        narrow, after, database = self._narrow, self._after, self._database
        size = reads.PAGE if self._left == _ALL else min(self._left, reads.PAGE)
        return lambda: reads.page(narrow, after, size, database)

    def take(self, page: tuple[Sequence[Found], Any]) -> Sequence[Found]:
        """The checkpoints of a page that was fetched."""
        found, self._after = page
        self._ended = self._after is None
        if self._left != _ALL:
            self._left -= len(found)
        return found
