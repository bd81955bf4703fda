"""The journal: what really sounded, numbered, chained and kept until the server has it. SQLite.

An item is opened before its first sample and closed in one transaction, so that a power cut at any moment leaves
either an open row, which the next start closes, or a whole entry. It must not judge what it keeps.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from schedules import evidence
from schedules.asrun import AsRunEntry
from schedules.chain import GENESIS, canonical_bytes
from schedules.ids import JournalId, LoudspeakerId
from schedules.mark import JournalEntry, Mark, MarkKind
from schedules.times import instant_of, instant_text
from schedules.wire.codec import entry_of, journal_entry_of, read
from station_agent import salvage
from station_agent.errors import JournalError
from station_agent.journal_file import opened, proved
from station_agent.ports import Clock, Pending
from station_agent.salvage import UNREADABLE, Salvaged, SalvagedJournal

log = logging.getLogger(__name__)

KEPT = timedelta(days=35)
_MEMORY = Path(":memory:")
_CODES = {
    sqlite3.SQLITE_FULL: "journal.disk_full",
    sqlite3.SQLITE_READONLY: "disk.read_only",
    sqlite3.SQLITE_CORRUPT: "journal.torn",
    sqlite3.SQLITE_NOTADB: "journal.torn",
}
"""By what SQLite refused with."""

E = TypeVar("E", AsRunEntry, Mark)


class SqliteJournal:
    """Implements the `Journal` port. Belongs to the thread that made it.

    Args:
        path: The file. A damaged one is renamed `.corrupt.<time>`; what of it still proves itself is taken over
            under its old journal id, and a new journal begins, which names the one before and what was lost.
            Where not even a new file can be made, on a disk that takes nothing any more, a journal of its own
            begins in memory: what is reported before the power goes is evidence all the same.
        loudspeaker: Whose journal it is.
        new_id: Draws the id of a new journal.
        clock: Dates what the journal writes by itself.

    Attributes:
        is_torn: Whether the file turned out to be damaged while it was in use, and waits to be mended.
        fault: Code of what is wrong with the file, for as long as this process lives; else empty.
    """

    def __init__(
        self, path: Path, *, loudspeaker: LoudspeakerId, new_id: Callable[[], JournalId], clock: Clock
    ) -> None:
        self._loudspeaker = loudspeaker
        self._new_id = new_id
        self._clock = clock
        self._path = path
        self.is_torn = False
        self.fault = ""
        self._opened()
        self._take_up()

    def mend(self) -> None:
        """Replace a file that is torn, as a start does. It may take seconds: nothing should sound meanwhile."""
        self._database.close()
        self._replace(JournalError("journal.torn"))
        self._take_up()
        self.is_torn = False

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
            entry = self._append(self.id, draft)
            self._database.execute("DELETE FROM open WHERE occurrence = ?", (draft.occurrence,))
        return entry

    def mark(self, draft: Mark) -> Mark:
        """Number and chain a mark; return it as kept."""
        with self._writing():
            return self._append(self.id, draft)

    def forget(self, draft: AsRunEntry) -> None:
        """Drop the open row of an item that never began to sound."""
        with self._writing():
            self._database.execute("DELETE FROM open WHERE occurrence = ?", (draft.occurrence,))

    def left_open(self) -> tuple[AsRunEntry, ...]:
        """Return the drafts of items that were never closed: the power went."""
        with self._reading():
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
        with self._reading():
            row = self._one("SELECT at FROM alive")
        return None if row is None else instant_of(str(row[0]))

    def pending(self, limit: int) -> Pending | None:
        """Return what the server has not acknowledged, oldest journal first; None when it has everything."""
        with self._reading():
            for journal, acknowledged in self._database.execute("SELECT id, acknowledged FROM journal ORDER BY number"):
                entries = self._unacknowledged(journal, acknowledged, limit)
                if entries:
                    return Pending(JournalId(journal), tuple(entries[:limit]), more=tuple(entries[limit:]))
            return None

    def head(self) -> str:
        """Return the hash of the newest entry or mark."""
        with self._reading():
            return self._end(self.id)[1]

    def acknowledge(self, journal: JournalId, through: int, head: str) -> bool:
        """Note what the server has; False, and nothing noted, when its hash is not ours."""
        with self._reading():
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
        """Return as-run entries recorded since an instant, in order."""
        query = "SELECT body FROM entry JOIN journal ON id = journal WHERE recorded_at >= ? ORDER BY number, sequence"
        with self._reading():
            entries = (journal_entry_of(body) for (body,) in self._database.execute(query, (instant_text(instant),)))
            return tuple(entry for entry in entries if isinstance(entry, AsRunEntry))

    def prune(self, now: datetime) -> None:
        """Delete what was acknowledged and is older than 35 days; the chain goes on from the last one deleted."""
        before = instant_text(now - KEPT)
        with self._writing():
            for (journal,) in self._database.execute("SELECT id FROM journal").fetchall():
                # Only what lies before the first that is to be kept: a mark written without a clock may say 1970.
                row = self._one(
                    "SELECT sequence, hash FROM entry WHERE journal = ?1 AND sequence <="
                    " (SELECT acknowledged FROM journal WHERE id = ?1) AND sequence <"
                    " (SELECT coalesce(min(sequence), 9e9) FROM entry WHERE journal = ?1 AND recorded_at >= ?2)"
                    " ORDER BY sequence DESC LIMIT 1",
                    journal,
                    before,
                )
                if row is not None:
                    self._database.execute(
                        "UPDATE journal SET base_sequence = ?, base_head = ? WHERE id = ?", (*row, journal)
                    )
                    self._database.execute("DELETE FROM entry WHERE journal = ? AND sequence <= ?", (journal, row[0]))

    def shut(self) -> None:
        """Close the file."""
        self._database.close()

    def _opened(self) -> None:
        """Open the file; replace a damaged one; on a disk that takes nothing begin in memory."""
        try:
            salvage.finish(self._path, stamp=self._stamp())
            self._database = proved(self._path)
        except (*UNREADABLE, OSError) as error:
            self._replace(error)
            return
        try:
            with self._writing():
                self._database.execute("PRAGMA user_version = 1")  # a disk that became read-only refuses already here
        except JournalError as error:
            self._database.close()
            self._begin_in_memory(error)

    def _replace(self, error: Exception) -> None:
        """Open a new file with everything that the damaged one still proves."""
        stamp = self._stamp()
        log.error("journal_damaged stamp=%s", stamp, exc_info=error)
        try:
            self._database, self.fault = self._replaced(stamp), "journal.damaged"
        except (JournalError, sqlite3.DatabaseError, OSError) as worse:
            self._begin_in_memory(worse)

    def _begin_in_memory(self, error: Exception) -> None:
        log.error("journal_in_memory", exc_info=error)
        self._database, self.fault = opened(_MEMORY), "journal.in_memory"

    def _replaced(self, stamp: str) -> sqlite3.Connection:
        """Make a new file of what a damaged one still proves, put it in its place and open it."""
        found = salvage.salvaged(self._path)
        fresh = self._path.with_name(self._path.name + ".fresh")
        fresh.unlink(missing_ok=True)
        self._database = opened(fresh, mode="DELETE")
        with closing(self._database):
            self._begin(found)
        salvage.put_in_place(fresh, self._path, stamp=stamp)
        return opened(self._path)

    def _take_up(self) -> None:
        """Go on with the newest journal of the file, or begin its first."""
        row = self._one("SELECT id FROM journal ORDER BY number DESC LIMIT 1")
        self.id = JournalId(str(row[0])) if row is not None else self._begin(Salvaged(is_complete=True))

    def _stamp(self) -> str:
        return f"{self._clock.now():%Y%m%dT%H%M%S}"

    def _unacknowledged(self, journal: str, acknowledged: int, limit: int) -> list[JournalEntry]:
        """Give what follows an entry, up to the first play beyond the limit: it says how far a report may reach."""
        query = "SELECT body FROM entry WHERE journal = ? AND sequence > ? ORDER BY sequence"
        entries: list[JournalEntry] = []
        for (body,) in self._database.execute(query, (journal, acknowledged)):
            entries.append(journal_entry_of(body))
            if len(entries) > limit and isinstance(entries[-1], AsRunEntry):
                break
        return entries

    def _begin(self, found: Salvaged) -> JournalId:
        """Take over what was salvaged; begin a journal that names the one before it and what was lost."""
        with suppress(JournalError), self._writing():  # what cannot be taken over stays in the file set aside
            self._take_over(found)
        journal = self._new_id()
        with self._writing():
            self._add_journal(journal, 0, GENESIS, 0)
            before = found.journals[-1] if found.journals else None
            self._append(journal, self._about(MarkKind.BEGUN, before, is_lost=not found.is_complete))
            for damaged in (each for each in found.journals if not each.is_whole):
                self._append(journal, self._about(MarkKind.LOST, damaged))
            if not found.is_complete:
                self._append(journal, self._about(MarkKind.LOST, None, is_lost=True))
        return journal

    def _take_over(self, salvaged: Salvaged) -> None:
        for draft in salvaged.left_open:
            self._database.execute("INSERT INTO open VALUES (?, ?)", (draft.occurrence, canonical_bytes(draft)))
        for found in salvaged.journals:
            self._add_journal(found.id, found.base_sequence, found.base_head, found.acknowledged)
            for entry in found.entries:
                self._insert(entry)

    def _about(self, kind: MarkKind, other: SalvagedJournal | None, *, is_lost: bool = False) -> Mark:
        """Draft what a new journal says of another one: that it comes after it, and what of it is lost.

        Args:
            kind: BEGUN or LOST.
            other: None where there was none, or not even its name could be read.
            is_lost: That something is lost of a journal whose name is not known.
        """
        interval = self._clock.interval()
        return Mark(
            loudspeaker=self._loudspeaker,
            journal=JournalId(""),
            sequence=1,
            previous=GENESIS,
            kind=kind,
            recorded_at=self._clock.now(),
            clock_error_ms=None if interval is None else evidence.error_ms(interval),
            after_journal=None if other is None else JournalId(other.id),
            after_sequence=None if other is None else other.through,
            after_head="" if other is None else other.head,
            lost_from=other.through + 1 if other is not None and not other.is_whole else 1 if is_lost else None,
            lost_to=None if other is None else other.lost_to,
        )

    def _append(self, journal: JournalId, draft: E) -> E:
        sequence, head = self._end(journal)
        chained = replace(draft, journal=journal, sequence=sequence + 1, previous=head)
        # what is kept, hashed and sent is one and the same: instants in whole milliseconds
        entry = read(type(chained), canonical_bytes(chained))
        self._insert(entry)
        return entry

    def _end(self, journal: JournalId) -> tuple[int, str]:
        row = self._one(
            "SELECT sequence, hash FROM entry WHERE journal = ? ORDER BY sequence DESC LIMIT 1", journal
        ) or self._one("SELECT base_sequence, base_head FROM journal WHERE id = ?", journal)
        if row is None:
            raise JournalError("journal.unusable", cause="no journal")
        return int(row[0]), str(row[1])

    def _add_journal(self, journal: str, sequence: int, head: str, acknowledged: int) -> None:
        self._database.execute(
            "INSERT INTO journal VALUES (?, (SELECT coalesce(max(number), 0) + 1 FROM journal), ?, ?, ?)",
            (journal, sequence, head, acknowledged),
        )

    def _insert(self, entry: JournalEntry) -> None:
        row = (entry.journal, entry.sequence, instant_text(entry.recorded_at), entry.hash, canonical_bytes(entry))
        self._database.execute("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", row)

    def _one(self, query: str, *values: str | int) -> tuple[str | int, ...] | None:
        row: tuple[str | int, ...] | None = self._database.execute(query, values).fetchone()
        return row

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except UNREADABLE as error:
            self.is_torn = True
            raise JournalError("journal.torn", cause=str(error)) from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            self._database.execute("BEGIN IMMEDIATE")
            yield
            self._database.execute("COMMIT")
        except BaseException as error:
            with suppress(sqlite3.Error):
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
            if not isinstance(error, sqlite3.Error):
                raise
            code = _CODES.get(error.sqlite_errorcode & 0xFF, "journal.unwritable")
            self.is_torn |= code == "journal.torn"
            raise JournalError(code, cause=str(error)) from error
