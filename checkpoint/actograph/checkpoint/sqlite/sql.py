"""All SQL, by name. Values are always bound, JSON paths included; the only thing generated is the number of placeholders in a row list.

Payloads lie in tables with a rowid, which fill page after page in the order of commits; narrow indexes find them. (Clustered by thread,
a commit of 1,000 threads would dirty 1,000 pages.) Thread and namespace are spelled once, in `actograph_scopes`. Columns without a type
hold what they are given: packed ids (16 bytes, or text), versions (integers, floats, text), times (microseconds, or text).
"""

from __future__ import annotations

from sqlite3 import sqlite_version_info
from typing import Final

SCHEMA_VERSION: Final = 1

# How many rows one statement inserts. One call for many rows instead of as many calls: each call releases the interpreter's lock, and with
# a busy event loop in the same process every release can cost up to a switch interval (5 ms).
# Before SQLite 3.32 a statement took 999 values.
ROW_COUNTS: Final = (256, 64, 16, 4, 1) if sqlite_version_info >= (3, 32) else (64, 16, 4, 1)

CREATE: Final = (
    "CREATE TABLE IF NOT EXISTS actograph_schema (version INTEGER NOT NULL)",
    """CREATE TABLE IF NOT EXISTS actograph_scopes (
        scope INTEGER PRIMARY KEY, thread_id TEXT NOT NULL, checkpoint_ns TEXT NOT NULL, UNIQUE (thread_id, checkpoint_ns))""",
    """CREATE TABLE IF NOT EXISTS actograph_checkpoints (
        seq INTEGER PRIMARY KEY, scope INTEGER NOT NULL, checkpoint_id NOT NULL, parent_id, ts NOT NULL,
        metadata TEXT NOT NULL, typed BLOB, whole INTEGER NOT NULL, state BLOB NOT NULL)""",
    "CREATE UNIQUE INDEX IF NOT EXISTS actograph_checkpoints_key ON actograph_checkpoints (scope, checkpoint_id)",
    """CREATE TABLE IF NOT EXISTS actograph_values (
        seq INTEGER PRIMARY KEY, scope INTEGER NOT NULL, channel TEXT NOT NULL, version NOT NULL, base, payload BLOB NOT NULL, tag TEXT)""",
    "CREATE UNIQUE INDEX IF NOT EXISTS actograph_values_key ON actograph_values (scope, channel, version)",
    """CREATE TABLE IF NOT EXISTS actograph_writes (
        seq INTEGER PRIMARY KEY, scope INTEGER NOT NULL, checkpoint_id NOT NULL, task_id NOT NULL, task_path TEXT NOT NULL,
        slot INTEGER NOT NULL, records BLOB NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS actograph_writes_key ON actograph_writes (scope, checkpoint_id)",
    """CREATE TABLE IF NOT EXISTS actograph_runs (
        run_id TEXT PRIMARY KEY, scope INTEGER NOT NULL, status TEXT NOT NULL, owner TEXT NOT NULL, started REAL NOT NULL,
        updated REAL NOT NULL) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS actograph_runs_scope ON actograph_runs (scope)",
    "CREATE INDEX IF NOT EXISTS actograph_runs_running ON actograph_runs (owner) WHERE status = 'running'",
    """CREATE TABLE IF NOT EXISTS actograph_leases (
        owner TEXT PRIMARY KEY, pid INTEGER NOT NULL, host TEXT NOT NULL, boot TEXT NOT NULL, started REAL NOT NULL,
        heartbeat REAL NOT NULL) WITHOUT ROWID""",
)

HAS_SCHEMA: Final = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'actograph_schema'"
GET_SCHEMA: Final = "SELECT version FROM actograph_schema"
SET_SCHEMA: Final = "INSERT INTO actograph_schema (version) VALUES (?)"

BEGIN: Final = "BEGIN IMMEDIATE"
BEGIN_READ: Final = "BEGIN"
COMMIT: Final = "COMMIT"
ROLLBACK: Final = "ROLLBACK"
DATA_VERSION: Final = "PRAGMA data_version"
DATABASE_LIST: Final = "PRAGMA database_list"
JOURNAL_MODE_WAL: Final = "PRAGMA journal_mode = WAL"
SYNCHRONOUS_FULL: Final = "PRAGMA synchronous = FULL"
BUSY_TIMEOUT: Final = "PRAGMA busy_timeout = 10000"
QUERY_ONLY: Final = "PRAGMA query_only = ON"


