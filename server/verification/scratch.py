"""Notes of a verification on a disk of their own, so that a ledger of any length needs little memory.

Facts and links are noted as they come; afterwards they are held against the rows. It must not judge what it finds.
"""

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from schedules.proof import Fact, Link

_TABLES = """
    PRAGMA journal_mode = OFF;
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -65536;
    PRAGMA temp_store = FILE;
    CREATE TABLE said (kind TEXT, subject TEXT, digest BLOB, number INTEGER);
    CREATE TABLE rows (kind TEXT, subject TEXT, digest BLOB);
    CREATE TABLE links (journal INTEGER, sequence INTEGER, hash BLOB, previous BLOB, digest BLOB, number INTEGER);
    CREATE TABLE kept (journal INTEGER, sequence INTEGER, hash BLOB, digest BLOB);
"""
_INDICES = """
    CREATE INDEX by_subject ON said (kind, subject, number, digest);
    CREATE INDEX rows_by_subject ON rows (kind, subject, digest);
    CREATE INDEX by_sequence ON links (journal, sequence, hash);
    CREATE INDEX kept_by_sequence ON kept (journal, sequence, hash);
    CREATE VIEW known AS
        SELECT journal, sequence, hash FROM links UNION ALL SELECT journal, sequence, hash FROM kept;
"""

_AT_ONCE = 1000


class Odd(NamedTuple):
    """A place where two things that belong together differ."""

    number: int
    kind: str
    subject: str


class OddLink(NamedTuple):
    """The same, in a journal."""

    number: int
    loudspeaker: str
    journal: str
    sequence: int


