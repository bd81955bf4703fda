"""The journal: what really sounded, numbered, chained and kept until the server has it. SQLite.

An item is opened before its first sample and closed in one transaction, so that a power cut at any moment leaves
either an open row, which the next start closes, or a whole entry. It must not judge what it keeps.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from schedules.asrun import GENESIS, AsRunEntry, canonical_bytes, first_break
from schedules.errors import ScheduleError
from schedules.ids import JournalId
from schedules.times import instant_of, instant_text
from schedules.wire.codec import entry_of
from station_agent.errors import JournalError
from station_agent.ports import Pending

log = logging.getLogger(__name__)

KEPT = timedelta(days=35)

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
    """What a journal holds: its newest id, all entries, and those the server has not acknowledged."""

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


class SqliteJournal:
    """Implements the `Journal` port. Belongs to the thread that made it.

    Args:
        path: The file. A damaged one is renamed `.corrupt.<time>`; what of it still proves itself is taken over
            under its old journal id, and a new journal begins.
        new_id: Draws the id of a new journal.
        now: Used to name a damaged file.

    Raises:
        JournalError: `journal.unusable` when not even a new file can be made.
    """

    def __init__(self, path: Path, *, new_id: Callable[[], JournalId], now: datetime) -> None:
        self._path = path
        self.was_damaged = False
        salvaged = _Salvaged()
        try:
            self._database = _opened(path)
            _check(self._database)
        except (sqlite3.DatabaseError, ScheduleError, _Damaged):
            self.was_damaged = True
            renamed = _set_aside(path, f"{now:%Y%m%dT%H%M%S}")
            log.exception("journal_damaged renamed=%s", renamed.name)
            salvaged = _salvaged(renamed)
            try:
                self._database = _opened(path)
            except sqlite3.DatabaseError as worse:
                raise JournalError("journal.unusable", cause=str(worse)) from worse
        with suppress(JournalError), self._writing():  # what cannot be taken over stays in the file set aside
            self._take_over(salvaged)
        with self._writing():
            row = self._one("SELECT id FROM journal ORDER BY number DESC LIMIT 1")
            if row is None or self.was_damaged:
                row = (new_id(),)
                self._add_journal(row[0], 0, GENESIS, 0)
        self.id = JournalId(str(row[0]))

    def open(self, draft: AsRunEntry) -> None:
        """Commit that an item is about to sound: `draft` is the entry it becomes if nothing more is heard of it."""
        with self._writing():
            self._database.execute(
                "INSERT OR REPLACE INTO open VALUES (?, ?)", (draft.occurrence, canonical_bytes(draft))
            )

    def note(self, draft: AsRunEntry, *, durable: bool) -> None:
        """Replace the draft of an open item; `durable` waits for the disk, else only a power cut may lose it."""
        self._database.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        try:
            with self._writing():
                body = canonical_bytes(draft)
                self._database.execute("UPDATE open SET body = ? WHERE occurrence = ?", (body, draft.occurrence))
        finally:
            self._database.execute("PRAGMA synchronous = FULL")

    def close(self, draft: AsRunEntry) -> AsRunEntry:
        """Number and chain an entry and end its open row, in one transaction; return it as kept."""
        with self._writing():
            row = self._one(
                "SELECT sequence, hash FROM entry WHERE journal = ? ORDER BY sequence DESC LIMIT 1", self.id
            ) or self._one("SELECT base_sequence, base_head FROM journal WHERE id = ?", self.id)
            if row is None:
                raise JournalError("journal.unusable", cause="no journal")
            entry = replace(draft, journal=self.id, sequence=int(row[0]) + 1, previous=str(row[1]))
            # what is kept, hashed and sent is one and the same: instants in whole milliseconds
            entry = entry_of(canonical_bytes(entry))
            self._insert(entry)
            self._database.execute("DELETE FROM open WHERE occurrence = ?", (draft.occurrence,))
        return entry

    def forget(self, draft: AsRunEntry) -> None:
        """Drop the open row of an item that never began to sound."""
        with self._writing():
            self._database.execute("DELETE FROM open WHERE occurrence = ?", (draft.occurrence,))

    def left_open(self) -> tuple[AsRunEntry, ...]:
        """Return the drafts of items that were never closed: the power went."""
        return tuple(entry_of(body) for (body,) in self._database.execute("SELECT body FROM open"))

    def note_alive(self, now: datetime) -> None:
        """Write down that the agent runs; not worth waiting for the disk."""
        self._database.execute("PRAGMA synchronous = NORMAL")
        try:
            with self._writing():
                self._database.execute("DELETE FROM alive")
                self._database.execute("INSERT INTO alive VALUES (?)", (instant_text(now),))
        finally:
            self._database.execute("PRAGMA synchronous = FULL")

    def last_alive(self) -> datetime | None:
        """Return when the agent last noted that it runs; None in a new journal."""
        row = self._one("SELECT at FROM alive")
        return None if row is None else instant_of(str(row[0]))

    def pending(self, limit: int) -> Pending | None:
        """Return what the server has not acknowledged, oldest journal first; None when it has everything."""
        for journal, acknowledged in self._database.execute("SELECT id, acknowledged FROM journal ORDER BY number"):
            rows = self._database.execute(
                "SELECT body FROM entry WHERE journal = ? AND sequence > ? ORDER BY sequence LIMIT ?",
                (journal, acknowledged, limit + 1),
            )
            entries = tuple(entry_of(body) for (body,) in rows)
            if entries:
                return Pending(JournalId(journal), entries[:limit], more=entries[limit:])
        return None

    def head(self) -> str:
        """Return the hash of the newest entry."""
        row = self._one("SELECT hash FROM entry WHERE journal = ? ORDER BY sequence DESC LIMIT 1", self.id)
        row = row or self._one("SELECT base_head FROM journal WHERE id = ?", self.id)
        return str(row[0]) if row else GENESIS

    def acknowledge(self, journal: JournalId, through: int, head: str) -> bool:
        """Note what the server has; False, and nothing noted, when its hash is not ours."""
        row = (
            self._one("SELECT hash FROM entry WHERE journal = ? AND sequence = ?", journal, through)
            or self._one("SELECT base_head FROM journal WHERE id = ? AND base_sequence = ?", journal, through)
            or ((GENESIS,) if through == 0 else None)
        )
        if row is None or row[0] != head:
            return False
        with self._writing():
            self._database.execute("UPDATE journal SET acknowledged = ? WHERE id = ?", (through, journal))
        return True

    def entries_since(self, instant: datetime) -> tuple[AsRunEntry, ...]:
        """Return entries recorded since an instant, in order."""
        rows = self._database.execute(
            "SELECT body FROM entry JOIN journal ON id = journal WHERE recorded_at >= ? ORDER BY number, sequence",
            (instant_text(instant),),
        )
        return tuple(entry_of(body) for (body,) in rows)

    def prune(self, now: datetime) -> None:
        """Delete what was acknowledged and is older than 35 days; the chain goes on from the last one deleted."""
        before = instant_text(now - KEPT)
        with self._writing():
            for (journal,) in self._database.execute("SELECT id FROM journal").fetchall():
                row = self._one(
                    "SELECT sequence, hash FROM entry WHERE journal = ? AND recorded_at < ? AND sequence <="
                    " (SELECT acknowledged FROM journal WHERE id = ?) ORDER BY sequence DESC LIMIT 1",
                    journal,
                    before,
                    journal,
                )
                if row is not None:
                    self._database.execute(
                        "UPDATE journal SET base_sequence = ?, base_head = ? WHERE id = ?", (*row, journal)
                    )
                    self._database.execute("DELETE FROM entry WHERE journal = ? AND sequence <= ?", (journal, row[0]))

    def shut(self) -> None:
        """Close the file."""
        self._database.close()

    def _take_over(self, salvaged: "_Salvaged") -> None:
        for draft in salvaged.left_open:
            self._database.execute("INSERT INTO open VALUES (?, ?)", (draft.occurrence, canonical_bytes(draft)))
        for found in salvaged.journals:
            self._add_journal(found.id, found.base_sequence, found.base_head, found.acknowledged)
            for entry in found.entries:
                self._insert(entry)

    def _add_journal(self, journal: str, sequence: int, head: str, acknowledged: int) -> None:
        self._database.execute(
            "INSERT INTO journal VALUES (?, (SELECT coalesce(max(number), 0) + 1 FROM journal), ?, ?, ?)",
            (journal, sequence, head, acknowledged),
        )

    def _insert(self, entry: AsRunEntry) -> None:
        row = (entry.journal, entry.sequence, instant_text(entry.recorded_at), entry.hash, canonical_bytes(entry))
        self._database.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", row)

    def _one(self, query: str, *values: str | int) -> tuple[str | int, ...] | None:
        row: tuple[str | int, ...] | None = self._database.execute(query, values).fetchone()
        return row

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            full = error.sqlite_errorcode == sqlite3.SQLITE_FULL
            raise JournalError("journal.disk_full" if full else "journal.unwritable", cause=str(error)) from error


@dataclass(frozen=True, slots=True)
class _SalvagedJournal:
    """The part of a journal that is chained to its beginning."""

    id: str
    base_sequence: int
    base_head: str
    acknowledged: int
    entries: tuple[AsRunEntry, ...]


@dataclass(slots=True)
class _Salvaged:
    """What of a damaged file still proves itself."""

    journals: list[_SalvagedJournal] = field(default_factory=list)
    left_open: list[AsRunEntry] = field(default_factory=list)


class _Damaged(Exception):
    """Raised when the file opens but does not prove itself."""


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("PRAGMA cache_size = -256")
        database.execute("PRAGMA wal_autocheckpoint = 64")
        if database.execute("PRAGMA user_version").fetchone() == (0,):
            database.executescript(f"BEGIN; {SCHEMA} PRAGMA user_version = 1; COMMIT;")
    except BaseException:
        database.close()
        raise
    return database


def _check(database: sqlite3.Connection) -> None:
    try:
        if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise _Damaged("pages")
        for (body,) in database.execute("SELECT body FROM open"):
            _entry(body)
        for journal, sequence, head in database.execute("SELECT id, base_sequence, base_head FROM journal").fetchall():
            broken = first_break(_entries(database, journal), sequence=sequence, head=head)
            if broken is not None:
                raise _Damaged(f"chain at {journal} {broken.sequence}")
    except BaseException:
        database.close()
        raise


def _entries(database: sqlite3.Connection, journal: str) -> Iterator[AsRunEntry]:
    """Return entries whose kept hash is that of their bytes."""
    query = "SELECT hash, body FROM entry WHERE journal = ? ORDER BY sequence"
    for kept_hash, body in database.execute(query, (journal,)):
        entry = _entry(body)
        if entry.hash != kept_hash or entry.journal != journal:
            raise _Damaged(f"hash of {journal} {entry.sequence}")
        yield entry


def _entry(body: object) -> AsRunEntry:
    if not isinstance(body, bytes):
        raise _Damaged("no bytes")
    return entry_of(body)


def _set_aside(path: Path, stamp: str) -> Path:
    renamed = path.with_name(f"{path.name}.corrupt.{stamp}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(renamed.with_name(renamed.name + suffix))
    return renamed


def _salvaged(path: Path) -> _Salvaged:
    """Return all of a damaged file that still proves itself."""
    found = _Salvaged()
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(path)) as database:
        with suppress(sqlite3.DatabaseError, ScheduleError, _Damaged):
            found.left_open.extend(_entry(body) for (body,) in database.execute("SELECT body FROM open"))
        journals = database.execute("SELECT id, base_sequence, base_head, acknowledged FROM journal").fetchall()
        for journal, base_sequence, base_head, acknowledged in journals:
            if not isinstance(journal, str) or not isinstance(base_sequence, int) or not isinstance(acknowledged, int):
                continue
            entries = tuple(_unbroken(database, journal, base_sequence, base_head))
            told = min(acknowledged, base_sequence + len(entries))
            found.journals.append(_SalvagedJournal(journal, base_sequence, base_head, told, entries))
    log.info("journal_salvaged entries=%d", sum(len(journal.entries) for journal in found.journals))
    return found


def _unbroken(database: sqlite3.Connection, journal: str, sequence: int, head: str) -> Iterator[AsRunEntry]:
    """Yield entries up to the first that is unreadable or does not follow on."""
    with suppress(sqlite3.DatabaseError, ScheduleError, _Damaged):
        for entry in _entries(database, journal):
            if first_break([entry], sequence=sequence, head=head) is not None:
                return
            sequence, head = entry.sequence, entry.hash
            yield entry
