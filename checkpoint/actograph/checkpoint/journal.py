"""The port through which a running graph reaches a saver of ours: one journal per run.

The engine hands over what a superstep changed, in one entry: the writes of tasks, a checkpoint that lists only what differs from its
parent, the state of the run. A saver encodes the entry before `Journal.commit` returns (so a node may mutate its values afterwards) and
stores it in one transaction, in the order of the calls. Savers written against `BaseCheckpointSaver` only do not see this port.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Protocol, runtime_checkable

import msgspec

Version = int | float | str
Done = Callable[[BaseException | None], None]


class RunStatus(StrEnum):
    """Where a durable run stands. `RUNNING` under a lease that ran out means that its process died."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class TaskWrites(msgspec.Struct, frozen=True, gc=False):
    """Writes that one task made on top of one checkpoint; they replace what the task wrote there before under the same special channels."""

    checkpoint_id: str
    task_id: str
    task_path: str
    writes: Sequence[tuple[str, Any]]


class Snapshot(msgspec.Struct, frozen=True, gc=False):
    """One checkpoint, as its difference to `parent_id` (a full one when that is None).

    `values` holds the value of every changed channel that has one; `versions` names every changed channel (one without an entry in
    `values` is now empty); `seen` the changed part of each node's seen versions. `all_versions` and `all_seen` are the full maps, live
    objects of the engine: read them before `commit` returns, never keep them. `ts` is microseconds since 1970 (UTC), or ISO text.
    """

    checkpoint_id: str
    parent_id: str | None
    ts: int | str
    metadata: Mapping[str, Any]
    values: Mapping[str, Any]
    versions: Mapping[str, Version]
    seen: Mapping[str, Mapping[str, Version]]
    updated: Sequence[str]
    all_versions: Mapping[str, Version]
    all_seen: Mapping[str, Mapping[str, Version]]


class Journal(Protocol):
    """What one run writes to. Calls come from one thread at a time."""

    def commit(
        self,
        *,
        snapshot: Snapshot | None = None,
        writes: Sequence[TaskWrites] = (),
        status: RunStatus | None = None,
        done: Done | None = None,
    ) -> bool:
        """Take one entry, in order. True: it is stored already and `done` is not called. False: `done(None)` follows on the journal's
        loop after the commit, or `done(error)` when it could not be stored. Raises at once, and stores nothing, when a value of the
        entry cannot be encoded."""
        ...


@runtime_checkable
class JournalledSaver(Protocol):
    """A saver with the faster path."""

    def open_journal(
        self, *, thread_id: str, checkpoint_ns: str, run_id: str, loop: asyncio.AbstractEventLoop
    ) -> Journal:
        """A journal for one run of one graph (or sub-graph) on one thread of the saver."""
        ...

    def join_types(self, types: Mapping[str, Any]) -> None:
        """Make the classes found in these declared channel types (by channel), recursively, known to the decoder."""
        ...


_listeners: list[Callable[[object, str], None]] = []


def on_thread_dropped(listener: Callable[[object, str], None]) -> None:
    """Have `listener(saver, thread_id)` called, in the thread that did it, when a saver of ours has deleted or pruned a thread."""
    _listeners.append(listener)


def announce_dropped(saver: object, thread_id: str) -> None:
    """To be called by a saver that has deleted or pruned a thread."""
    for listener in _listeners:
        listener(saver, thread_id)
