"""The journal on a real disk: numbered, chained, acknowledged, pruned; torn, full, salvaged."""

import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from schedules.asrun import GENESIS, AsRunEntry, Outcome, first_break
from schedules.ids import JournalId, LoudspeakerId, OccurrenceId, ProgrammeId, ZoneId
from station_agent.errors import JournalError
from station_agent.journal import KEPT, SqliteJournal, read_summary
from tests.station_agent.world import NOW

ROOT = Path(__file__).parents[2]


def draft(name: str, *, days_ago: int = 0) -> AsRunEntry:
    start = NOW - timedelta(days=days_ago)
    return AsRunEntry(
        loudspeaker=LoudspeakerId("pole"),
        zone=ZoneId("zone"),
        journal=JournalId(""),
        sequence=1,
        previous=GENESIS,
        occurrence=OccurrenceId(name),
        programme=ProgrammeId("p"),
        title="Thông báo tạm ngừng cấp điện",
        sha256=(),
        approval="",
        revision=1,
        planned_start=start,
        planned_end=start + timedelta(minutes=1),
        outcome=Outcome.FINISHED,
        started_at=start,
        ended_at=start + timedelta(minutes=1, microseconds=1234),
        played_ms=60_000,
        level_dbfs=-18.24,
        recorded_at=start + timedelta(minutes=1),
    )


class Shelf:
    """Opens the same journal again and again."""

    def __init__(self, folder: Path, name: str = "journal") -> None:
        self.path = folder / "journal.db"
        self.name = name
        self.opened = 0

    def open(self) -> SqliteJournal:
        self.opened += 1
        return SqliteJournal(self.path, new_id=lambda: JournalId(f"{self.name}-{self.opened}"), now=NOW)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path)


def test_entries_are_numbered_and_chained_over_restarts(shelf: Shelf) -> None:
    journal = shelf.open()
    journal.close(draft("a"))
    journal.shut()
    journal = shelf.open()
    journal.close(draft("b"))

    entries = journal.entries_since(NOW - timedelta(days=1))

    assert [(entry.occurrence, entry.sequence) for entry in entries] == [("a", 1), ("b", 2)]
    assert first_break(entries, head=GENESIS) is None
    assert {entry.journal for entry in entries} == {"journal-1"}
    assert journal.head() == entries[-1].hash


def test_what_is_returned_is_what_is_kept_to_the_last_bit(shelf: Shelf) -> None:
    journal = shelf.open()

    entry = journal.close(draft("a"))

    assert journal.entries_since(NOW) == (entry,)
    assert journal.entries_since(NOW)[0].hash == entry.hash


def test_an_open_item_survives_and_closing_ends_it(shelf: Shelf) -> None:
    journal = shelf.open()
    journal.open(draft("a"))
    journal.note(replace(draft("a"), played_ms=5000), durable=False)
    journal.shut()
    journal = shelf.open()

    (left,) = journal.left_open()
    journal.close(left)

    assert left.played_ms == 5000
    assert not journal.left_open()


def test_a_forgotten_item_leaves_nothing(shelf: Shelf) -> None:
    journal = shelf.open()
    journal.open(draft("a"))

    journal.forget(draft("a"))

    assert not journal.left_open()
    assert journal.pending(10) is None


def test_only_the_right_hash_acknowledges(shelf: Shelf) -> None:
    journal = shelf.open()
    first, second = journal.close(draft("a")), journal.close(draft("b"))

    assert not journal.acknowledge(journal.id, 2, first.hash)
    assert not journal.acknowledge(journal.id, 3, second.hash)
    assert not journal.acknowledge(JournalId("another"), 1, first.hash)
    assert journal.acknowledge(journal.id, 1, first.hash)

    pending = journal.pending(10)
    assert pending is not None
    assert pending.entries == (second,)


def test_an_acknowledgement_may_go_back_to_nothing(shelf: Shelf) -> None:
    journal = shelf.open()
    entry = journal.close(draft("a"))
    assert journal.acknowledge(journal.id, 1, entry.hash)

    assert journal.acknowledge(journal.id, 0, GENESIS)

    pending = journal.pending(10)
    assert pending is not None
    assert pending.entries == (entry,)


def test_pending_comes_in_portions_and_tells_that_there_is_more(shelf: Shelf) -> None:
    journal = shelf.open()
    entries = [journal.close(draft(f"{n}")) for n in range(5)]

    pending = journal.pending(3)

    assert pending is not None
    assert pending.entries == tuple(entries[:3])
    assert pending.more[0] == entries[3]


def test_what_was_acknowledged_is_kept_for_35_days_and_the_chain_goes_on(shelf: Shelf) -> None:
    journal = shelf.open()
    entries = [journal.close(draft(f"{days} days", days_ago=days)) for days in (50, 40, 36, 30, 1)]
    journal.acknowledge(journal.id, 4, entries[3].hash)

    journal.prune(NOW)

    left = journal.entries_since(NOW - timedelta(days=60))
    assert [entry.sequence for entry in left] == [4, 5]
    assert timedelta(days=35) == KEPT
    journal.shut()
    journal = shelf.open()
    assert not journal.was_damaged
    assert journal.close(draft("new")).previous == entries[-1].hash


