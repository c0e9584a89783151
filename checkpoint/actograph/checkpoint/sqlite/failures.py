"""What SQLite's errors mean for whoever sees them: what failed, and what to do."""

from __future__ import annotations

import sqlite3
from typing import Final

from actograph.checkpoint.records.errors import StorageError

_REMEDIES: Final = (
    ("locked", "Another process holds the database; find out which, or raise its busy timeout, then run again."),
    ("busy", "Another process holds the database; find out which, then run again."),
    ("disk is full", "Free space on its disk, or raise PRAGMA max_page_count, then run again."),
    ("disk i/o", "Look at the disk and the file system (see the system log), then run again."),
    ("readonly", "Make the file and its directory writable for this user."),
    ("unable to open", "See that its directory exists, and that this user may write the file and its directory."),
    ("malformed", "Restore it from a backup, or save what can be read with the sqlite3 shell's .recover."),
    ("not a database", "Pass the path of an SQLite database, or of a file that does not exist yet."),
    ("same thread", "Open the connection with sqlite3.connect(path, check_same_thread=False)."),
    ("closed", "Keep the connection open as long as the saver is used."),
    ("no active connection", "Keep the connection open as long as the saver is used."),
    ("too big", "Store a smaller value, and keep large ones outside of the graph's state."),
    ("unique constraint", "Do not let two runs write the same thread at once."),
)
_OTHERWISE: Final = "Run PRAGMA integrity_check on it; if that says ok, please report this error."


def storage_error(error: BaseException, *, doing: str, database: str) -> StorageError:
    """The error for users, with the original one as its cause."""
    if isinstance(error, StorageError):
        return error
    text = str(error)
    lower = text.lower()
    remedy = next((remedy for mark, remedy in _REMEDIES if mark in lower), None)
    if remedy is None:
        remedy = _OTHERWISE if isinstance(error, sqlite3.Error) else "Correct what the message names."
    made = StorageError(f"{doing} failed: {type(error).__name__}: {text}", database=database, remedy=remedy)
    made.__cause__ = error
    return made


def is_storage_failure(error: BaseException) -> bool:
    """Whether an error comes from the database rather than from the values or the logic."""
    # aiosqlite says ValueError for a connection that is closed.
    return isinstance(error, sqlite3.Error) or (isinstance(error, ValueError) and "connection" in str(error).lower())
