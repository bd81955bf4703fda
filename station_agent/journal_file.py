"""The file of a journal: its tables, how it is opened, and a look at it from beside. It must not write an entry."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from station_agent import salvage

SCHEMA = """
CREATE TABLE journal (
    id TEXT PRIMARY KEY,
    number INTEGER NOT NULL UNIQUE,
    base_sequence INTEGER NOT NULL DEFAULT 0,
    base_head TEXT NOT NULL,
    acknowledged INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE entry (
    journal TEXT NOT NULL REFERENCES journal (id),
    sequence INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    hash TEXT NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (journal, sequence)
) WITHOUT ROWID;
CREATE TABLE open (
    occurrence TEXT PRIMARY KEY,
    body BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE alive (
    at TEXT NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a journal holds: its newest id, all entries and marks, and those the server has not acknowledged."""

    id: str
    entries: int
    pending: int


def read_summary(path: Path) -> Summary | None:
    """Read a journal beside a running agent, changing nothing; None when it cannot be read."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            (newest,) = database.execute("SELECT id FROM journal ORDER BY number DESC LIMIT 1").fetchone()
            query = "SELECT count(*), coalesce(sum(sequence > acknowledged), 0) FROM entry JOIN journal ON id = journal"
            entries, pending = database.execute(query).fetchone()
    except (sqlite3.Error, TypeError):
        return None
    return Summary(newest, entries, pending)


def proved(path: Path) -> sqlite3.Connection:
    """Open a journal that proves itself.

    Raises:
        sqlite3.DatabaseError, ScheduleError, Damaged: It does not.
    """
    database = opened(path)
    try:
        salvage.check(database)
    except BaseException:
        database.close()
        raise
    return database


def opened(path: Path, *, mode: str = "WAL") -> sqlite3.Connection:
    """Open a file, or make it with its tables; every commit waits for the disk."""
    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.execute(f"PRAGMA journal_mode = {mode}")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA cache_size = -256")
        database.execute("PRAGMA wal_autocheckpoint = 64")
        if database.execute("PRAGMA user_version").fetchone() == (0,):
            database.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = 1; COMMIT;")
    except BaseException:
        database.close()
        raise
    return database
