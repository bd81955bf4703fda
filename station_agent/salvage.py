"""What of a damaged journal still proves itself, and how a new file takes the place of the damaged one.

It must not decide what is written next: that is the journal's.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from schedules.asrun import AsRunEntry
from schedules.chain import first_break
from schedules.errors import ScheduleError
from schedules.mark import JournalEntry
from schedules.wire.codec import entry_of, journal_entry_of
from station_agent.disk import sync

log = logging.getLogger(__name__)

_PARTS = ("-wal", "-shm", "")
"""Of a database; the file itself is moved last, so that it is there until everything else is away."""


_JOURNALS = "SELECT id, base_sequence, base_head, acknowledged FROM journal ORDER BY number"
_STRAY = "SELECT 1 FROM entry WHERE journal NOT IN (SELECT id FROM journal) LIMIT 1"
_MOST = 2**31
"""No loudspeaker writes as many entries."""


class Damaged(Exception):
    """Raised when the file opens but does not prove itself."""


UNREADABLE = (sqlite3.DatabaseError, ScheduleError, Damaged)
"""What reading a damaged file raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SalvagedJournal:
    """The part of a journal that is chained to its beginning.

    Attributes:
        lost_to: The last entry known to have been, when it is beyond the part; None when that cannot be told.
        is_whole: Whether nothing of it is known to be lost.
    """

    id: str
    base_sequence: int
    base_head: str
    acknowledged: int
    entries: tuple[JournalEntry, ...]
    lost_to: int | None
    is_whole: bool

    @property
    def through(self) -> int:
        """Number of its last entry that still proves itself."""
        return self.base_sequence + len(self.entries)

    @property
    def head(self) -> str:
        """Hash of that entry."""
        return self.entries[-1].hash if self.entries else self.base_head


@dataclass(slots=True)
class Salvaged:
    """What of a damaged file still proves itself.

    Attributes:
        journals: In the order in which they were begun.
        is_complete: Whether every journal's name could be read.
    """

    journals: list[SalvagedJournal] = field(default_factory=list)
    left_open: list[AsRunEntry] = field(default_factory=list)
    is_complete: bool = False


def check(database: sqlite3.Connection) -> None:
    """Prove a journal: its pages, its chains.

    Raises:
        sqlite3.DatabaseError, ScheduleError, Damaged: It does not prove itself.
    """
    if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise Damaged("pages")
    for (body,) in database.execute("SELECT body FROM open"):
        _draft(body)
    if database.execute(_STRAY).fetchone() is not None:
        raise Damaged("entries of no journal")
    for row in database.execute(_JOURNALS).fetchall():
        journal = _salvaged_journal(database, *row)
        if not journal.is_whole:
            raise Damaged(f"{journal.id} after {journal.through}")


def salvaged(path: Path) -> Salvaged:
    """Return all of a damaged file that still proves itself."""
    found = Salvaged()
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(path)) as database:
        knows_open = _read_open(database, into=found.left_open)
        rows = database.execute(_JOURNALS).fetchall()
        sound = [
            row for row in rows if isinstance(row[0], str) and isinstance(row[2], str) and _numbers(row[1], row[3])
        ]
        found.journals.extend(_salvaged_journal(database, *row) for row in sound)
        if found.journals and not knows_open:  # what sounded when the power went would have been the next entry
            found.journals[-1] = replace(found.journals[-1], is_whole=False)
        found.is_complete = len(sound) == len(rows) > 0 and database.execute(_STRAY).fetchone() is None
    log.info("journal_salvaged entries=%d", sum(len(journal.entries) for journal in found.journals))
    return found


def put_in_place(fresh: Path, path: Path, *, stamp: str) -> None:
    """Set the damaged file aside and let the fresh one have its name; `finish` ends what a power cut interrupts."""
    fresh.rename(_ready(path))
    finish(path, stamp=stamp)


def finish(path: Path, *, stamp: str) -> None:
    """End a replacement that was begun."""
    ready = _ready(path)
    if not ready.exists():
        return
    renamed = path.with_name(f"{path.name}.corrupt.{stamp}")
    for suffix in _PARTS:
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(renamed.with_name(renamed.name + suffix))
    ready.rename(path)
    sync(path.parent)


def _ready(path: Path) -> Path:
    return path.with_name(path.name + ".ready")


def _read_open(database: sqlite3.Connection, *, into: list[AsRunEntry]) -> bool:
    """Collect the drafts of what was open up to the first that is unreadable; tell whether there was none such."""
    try:
        into.extend(_draft(body) for (body,) in database.execute("SELECT body FROM open"))
    except UNREADABLE:
        return False
    return True


def _salvaged_journal(
    database: sqlite3.Connection, journal: str, base_sequence: int, base_head: str, acknowledged: int
) -> SalvagedJournal:
    entries: list[JournalEntry] = []
    is_whole = _read_unbroken(database, journal, base_sequence, base_head, into=entries)
    through = base_sequence + len(entries)
    furthest = max(acknowledged, _last_number(database, journal))
    return SalvagedJournal(
        id=journal,
        base_sequence=base_sequence,
        base_head=base_head,
        acknowledged=min(acknowledged, through),
        entries=tuple(entries),
        lost_to=furthest if furthest > through else None,
        is_whole=is_whole and furthest <= through,
    )


def _read_unbroken(
    database: sqlite3.Connection, journal: str, sequence: int, head: str, *, into: list[JournalEntry]
) -> bool:
    """Collect entries up to the first that is unreadable or does not follow on; tell whether there was none such."""
    try:
        for entry in _entries(database, journal):
            if first_break([entry], sequence=sequence, head=head) is not None:
                return False
            sequence, head = entry.sequence, entry.hash
            into.append(entry)
    except UNREADABLE:
        return False
    return True


def _last_number(database: sqlite3.Connection, journal: str) -> int:
    with suppress(sqlite3.DatabaseError):
        query = "SELECT max(sequence) FROM entry WHERE journal = ?"
        (last,) = database.execute(query, (journal,)).fetchone()
        return last if _numbers(last) else 0
    return 0


def _numbers(*values: object) -> bool:
    """Tell whether these may be numbers of entries, not what a torn page makes of one."""
    return all(isinstance(value, int) and 0 <= value < _MOST for value in values)


def _entries(database: sqlite3.Connection, journal: str) -> Iterator[JournalEntry]:
    """Return entries that stand under their own hash, journal and number."""
    query = "SELECT sequence, hash, body FROM entry WHERE journal = ? ORDER BY sequence"
    for sequence, digest, body in database.execute(query, (journal,)):
        entry = journal_entry_of(_bytes(body))
        if (entry.journal, entry.sequence, entry.hash) != (journal, sequence, digest):
            raise Damaged(f"{journal} {sequence}")
        yield entry


def _draft(body: object) -> AsRunEntry:
    return entry_of(_bytes(body))


def _bytes(body: object) -> bytes:
    if not isinstance(body, bytes):
        raise Damaged("no bytes")
    return body
