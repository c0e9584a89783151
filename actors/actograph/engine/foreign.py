"""Savers that know only LangGraph's public interface: read through it, and journal through it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from actograph.actors import Actor, ActorSystem, Address
from actograph.checkpoint.base import BaseCheckpointSaver, Checkpoint, CheckpointTuple, RunnableConfig
from actograph.checkpoint.journal import Done, RunStatus, Snapshot, TaskWrites
from actograph.checkpoint.records.ids import unpack_time
from actograph.engine.state import State


def _offers(saver: BaseCheckpointSaver[Any], name: str) -> bool:
    return getattr(type(saver), name) is not getattr(BaseCheckpointSaver, name)


async def _call(saver: BaseCheckpointSaver[Any], name: str, prefer_sync: bool, *args: Any) -> Any:
    """Call the async form of a method, or the sync one in a worker thread: whichever the saver has."""
    has_async, has_sync = _offers(saver, f"a{name}"), _offers(saver, name)
    if has_async and not (prefer_sync and has_sync):
        return await getattr(saver, f"a{name}")(*args)
    if has_sync:
        from anyio import to_thread  # at first use: most runs never need it

        # Not abandoned on cancellation: what was handed to a saver is stored, and nothing of it is left running.
        return await to_thread.run_sync(getattr(saver, name), *args)
    raise TypeError(f"saver {type(saver).__name__} has neither {name}() nor a{name}(): implement one of them")


async def fetch(saver: BaseCheckpointSaver[Any], config: RunnableConfig, prefer_sync: bool) -> CheckpointTuple | None:
    """The checkpoint that `config` names, or the newest of its thread."""
    prefer_sync = prefer_sync and not hasattr(saver, "open_journal")
    found: CheckpointTuple | None = await _call(saver, "get_tuple", prefer_sync, config)
    return found


async def newest_of(
    saver: BaseCheckpointSaver[Any],
    config: RunnableConfig,
    prefer_sync: bool,
    *,
    filter: dict[str, Any] | None = None,
    before: str | None = None,
) -> CheckpointTuple | None:
    """The newest checkpoint in the namespace that `config` names with metadata as in `filter`, made before that with the id `before`."""
    bound: RunnableConfig | None = (
        None if before is None else {"configurable": {**config.get("configurable", {}), "checkpoint_id": before}}
    )
    if _offers(saver, "alist") and not (prefer_sync and _offers(saver, "list") and not hasattr(saver, "open_journal")):
        async for found in saver.alist(config, filter=filter, before=bound, limit=1):
            return found
        return None
    from anyio import to_thread  # at first use: savers of ours never need it

    newest = await to_thread.run_sync(lambda: list(saver.list(config, filter=filter, before=bound, limit=1)))
    return newest[0] if newest else None


class _Entry(msgspec.Struct, frozen=True):
    writes: Sequence[TaskWrites]
    snapshot: Snapshot | None
    checkpoint: Checkpoint | None
    done: Done | None


class ForeignJournal:
    """A journal on a saver's public methods: an actor takes the entries one after the other, so their order is kept.

    Such a saver has no place for a run's status.
    """

    def __init__(
        self,
        saver: BaseCheckpointSaver[Any],
        *,
        thread_id: str,
        checkpoint_ns: str,
        state: State,
        system: ActorSystem,
        prefer_sync: bool,
    ) -> None:
        self._state = state
        self._system = system
        self._writer = _ForeignWriter(saver, thread_id, checkpoint_ns, prefer_sync)
        self._actor: Address | None = None

    def commit(
        self,
        *,
        snapshot: Snapshot | None = None,
        writes: Sequence[TaskWrites] = (),
        status: RunStatus | None = None,
        done: Done | None = None,
    ) -> bool:
        """Take one entry; see `Journal.commit`."""
        if snapshot is None and not writes:
            return True
        checkpoint: Checkpoint | None = None
        if snapshot is not None:
            checkpoint = Checkpoint(
                v=2,
                id=snapshot.checkpoint_id,
                ts=unpack_time(snapshot.ts),
                channel_values=self._state.values(),
                channel_versions=dict(snapshot.all_versions),
                versions_seen={node: dict(seen) for node, seen in snapshot.all_seen.items()},
                updated_channels=list(snapshot.updated),
            )
        if self._actor is None:
            self._actor = self._system.spawn(self._writer, name="foreign-saver")
        self._actor.tell(_Entry(writes, snapshot, checkpoint, done))
        return False

    def close(self) -> None:
        """The run has ended, and all its entries are stored: the actor goes. A later entry would make another."""
        if self._actor is not None:
            self._actor.stop()
            self._actor = None


class _ForeignWriter(Actor):
    __slots__ = ("_configurable", "_prefer_sync", "_saver")

    def __init__(self, saver: BaseCheckpointSaver[Any], thread_id: str, checkpoint_ns: str, prefer_sync: bool) -> None:
        self._saver = saver
        self._configurable: dict[str, Any] = {"thread_id": thread_id, "checkpoint_ns": checkpoint_ns}
        self._prefer_sync = prefer_sync

    async def receive(self, message: _Entry) -> None:
        entry = message
        error: BaseException | None = None
        try:
            for of in entry.writes:
                config = {"configurable": {**self._configurable, "checkpoint_id": of.checkpoint_id}}
                await _call(
                    self._saver, "put_writes", self._prefer_sync, config, list(of.writes), of.task_id, of.task_path
                )
            if entry.snapshot is not None:
                config = {"configurable": {**self._configurable, "checkpoint_id": entry.snapshot.parent_id}}
                metadata = dict(entry.snapshot.metadata)
                await _call(
                    self._saver,
                    "put",
                    self._prefer_sync,
                    config,
                    entry.checkpoint,
                    metadata,
                    dict(entry.snapshot.versions),
                )
        except Exception as raised:
            error = raised
        if entry.done is not None:
            entry.done(error)
