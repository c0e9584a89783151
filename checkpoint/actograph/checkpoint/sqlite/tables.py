"""What is written, as logic without I/O: the schema, and batches of entries."""

from __future__ import annotations

import json
import os
import socket
import time
import uuid
from collections.abc import Sequence
from typing import Final

import msgspec

from actograph.checkpoint.journal import RunStatus
from actograph.checkpoint.records.encoder import CheckpointRecord
from actograph.checkpoint.records.errors import StorageError
from actograph.checkpoint.records.ids import PackedId, unpack_id
from actograph.checkpoint.records.state import decode_state, encode_full
from actograph.checkpoint.sqlite import sql
from actograph.checkpoint.sqlite.ops import BEGIN, COMMIT, Logic, Op, insert, rows

Key = tuple[str, str]
"""(thread id, checkpoint namespace)"""

WriteRow = tuple[PackedId, PackedId, str, int, bytes]
"""(checkpoint id, task id, task path, slot, records)"""

# A lease is renewed this often, in seconds, while its process has running runs; older than LEASE_EXPIRED, its process is taken for dead.
HEARTBEAT: Final = 5.0
LEASE_EXPIRED: Final = 30.0

_SCOPES_KEPT: Final = 50_000


class Appended(msgspec.Struct, frozen=True, gc=False):
    """One entry of a journal, encoded."""

    key: Key
    checkpoint: CheckpointRecord | None
    writes: Sequence[WriteRow]
    run: tuple[str, RunStatus] | None
    size: int
    """Bytes, about."""


