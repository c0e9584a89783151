"""What a run stores, and when: turns supersteps into journal entries under the run's durability."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, runtime_checkable

from actograph.channels.base import MISSING
from actograph.checkpoint.base.id import new_checkpoint_stamp
from actograph.checkpoint.journal import Journal, RunStatus, Snapshot, TaskWrites, Version
from actograph.engine.state import State
from actograph.types import Durability


@runtime_checkable
class ClosableJournal(Protocol):
    """A journal that keeps something running between entries."""

    def close(self) -> None:
        """End it."""


class Recorder:
    """Writes one run to its journal, in order.

    `durability="sync"`: the run waits for each entry. `"async"`: it is at most one superstep ahead. `"exit"`: one entry, at the end.
    """

    __slots__ = ("_held", "_held_writes", "_journal", "_notify", "durability", "error", "parent", "pending", "status")

    def __init__(
        self,
        journal: Journal,
        durability: Durability,
        parent: str | None,
        notify: Callable[[BaseException | None], None] | None,
    ) -> None:
        self._journal = journal
        self.durability = durability
        self.parent = parent
        """The checkpoint that the next one follows."""
        self._notify = notify
        self.pending = 0
        """Entries that are not known to be stored."""
        self.error: BaseException | None = None
        self.status: RunStatus | None = None
        self._held: Snapshot | None = None
        self._held_writes: list[TaskWrites] = []

    @property
    def must_wait(self) -> bool:
        """Whether the next superstep has to wait for storage: for all that was handed over (sync), or for all but the last (async)."""
        return self.pending > (0 if self.durability == "sync" else 1)

    def checkpoint(
        self,
        state: State,
        metadata: dict[str, Any],
        updated: Sequence[str],
        writes: Sequence[TaskWrites],
        status: RunStatus | None,
    ) -> str:
        """Record the state as the next checkpoint, with writes that tasks made on the one before; returns its id."""
        snapshot = take_snapshot(state, self.parent, metadata, updated)
        if self.durability == "exit":
            self._held = snapshot if self._held is None else _merged(self._held, snapshot)
            self._held_writes = []
        else:
            self._commit(snapshot, writes, status)
            self.parent = snapshot.checkpoint_id
        return snapshot.checkpoint_id

    def writes(self, writes: Sequence[TaskWrites], status: RunStatus | None = None) -> None:
        """Record writes of tasks on the checkpoint they started from."""
        if self.durability == "exit":
            self._held_writes.extend(writes)
        elif writes or status is not None:
            self._commit(None, writes, status)

    def finish(self, status: RunStatus) -> None:
        """Record how the run ended, and what was kept for its end."""
        if self.durability == "exit" and (self._held is not None or self._held_writes):
            held, self._held = self._held, None
            last, self._held_writes = self._held_writes, []
            self._commit(held, last, status)
            if held is not None:
                self.parent = held.checkpoint_id
        elif status is not self.status:
            self._commit(None, (), status)

    def _commit(self, snapshot: Snapshot | None, writes: Sequence[TaskWrites], status: RunStatus | None) -> None:
        if status is None and self.status is None:
            status = RunStatus.RUNNING
        self.pending += 1
        try:
            if self._journal.commit(snapshot=snapshot, writes=writes, status=status, done=self._notify):
                self.pending -= 1
        except BaseException:
            self.pending -= 1
            raise
        if status is not None:
            self.status = status

    def close(self) -> None:
        """The run has ended: what its journal keeps running goes."""
        if isinstance(self._journal, ClosableJournal):
            self._journal.close()

    def detach(self) -> None:
        """The run has ended: what a held task still adds is not waited for, and the run itself can be freed."""
        self._notify = None

    def stored(self, error: BaseException | None) -> None:
        """An entry was stored, or could not be."""
        self.pending -= 1
        if error is not None and self.error is None:
            self.error = error


def take_snapshot(state: State, parent: str | None, metadata: dict[str, Any], updated: Sequence[str]) -> Snapshot:
    """The next checkpoint of `state`: what changed since the last one was taken."""
    versions = state.versions
    values: dict[str, Any] = {}
    changes: dict[str, Version] = {}
    for key in state.changed:
        changes[key] = versions[key]
        channel = state.channels[key]
        value = channel.checkpoint()
        if value is not MISSING:
            values[key] = value
        elif channel.replayed and channel.is_available():
            values[key] = channel.get()
    checkpoint_id, now = new_checkpoint_stamp()
    snapshot = Snapshot(
        checkpoint_id=checkpoint_id,
        parent_id=parent,
        ts=now,
        metadata=metadata,
        values=values,
        versions=changes,
        seen={node: state.seen[node] for node in state.changed_seen},
        updated=updated,
        all_versions=versions,
        all_seen=state.seen,
    )
    state.changed = set()
    state.changed_seen = set()
    return snapshot


def _merged(earlier: Snapshot, later: Snapshot) -> Snapshot:
    """Two checkpoints as one step from the parent of the earlier."""
    values = {key: value for key, value in earlier.values.items() if key not in later.versions}
    values.update(later.values)
    return Snapshot(
        checkpoint_id=later.checkpoint_id,
        parent_id=earlier.parent_id,
        ts=later.ts,
        metadata=later.metadata,
        values=values,
        versions={**earlier.versions, **later.versions},
        seen={**earlier.seen, **later.seen},
        updated=later.updated,
        all_versions=later.all_versions,
        all_seen=later.all_seen,
    )
