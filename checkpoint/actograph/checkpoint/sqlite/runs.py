"""The runs that a database knows of, and whether the processes of the running ones live."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Sequence
from typing import Any

import msgspec

from actograph.checkpoint.journal import RunStatus
from actograph.checkpoint.sqlite import sql
from actograph.checkpoint.sqlite.ops import Logic, rows
from actograph.checkpoint.sqlite.tables import LEASE_EXPIRED, boot_id


class StoredRun(msgspec.Struct, frozen=True):
    """One durable run. Times are in seconds since 1970. `crashed`: it is said to be running, and its process has ended (is gone from this
    machine, or has not renewed its lease in time)."""

    run_id: str
    thread_id: str
    checkpoint_ns: str
    status: RunStatus
    started: float
    updated: float
    crashed: bool


def get_runs(status: RunStatus | None) -> Logic[list[StoredRun]]:
    """All runs, or those in one state, the oldest first."""
    wanted = None if status is None else RunStatus(status).value
    found = yield rows(sql.GET_RUNS, (wanted, wanted))
    now, host, boot = time.time(), socket.gethostname(), boot_id()
    return [
        StoredRun(
            run_id,
            thread_id,
            checkpoint_ns,
            RunStatus(state),
            started,
            updated,
            state == RunStatus.RUNNING.value and not _alive(lease, now, host, boot),
        )
        for run_id, thread_id, checkpoint_ns, state, started, updated, *lease in found
    ]


def _alive(lease: Sequence[Any], now: float, host: str, boot: str) -> bool:
    pid, leased_host, leased_boot, heartbeat = lease
    if heartbeat is None or now - heartbeat > LEASE_EXPIRED:
        return False
    if leased_host != host:
        return True
    return leased_boot == boot and _exists(pid)


def _exists(pid: int) -> bool:
    if os.name == "nt":
        # There, signal 0 would end the process; its lease has to tell.
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
