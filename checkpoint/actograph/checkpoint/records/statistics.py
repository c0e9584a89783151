"""Counters of savers."""

from __future__ import annotations

import msgspec


class SaverStatistics(msgspec.Struct, frozen=True):
    """What a saver has done since it was opened: entries stored (and those that `failed`), transactions (`batches`), entries of the largest
    one, entries waiting now (`queue`), bytes of entries, reads, and runs of this process that are running."""

    entries: int
    batches: int
    largest_batch: int
    failed: int
    queue: int
    bytes: int
    reads: int
    running: int