def boot_id() -> str:
    """What tells this boot of the machine from another; empty where the system does not say."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""


class Tables:
    """The write side of one database as one process sees it. Its methods are logic; they run inside a transaction of the caller's.

    Ids of scopes are remembered between transactions, and forgotten when another connection has changed the database.
    """

    def __init__(self, database: str) -> None:
        self.database = database
        self.owner = uuid.uuid4().hex
        self.started = time.time()
        self.running: set[str] = set()
        self._scopes: dict[Key, int] = {}
        self._data_version = -1
        self._lease_at = 0.0

    def setup(self) -> Logic[None]:
        """Create the schema if it is not there. Raises `StorageError` for the schema of a newer version."""
        if (yield rows(sql.HAS_SCHEMA)) and (yield from self._checked()):
            return
        yield BEGIN
        # Another process may have been here between the look and the lock.
        for statement in sql.CREATE:
            yield Op(statement)
        if not (yield from self._checked()):
            yield Op(sql.SET_SCHEMA, (sql.SCHEMA_VERSION,))
        yield COMMIT

    def _checked(self) -> Logic[bool]:
        found = yield rows(sql.GET_SCHEMA)
        if found and found[0][0] != sql.SCHEMA_VERSION:
            raise StorageError(
                f"its tables have schema version {found[0][0]}, this version of actograph knows {sql.SCHEMA_VERSION}",
                database=self.database,
                remedy="Open it with the version of actograph that wrote it, or upgrade actograph.",
            )
        return bool(found)

    def refresh(self) -> Logic[None]:
        """At the start of a transaction: forget what another connection may have changed."""
        version = (yield rows(sql.DATA_VERSION))[0][0]
        if version != self._data_version or len(self._scopes) > _SCOPES_KEPT:
            self._data_version = version
            self._scopes.clear()

    def rolled_back(self) -> None:
        """The transaction failed: what was learnt in it does not hold."""
        self._scopes.clear()

    def scope(self, key: Key) -> Logic[int]:
        """The id of a scope, made if needed."""
        if key not in self._scopes:
            yield from self._learn([key])
        return self._scopes[key]

    def find_scope(self, key: Key) -> Logic[int | None]:
        """The id of a scope, or None when there is none."""
        found = self._scopes.get(key)
        if found is None:
            answer = yield rows(sql.FIND_SCOPE, key)
            if answer:
                found = self._scopes[key] = answer[0][0]
        return found

    def _learn(self, keys: Sequence[Key]) -> Logic[None]:
        for thread_id, checkpoint_ns, scope in (yield rows(sql.FIND_SCOPES, (json.dumps(keys),))):
            self._scopes[thread_id, checkpoint_ns] = scope
        missing = [key for key in keys if key not in self._scopes]
        if not missing:
            return
        highest = (yield rows(sql.MAX_SCOPE))[0][0]
        added = [(*key, scope) for scope, key in enumerate(missing, highest + 1)]
        yield from insert(sql.ADD_SCOPES, added)
        for thread_id, checkpoint_ns, scope in added:
            self._scopes[thread_id, checkpoint_ns] = scope

    def append(self, entries: Sequence[Appended]) -> Logic[None]:
        """Store entries of journals, in order."""
        scopes = self._scopes
        unknown = {entry.key: None for entry in entries if entry.key not in scopes}
        if unknown:
            yield from self._learn(list(unknown))
        checkpoints, values, writes = [], [], []
        special: dict[tuple[int, PackedId, PackedId, int], tuple[str, bytes]] = {}
        runs: dict[str, tuple[int, RunStatus]] = {}
        rebased: list[tuple[int, PackedId]] = []
        for entry in entries:
            scope = scopes[entry.key]
            for checkpoint_id, task_id, task_path, slot, records in entry.writes:
                if slot < 0:
                    special[scope, checkpoint_id, task_id, slot] = (task_path, records)
                else:
                    writes.append((scope, checkpoint_id, task_id, task_path, slot, records))
            record = entry.checkpoint
            if record is not None:
                checkpoints.append(
                    (
                        scope,
                        record.checkpoint_id,
                        record.parent_id,
                        record.ts,
                        record.metadata,
                        record.typed,
                        record.full,
                        record.state,
                    )
                )
                for value in record.values:
                    values.append((scope, *value))
                if record.rebase:
                    rebased.append((scope, record.checkpoint_id))
            if entry.run is not None:
                run_id, status = entry.run
                # To the end, so that the newest state of a run is the last row set.
                runs.pop(run_id, None)
                runs[run_id] = (scope, status)
        if special:
            yield from insert(sql.DROP_WRITES, list(special))
            for (scope, checkpoint_id, task_id, slot), (task_path, records) in special.items():
                writes.append((scope, checkpoint_id, task_id, task_path, slot, records))
        if checkpoints:
            yield from insert(sql.ADD_CHECKPOINTS, checkpoints)
        if values:
            yield from insert(sql.ADD_VALUES, values)
        if writes:
            yield from insert(sql.ADD_WRITES, writes)
        for scope, checkpoint_id in rebased:
            yield from self.rebase(scope, checkpoint_id)
        if runs:
            now = time.time()
            yield from insert(
                sql.SET_RUNS,
                [(run_id, scope, status.value, self.owner, now, now) for run_id, (scope, status) in runs.items()],
            )
            for run_id, (_, status) in runs.items():
                if status is RunStatus.RUNNING:
                    self.running.add(run_id)
                else:
                    self.running.discard(run_id)

    def rebase(self, scope: int, checkpoint_id: PackedId) -> Logic[None]:
        """Replace the difference that a checkpoint's state is by the full state."""
        line = yield rows(sql.GET_STATES, (scope, checkpoint_id, scope))
        if line and line[0][0] and len(line) > 1:
            where = f"the state of checkpoint {unpack_id(checkpoint_id)}"
            state = decode_state((row[1] for row in line), where=where, database=self.database)
            yield Op(sql.SET_STATE, (encode_full(state), scope, checkpoint_id))

    def lease_due(self, now: float) -> bool:
        """Whether `lease` would say something."""
        return bool(self.running) and now - self._lease_at >= HEARTBEAT

    def lease(self, now: float) -> Logic[None]:
        """Say that this process is alive, if it has running runs and has not said so for `HEARTBEAT` seconds."""
        if self.lease_due(now):
            yield Op(sql.SET_LEASE, (self.owner, os.getpid(), socket.gethostname(), boot_id(), self.started, now))
            self._lease_at = now

    def release(self) -> Logic[None]:
        """At close: the lease goes, unless runs of it are still said to be running (whose crash it then tells)."""
        if self._lease_at:
            yield BEGIN
            yield Op(sql.DROP_LEASE, (self.owner, self.owner))
            yield COMMIT

    def delete_thread(self, thread_id: str) -> Logic[None]:
        """Delete all that is stored of a thread."""
        for (scope,) in (yield rows(sql.THREAD_SCOPES, (thread_id,))):
            for statement in sql.DROP_SCOPE:
                yield Op(statement, (scope,))
        self._scopes.clear()