def test_what_was_never_acknowledged_is_never_deleted(shelf: Shelf) -> None:
    journal = shelf.open()
    journal.close(draft("old", days_ago=400))

    journal.prune(NOW)

    assert journal.pending(10) is not None


class TestDamaged:
    def fill(self, shelf: Shelf, count: int = 60) -> list[AsRunEntry]:
        journal = shelf.open()
        entries = [journal.close(draft(f"{n}")) for n in range(count)]
        journal.acknowledge(journal.id, 10, entries[9].hash)
        journal.open(draft("on air"))
        journal.shut()
        return entries

    def test_a_torn_last_page_begins_a_new_journal_and_keeps_what_proves_itself(self, shelf: Shelf) -> None:
        entries = self.fill(shelf)
        whole = shelf.path.read_bytes()
        shelf.path.write_bytes(whole[:-2500])

        journal = shelf.open()

        assert journal.was_damaged
        assert journal.id == "journal-2"
        assert list(shelf.path.parent.glob("journal.db.corrupt.*"))
        pending = journal.pending(100)
        assert pending is not None
        assert pending.journal == "journal-1"
        assert pending.entries[0] == entries[10]
        assert first_break(pending.entries, sequence=10, head=entries[9].hash) is None
        assert journal.close(draft("after")).sequence == 1

    def test_rubbish_begins_a_new_journal(self, shelf: Shelf) -> None:
        shelf.path.write_bytes(b"no database at all" * 1000)

        journal = shelf.open()

        assert journal.was_damaged
        assert journal.pending(10) is None
        assert journal.close(draft("a")).sequence == 1

    def test_an_entry_changed_by_hand_is_found_and_what_came_before_it_is_kept(self, shelf: Shelf) -> None:
        self.fill(shelf, 30)
        with sqlite3.connect(shelf.path) as database:
            database.execute(
                "UPDATE entry SET body = CAST(replace(body, '60000', '99999') AS BLOB) WHERE sequence = 20"
            )
        database.close()

        journal = shelf.open()

        assert journal.was_damaged
        kept = journal.entries_since(NOW - timedelta(days=1))
        assert [entry.sequence for entry in kept] == list(range(1, 20))
        assert [left.occurrence for left in journal.left_open()] == ["on air"]

    def test_a_salvaged_journal_is_acknowledged_like_any_other(self, shelf: Shelf) -> None:
        entries = self.fill(shelf, 30)
        with sqlite3.connect(shelf.path) as database:
            database.execute("DELETE FROM entry WHERE sequence = 25")
        database.close()
        journal = shelf.open()

        assert journal.acknowledge(JournalId("journal-1"), 24, entries[23].hash)

        assert journal.pending(10) is None

    def test_bytes_turned_anywhere_never_stop_the_agent(self, shelf: Shelf) -> None:
        """Whatever page the card forgets, the agent starts and what it reports is chained."""
        self.fill(shelf)
        whole = bytearray(shelf.path.read_bytes())
        for place in range(100, len(whole), 4001):
            torn = bytearray(whole)
            torn[place : place + 40] = bytes(40)
            folder = shelf.path.parent / str(place)
            folder.mkdir()
            again = Shelf(folder, "fresh")
            again.path.write_bytes(torn)

            journal = again.open()

            assert journal.close(draft("after")).sequence >= 1
            pending = journal.pending(1000)
            assert pending is not None
            journal.shut()
            shutil.rmtree(folder)


FULL = """
import resource, sys
from pathlib import Path
from schedules.ids import JournalId
from station_agent.errors import JournalError
from station_agent.journal import SqliteJournal
from tests.station_agent.test_journal import NOW, draft
journal = SqliteJournal(Path(sys.argv[1]), new_id=lambda: JournalId("j"), now=NOW)
resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, resource.RLIM_INFINITY))
written = 0
try:
    while True:
        journal.close(draft(str(written)))
        written += 1
except JournalError as error:
    print(error.code)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
entry = journal.close(draft("after"))
print(written, entry.sequence)
"""


def test_a_full_disk_is_told_loses_nothing_and_is_got_over(tmp_path: Path) -> None:
    """A real refusal by the system, in a process that may write no file beyond 150,000 bytes."""
    command = [sys.executable, "-c", FULL, str(tmp_path / "journal.db")]

    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()

    assert said[0] in ("journal.disk_full", "journal.unwritable")
    assert int(said[2]) == int(said[1]) + 1
    summary = read_summary(tmp_path / "journal.db")
    assert summary is not None
    assert summary.entries == int(said[2])


def test_a_directory_that_cannot_be_written_is_an_error_with_a_code(tmp_path: Path) -> None:
    with pytest.raises(JournalError) as caught:
        SqliteJournal(tmp_path / "missing" / "journal.db", new_id=lambda: JournalId("j"), now=NOW)

    assert caught.value.code == "journal.unusable"


def test_a_journal_that_is_not_there_has_no_summary(tmp_path: Path) -> None:
    assert read_summary(tmp_path / "journal.db") is None
