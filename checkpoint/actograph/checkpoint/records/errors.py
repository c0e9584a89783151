"""Errors of storage: each names the database, what failed, and what to do about it."""

from __future__ import annotations


class StorageError(Exception):
    """Something could not be stored or read. Nothing was half-written: the transaction that held it was rolled back.

    Attributes: `database` (a path, or a description of the connection), `reason` (what failed), `remedy` (what to do).
    """

    def __init__(self, reason: str, *, database: str, remedy: str) -> None:
        super().__init__(f"{reason} - database {database!r}. {remedy}")
        self.database = database
        self.reason = reason
        self.remedy = remedy


class StorageClosedError(StorageError):
    """The saver was closed, or belongs to the parent of a forked process."""


class CorruptRecordError(StorageError):
    """A stored record does not match its checksum, or a part that it builds on is missing."""


class ThreadBoundConnectionError(StorageError):
    """A `sqlite3.Connection` was handed in that only its own thread may use."""