def _rows(head: str, row: str, tail: str = "") -> dict[int, str]:
    """The statement for each of `ROW_COUNTS`, with so many times `row`."""
    return {count: f"{head} {', '.join([row] * count)} {tail}" for count in ROW_COUNTS}


FIND_SCOPES: Final = """SELECT s.thread_id, s.checkpoint_ns, s.scope FROM json_each(?) AS wanted
    CROSS JOIN actograph_scopes AS s ON s.thread_id = json_extract(wanted.value, '$[0]')
    AND s.checkpoint_ns = json_extract(wanted.value, '$[1]')"""
FIND_SCOPE: Final = "SELECT scope FROM actograph_scopes WHERE thread_id = ? AND checkpoint_ns = ?"
MAX_SCOPE: Final = "SELECT coalesce(max(scope), 0) FROM actograph_scopes"
ADD_SCOPES: Final = _rows("INSERT INTO actograph_scopes (thread_id, checkpoint_ns, scope) VALUES", "(?, ?, ?)")

ADD_CHECKPOINTS: Final = _rows(
    "INSERT INTO actograph_checkpoints (scope, checkpoint_id, parent_id, ts, metadata, typed, whole, state) VALUES",
    "(?, ?, ?, ?, ?, ?, ?, ?)",
)
ADD_VALUES: Final = _rows(
    "INSERT INTO actograph_values (scope, channel, version, base, payload, tag) VALUES", "(?, ?, ?, ?, ?, ?)"
)
ADD_WRITES: Final = _rows(
    "INSERT INTO actograph_writes (scope, checkpoint_id, task_id, task_path, slot, records) VALUES",
    "(?, ?, ?, ?, ?, ?)",
)
DROP_WRITES: Final = _rows(
    "WITH gone (scope, checkpoint_id, task_id, slot) AS (VALUES",
    "(?, ?, ?, ?)",
    """) DELETE FROM actograph_writes WHERE seq IN (
        SELECT w.seq FROM gone CROSS JOIN actograph_writes AS w INDEXED BY actograph_writes_key
        ON w.scope = gone.scope AND w.checkpoint_id = gone.checkpoint_id AND w.task_id = gone.task_id AND w.slot = gone.slot)""",
)
SET_RUNS: Final = _rows(
    "INSERT INTO actograph_runs (run_id, scope, status, owner, started, updated) VALUES",
    "(?, ?, ?, ?, ?, ?)",
    """ON CONFLICT (run_id) DO UPDATE SET status = excluded.status, owner = excluded.owner, updated = excluded.updated,
        scope = excluded.scope""",
)
SET_LEASE: Final = """INSERT INTO actograph_leases (owner, pid, host, boot, started, heartbeat) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (owner) DO UPDATE SET heartbeat = excluded.heartbeat"""
DROP_LEASE: Final = """DELETE FROM actograph_leases WHERE owner = ?
    AND NOT EXISTS (SELECT 1 FROM actograph_runs AS r WHERE r.owner = ? AND r.status = 'running')"""
GET_RUNS: Final = """SELECT r.run_id, s.thread_id, s.checkpoint_ns, r.status, r.started, r.updated, l.pid, l.host, l.boot, l.heartbeat
    FROM actograph_runs AS r JOIN actograph_scopes AS s ON s.scope = r.scope LEFT JOIN actograph_leases AS l ON l.owner = r.owner
    WHERE ? IS NULL OR r.status = ? ORDER BY r.started, r.run_id"""

_CHECKPOINT: Final = """SELECT c.seq, c.scope, s.thread_id, s.checkpoint_ns, c.checkpoint_id, c.parent_id, c.ts, c.metadata, c.typed,
    c.whole, c.state FROM actograph_scopes AS s JOIN actograph_checkpoints AS c ON c.scope = s.scope"""
GET_NEWEST: Final = f"{_CHECKPOINT} WHERE s.thread_id = ? AND s.checkpoint_ns = ? ORDER BY c.checkpoint_id DESC LIMIT 1"
GET_CHECKPOINT: Final = f"{_CHECKPOINT} WHERE s.thread_id = ? AND s.checkpoint_ns = ? AND c.checkpoint_id = ?"
# What a listing may be narrowed by, each bound; a filter is pairs of a JSON path and a value.
_NARROW: Final = """(? IS NULL OR c.checkpoint_id = ?) AND (? OR c.checkpoint_id < ?) AND (? IS NULL OR (c.checkpoint_id, c.seq) < (?, ?))
    AND NOT EXISTS (SELECT 1 FROM json_each(?) AS f WHERE json_extract(c.metadata, json_extract(f.value, '$[0]'))
        IS NOT json_extract(f.value, '$[1]'))
    ORDER BY c.checkpoint_id DESC, c.seq DESC LIMIT ?"""