class Scratch:
    """Notes of one verification; leaving the context throws them away."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="verify-")
        self._notes = sqlite3.connect(Path(self._directory.name) / "notes.db", isolation_level=None)
        self._notes.executescript(_TABLES + "BEGIN;")
        self._journals: dict[tuple[str, str], int] = {}
        self._facts: list[tuple[object, ...]] = []
        self._links: list[tuple[object, ...]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._notes.close()
        self._directory.cleanup()

    def note_facts(self, number: int, facts: Iterable[Fact]) -> None:
        """Note what rows a leaf asks for."""
        self._facts += [(*fact, number) for fact in facts]
        if len(self._facts) >= _AT_ONCE:
            self._write()

    def note_links(self, number: int, loudspeaker: str, links: Iterable[Link]) -> None:
        """Note the entries and marks of a report."""
        self._links += [
            (
                self.journal(loudspeaker, link.journal),
                link.sequence,
                bytes.fromhex(link.hash),
                bytes.fromhex(link.previous),
                link.digest,
                number,
            )
            for link in links
        ]
        if len(self._links) >= _AT_ONCE:
            self._write()

    def note_rows(self, rows: Iterable[tuple[str, str, bytes]]) -> None:
        """Note rows as they stand: kind, subject, digest."""
        self._notes.executemany("INSERT INTO rows VALUES (?, ?, ?)", rows)

    def note_kept(self, rows: Iterable[tuple[str, bytes]]) -> None:
        """Note entries and marks as they stand: what names them, and the digest."""
        self._notes.executemany(
            "INSERT INTO kept VALUES (?, ?, ?, ?)",
            (
                (self.journal(loudspeaker, journal), int(sequence), bytes.fromhex(digest), content)
                for subject, content in rows
                for loudspeaker, journal, sequence, digest in (subject.rsplit("/", 3),)
            ),
        )

    def journal(self, loudspeaker: str, journal: str) -> int:
        """Give the number by which a journal is noted here."""
        return self._journals.setdefault((loudspeaker, journal), len(self._journals))

    def index(self) -> None:
        """Make everything noted findable; nothing is noted afterwards."""
        self._write()
        self._notes.executescript(_INDICES)

    def altered(self) -> Iterator[Odd]:
        """Give rows that are not what the last leaf about them says."""
        yield from self._odd(
            "SELECT last.number, last.kind, last.subject FROM (SELECT kind, subject, max(number) AS number, digest "
            "FROM said GROUP BY kind, subject) AS last JOIN rows USING (kind, subject) "
            "WHERE rows.digest <> last.digest ORDER BY last.number"
        )

    def without_row(self) -> Iterator[Odd]:
        """Give leaves whose row is gone."""
        yield from self._odd(
            "SELECT max(said.number), said.kind, said.subject FROM said LEFT JOIN rows USING (kind, subject) "
            "WHERE rows.kind IS NULL GROUP BY said.kind, said.subject ORDER BY 1"
        )

    def is_said(self, kind: str, subject: str) -> bool:
        """Tell whether a leaf speaks of a row."""
        found = self._notes.execute("SELECT 1 FROM said WHERE kind = ? AND subject = ?", (kind, subject))
        return found.fetchone() is not None

    def without_leaf(self) -> Iterator[tuple[str, str]]:
        """Give rows no leaf speaks of, in the order they were read."""
        yield from self._notes.execute(
            "SELECT kind, subject FROM rows WHERE NOT EXISTS (SELECT 1 FROM said WHERE said.kind = rows.kind "
            "AND said.subject = rows.subject) ORDER BY rows.rowid"
        )

    def entries_altered(self) -> Iterator[OddLink]:
        """Give entries whose row does not say what the device signed."""
        yield from self._odd_links(
            "SELECT first.number, journal, sequence FROM (SELECT min(number) AS number, journal, sequence, hash, "
            "digest FROM links GROUP BY journal, sequence, hash) AS first JOIN kept USING (journal, sequence, hash) "
            "WHERE kept.digest <> first.digest ORDER BY 1, 3"
        )

    def entries_without_row(self) -> Iterator[OddLink]:
        """Give entries a device signed whose row is gone."""
        yield from self._odd_links(
            "SELECT min(number), journal, sequence FROM links WHERE NOT EXISTS (SELECT 1 FROM kept "
            "WHERE kept.journal = links.journal AND kept.sequence = links.sequence AND kept.hash = links.hash) "
            "GROUP BY journal, sequence, hash ORDER BY 1, 3"
        )

    def entries_without_leaf(self) -> Iterator[OddLink]:
        """Give rows of entries that no device signed, as far as the ledger knows; in the order they were read."""
        yield from self._odd_links(
            "SELECT 0, journal, sequence FROM kept WHERE NOT EXISTS (SELECT 1 FROM links "
            "WHERE kept.journal = links.journal AND kept.sequence = links.sequence AND kept.hash = links.hash) "
            "ORDER BY kept.rowid"
        )

    def forks(self) -> Iterator[OddLink]:
        """Give the numbers of journals under which two different entries stand."""
        yield from self._odd_links(
            "SELECT max(number), journal, sequence FROM (SELECT min(number) AS number, journal, sequence, hash FROM "
            "links GROUP BY journal, sequence, hash) GROUP BY journal, sequence HAVING count(*) > 1 ORDER BY 1, 3"
        )

    def broken(self) -> Iterator[OddLink]:
        """Give entries that do not go on from the one before them, though that is there."""
        yield from self._odd_links(
            "SELECT min(number), journal, sequence FROM links AS here WHERE NOT EXISTS (SELECT 1 FROM known AS before "
            "WHERE before.journal = here.journal AND before.sequence = here.sequence - 1 "
            "AND before.hash = here.previous) "
            "AND CASE sequence WHEN 1 THEN previous <> zeroblob(32) ELSE EXISTS (SELECT 1 FROM known AS before "
            "WHERE before.journal = here.journal AND before.sequence = here.sequence - 1) END "
            "GROUP BY journal, sequence ORDER BY 1, 3"
        )

    def gaps(self) -> Iterator[OddLink]:
        """Give entries before which one is missing: the chain proves that it was."""
        yield from self._odd_links(
            "SELECT min(number), journal, sequence FROM links AS here WHERE sequence > 1 AND NOT EXISTS (SELECT 1 "
            "FROM known AS before WHERE before.journal = here.journal AND before.sequence = here.sequence - 1) "
            "GROUP BY journal, sequence ORDER BY 1, 3"
        )

    def holds(self, loudspeaker: str, journal: str, sequence: int, digest: str) -> bool:
        """Tell whether an entry was noted."""
        known = self._journals.get((loudspeaker, journal))
        found = self._notes.execute(
            "SELECT 1 FROM links WHERE journal = ? AND sequence = ? AND hash = ?",
            (known, sequence, bytes.fromhex(digest)),
        )
        return found.fetchone() is not None

    def counted(self) -> tuple[int, int]:
        """Give how many entries and how many rows were noted."""
        query = "SELECT (SELECT count(*) FROM links), (SELECT count(*) FROM rows), (SELECT count(*) FROM kept)"
        links, rows, kept = self._notes.execute(query).fetchone()
        return links, rows + kept

    def _write(self) -> None:
        self._notes.executemany("INSERT INTO said VALUES (?, ?, ?, ?)", self._facts)
        self._notes.executemany("INSERT INTO links VALUES (?, ?, ?, ?, ?, ?)", self._links)
        self._facts, self._links = [], []

    def _odd(self, query: str) -> Iterator[Odd]:
        return (Odd(*row) for row in self._notes.execute(query))

    def _odd_links(self, query: str) -> Iterator[OddLink]:
        names = list(self._journals)
        for number, place, sequence in self._notes.execute(query):
            loudspeaker, journal = names[place]
            yield OddLink(number, loudspeaker, journal, sequence)