LIST_NAMESPACE: Final = f"{_CHECKPOINT} WHERE s.thread_id = ? AND s.checkpoint_ns = ? AND {_NARROW}"
LIST_THREAD: Final = f"{_CHECKPOINT} WHERE s.thread_id = ? AND {_NARROW}"
LIST_ALL: Final = f"{_CHECKPOINT} WHERE {_NARROW}"

# A checkpoint's state and those it is the difference to, the full one last.
GET_STATES: Final = """WITH RECURSIVE line (depth, parent_id, whole, state) AS (
    SELECT 0, parent_id, whole, state FROM actograph_checkpoints WHERE scope = ? AND checkpoint_id = ?
    UNION ALL
    SELECT line.depth + 1, c.parent_id, c.whole, c.state FROM line JOIN actograph_checkpoints AS c
    ON c.scope = ? AND c.checkpoint_id = line.parent_id WHERE NOT line.whole)
    SELECT whole, state FROM line ORDER BY depth DESC"""
SET_STATE: Final = "UPDATE actograph_checkpoints SET whole = 1, state = ? WHERE scope = ? AND checkpoint_id = ?"
# Children whose state is the difference to this checkpoint: they need a full one before it may change.
GET_DEPENDENTS: Final = (
    "SELECT checkpoint_id FROM actograph_checkpoints WHERE scope = ? AND parent_id = ? AND NOT whole"
)
DROP_CHECKPOINT: Final = "DELETE FROM actograph_checkpoints WHERE scope = ? AND checkpoint_id = ?"
HAS_CHECKPOINT: Final = "SELECT 1 FROM actograph_checkpoints WHERE scope = ? AND checkpoint_id = ?"

# The wanted versions of channels, `[[channel, version], ...]`, each with the versions it builds on, the full one first.
GET_VALUES: Final = """WITH RECURSIVE line (channel, wanted, depth, base, payload, tag) AS (
    SELECT v.channel, v.version, 0, v.base, v.payload, v.tag FROM json_each(?) AS want CROSS JOIN actograph_values AS v
    ON v.scope = ? AND v.channel = json_extract(want.value, '$[0]') AND v.version = json_extract(want.value, '$[1]')
    UNION ALL
    SELECT line.channel, line.wanted, line.depth + 1, v.base, v.payload, v.tag FROM line JOIN actograph_values AS v
    ON v.scope = ? AND v.channel = line.channel AND v.version = line.base)
    SELECT channel, wanted, payload, tag, base FROM line ORDER BY depth DESC"""
GET_VALUE_LINE: Final = """WITH RECURSIVE line (depth, base, payload, tag) AS (
    SELECT 0, base, payload, tag FROM actograph_values WHERE scope = ? AND channel = ? AND version = ?
    UNION ALL
    SELECT line.depth + 1, v.base, v.payload, v.tag FROM line JOIN actograph_values AS v
    ON v.scope = ? AND v.channel = ? AND v.version = line.base)
    SELECT payload, tag FROM line ORDER BY depth DESC"""
GET_WRITES: Final = """SELECT task_id, task_path, records FROM actograph_writes
    WHERE scope = ? AND checkpoint_id = ? ORDER BY seq"""
GET_PAYLOADS: Final = """SELECT v.channel, v.version, v.payload FROM json_each(?) AS want CROSS JOIN actograph_values AS v
    ON v.scope = ? AND v.channel = json_extract(want.value, '$[0]') AND v.version = json_extract(want.value, '$[1]')"""

THREAD_SCOPES: Final = "SELECT scope FROM actograph_scopes WHERE thread_id = ?"
DROP_SCOPE: Final = (
    "DELETE FROM actograph_writes WHERE scope = ?",
    "DELETE FROM actograph_values WHERE scope = ?",
    "DELETE FROM actograph_checkpoints WHERE scope = ?",
    "DELETE FROM actograph_runs WHERE scope = ?",
    "DELETE FROM actograph_scopes WHERE scope = ?",
)
