"""The journal on a real disk: numbered, chained, acknowledged, pruned; torn, full, salvaged."""

import logging
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from schedules.asrun import AsRunEntry, Outcome
from schedules.chain import GENESIS, first_break
from schedules.ids import JournalId, LoudspeakerId, OccurrenceId, ProgrammeId, ZoneId
from schedules.mark import JournalEntry, Mark, MarkKind
from station_agent.errors import JournalError
from station_agent.journal import KEPT, SqliteJournal
from station_agent.journal_file import read_summary
from tests.fakes.loudspeaker import FakeClock
from tests.station_agent.world import NOW, kept

POLE = LoudspeakerId("pole")
ROOT = Path(__file__).parents[2]


def draft(name: str, *, days_ago: int = 0) -> AsRunEntry:
    start = NOW - timedelta(days=days_ago)
    return AsRunEntry(
        loudspeaker=POLE,
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


HOURLY = Mark(
    loudspeaker=POLE,
    journal=JournalId(""),
    sequence=1,
    previous=GENESIS,
    kind=MarkKind.HOURLY,
    recorded_at=NOW,
    clock_error_ms=50,
    covers_until=NOW,
)


class Shelf:
    """Opens the same journal again and again."""

    def __init__(self, folder: Path, name: str = "journal") -> None:
        self.path = folder / "journal.db"
        self.name = name
        self.opened = 0

    def open(self, now: datetime = NOW) -> SqliteJournal:
        self.opened += 1
        return SqliteJournal(
            self.path,
            loudspeaker=POLE,
            new_id=lambda: JournalId(f"{self.name}-{self.opened}"),
            clock=FakeClock(now),
        )


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

    assert [(entry.occurrence, entry.sequence) for entry in entries] == [("a", 2), ("b", 3)]
    assert first_break(kept(shelf.path)) is None
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
    assert not plays(journal)


def test_only_the_right_hash_acknowledges(shelf: Shelf) -> None:
    journal = shelf.open()
    first, second = journal.close(draft("a")), journal.close(draft("b"))

    assert not journal.acknowledge(journal.id, 3, first.hash)
    assert not journal.acknowledge(journal.id, 4, second.hash)
    assert not journal.acknowledge(JournalId("another"), 2, first.hash)
    assert journal.acknowledge(journal.id, 2, first.hash)

    assert unacknowledged(journal) == [second]


def test_an_acknowledgement_may_go_back_to_nothing(shelf: Shelf) -> None:
    journal = shelf.open()
    entry = journal.close(draft("a"))
    assert journal.acknowledge(journal.id, 2, entry.hash)

    assert journal.acknowledge(journal.id, 0, GENESIS)

    assert unacknowledged(journal) == kept(shelf.path)


def test_pending_comes_in_portions_and_tells_that_there_is_more(shelf: Shelf) -> None:
    journal = shelf.open()
    entries = [journal.close(draft(f"{n}")) for n in range(5)]

    pending = journal.pending(3)

    assert pending is not None
    assert pending.entries[1:] == tuple(entries[:2])
    assert pending.more == (entries[2],)


def test_what_does_not_fit_is_told_up_to_the_first_play(shelf: Shelf) -> None:
    journal = shelf.open()
    journal.close(draft("a"))
    for _ in range(3):
        journal.mark(HOURLY)
    last = journal.close(draft("b"))
    journal.close(draft("c"))

    pending = journal.pending(2)

    assert pending is not None
    assert len(pending.entries) == 2
    assert [each.sequence for each in pending.more] == [3, 4, 5, 6]
    assert pending.more[-1] == last


def test_what_was_acknowledged_is_kept_for_35_days_and_the_chain_goes_on(shelf: Shelf) -> None:
    journal = shelf.open(NOW - timedelta(days=60))
    entries = [journal.close(draft(f"{days} days", days_ago=days)) for days in (50, 40, 36, 30, 1)]
    journal.acknowledge(journal.id, 5, entries[3].hash)

    journal.prune(NOW)

    assert [entry.sequence for entry in kept(shelf.path)] == [5, 6]
    assert timedelta(days=35) == KEPT
    journal.shut()
    journal = shelf.open()
    assert not journal.fault
    assert journal.close(draft("new")).previous == entries[-1].hash


def test_a_mark_of_a_clock_that_stood_at_1970_takes_nothing_with_it(shelf: Shelf) -> None:
    journal = shelf.open()
    journal.close(draft("yesterday", days_ago=1))
    odd = journal.mark(replace(HOURLY, recorded_at=datetime(1970, 1, 1, tzinfo=UTC), clock_error_ms=None))
    journal.acknowledge(journal.id, odd.sequence, odd.hash)

    journal.prune(NOW + timedelta(days=1))

    assert [entry.sequence for entry in kept(shelf.path)] == [1, 2, 3]


def test_what_was_never_acknowledged_is_never_deleted(shelf: Shelf) -> None:
    journal = shelf.open()
    journal.close(draft("old", days_ago=400))

    journal.prune(NOW)

    assert journal.pending(10) is not None


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(statement)


def marks_of(shelf: Shelf, journal: str) -> list[Mark]:
    return [each for each in kept(shelf.path) if isinstance(each, Mark) and each.journal == journal]


def unacknowledged(journal: SqliteJournal) -> list[JournalEntry]:
    pending = journal.pending(1000)
    return [] if pending is None else list(pending.entries)


def plays(journal: SqliteJournal) -> list[AsRunEntry]:
    return [each for each in unacknowledged(journal) if isinstance(each, AsRunEntry)]


def opened_until(shelf: Shelf, steps: int) -> int:
    return ended_after(steps, lambda: shelf.open().shut())


def ended_after(steps: int, work: Callable[[], object]) -> int:
    """Do some work in a process that is gone before the statement or rename of a number; give its exit code."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    left = steps
    connect, rename = sqlite3.connect, Path.rename

    def step(*_: object) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            os._exit(9)

    def connected(*given: Any, **named: Any) -> sqlite3.Connection:  # noqa: ANN401  # as sqlite3.connect takes them
        connection: sqlite3.Connection = connect(*given, **named)
        connection.set_trace_callback(step)
        return connection

    def renamed(path: Path, target: Path) -> Path:
        step()
        return rename(path, target)

    sqlite3.connect, Path.rename = connected, renamed  # type: ignore[method-assign,assignment]
    logging.disable()
    try:
        work()
    finally:
        os._exit(0 if left >= 0 else 1)


class TestDamaged:
    def fill(self, shelf: Shelf, count: int = 60) -> list[AsRunEntry]:
        journal = shelf.open()
        entries = [journal.close(draft(f"{n}")) for n in range(count)]
        journal.acknowledge(journal.id, 11, entries[9].hash)
        journal.open(draft("on air"))
        journal.shut()
        return entries

    def test_a_torn_last_page_begins_a_new_journal_and_keeps_what_proves_itself(self, shelf: Shelf) -> None:
        entries = self.fill(shelf)
        whole = shelf.path.read_bytes()
        shelf.path.write_bytes(whole[:-2500])

        journal = shelf.open()

        assert journal.fault == "journal.damaged"
        assert journal.id == "journal-2"
        assert list(shelf.path.parent.glob("journal.db.corrupt.*"))
        pending = journal.pending(100)
        assert pending is not None
        assert pending.journal == "journal-1"
        assert pending.entries[0] == entries[10]
        assert first_break(pending.entries, sequence=11, head=entries[9].hash) is None
        begun, lost = marks_of(shelf, "journal-2")
        assert (begun.kind, lost.kind) == (MarkKind.BEGUN, MarkKind.LOST)
        assert (begun.after_journal, begun.after_head) == ("journal-1", pending.entries[-1].hash)
        assert (lost.after_journal, lost.lost_from) == ("journal-1", pending.entries[-1].sequence + 1)
        assert (begun.lost_from, begun.lost_to) == (lost.lost_from, lost.lost_to)
        assert journal.close(draft("after")).sequence == 3

    def test_rubbish_begins_a_new_journal(self, shelf: Shelf) -> None:
        shelf.path.write_bytes(b"no database at all" * 1000)

        journal = shelf.open()

        assert journal.fault == "journal.damaged"
        begun, lost = marks_of(shelf, "journal-1")
        assert (begun.kind, begun.after_journal) == (MarkKind.BEGUN, None)
        assert (lost.kind, lost.after_journal, lost.lost_from, lost.lost_to) == (MarkKind.LOST, None, 1, None)
        assert journal.close(draft("a")).sequence == 3

    def test_an_entry_changed_by_hand_is_found_and_what_came_before_it_is_kept(self, shelf: Shelf) -> None:
        self.fill(shelf, 30)
        with sqlite3.connect(shelf.path) as database:
            database.execute(
                "UPDATE entry SET body = CAST(replace(body, '60000', '99999') AS BLOB) WHERE sequence = 20"
            )
        database.close()

        journal = shelf.open()

        assert journal.fault == "journal.damaged"
        saved = journal.entries_since(NOW - timedelta(days=1))
        assert [entry.sequence for entry in saved] == list(range(2, 20))
        _, lost = marks_of(shelf, "journal-2")
        assert (lost.after_sequence, lost.after_head) == (19, saved[-1].hash)
        assert (lost.lost_from, lost.lost_to) == (20, 31)
        assert [left.occurrence for left in journal.left_open()] == ["on air"]

    def test_a_salvaged_journal_is_acknowledged_like_any_other(self, shelf: Shelf) -> None:
        entries = self.fill(shelf, 30)
        with sqlite3.connect(shelf.path) as database:
            database.execute("DELETE FROM entry WHERE sequence = 25")
        database.close()
        journal = shelf.open()

        assert journal.acknowledge(JournalId("journal-1"), 24, entries[22].hash)

        assert {each.journal for each in unacknowledged(journal)} == {"journal-2"}

    def test_what_was_open_is_lost_too_when_every_entry_still_proves_itself(self, shelf: Shelf) -> None:
        entries = self.fill(shelf, 12)
        change(shelf.path, "UPDATE open SET body = 'torn'")

        journal = shelf.open()

        begun, lost = marks_of(shelf, journal.id)
        assert (begun.lost_from, lost.lost_from, lost.lost_to) == (14, 14, None)
        assert (begun.after_sequence, begun.after_head) == (13, entries[-1].hash)

    def test_a_journal_shorter_than_what_the_centre_has_is_damaged(self, shelf: Shelf) -> None:
        """Else the next entry would take a number that another one has at the centre."""
        entries = self.fill(shelf, 20)
        change(shelf.path, "DELETE FROM entry WHERE sequence > 8")

        journal = shelf.open()

        assert journal.id == "journal-2"
        _, lost = marks_of(shelf, "journal-2")
        assert (lost.after_head, lost.lost_from, lost.lost_to) == (entries[6].hash, 9, 11)

    def test_a_torn_number_of_an_entry_is_not_believed(self, shelf: Shelf) -> None:
        self.fill(shelf, 20)
        change(shelf.path, "UPDATE entry SET sequence = 9000000000000000000 WHERE sequence = 21")

        shelf.open()

        _, lost = marks_of(shelf, "journal-2")
        assert (lost.lost_from, lost.lost_to) == (21, None)

    def test_damage_upon_damage_names_every_journal(self, shelf: Shelf) -> None:
        self.fill(shelf, 20)
        change(shelf.path, "DELETE FROM entry WHERE sequence = 15")
        shelf.open().shut()
        change(shelf.path, "UPDATE entry SET hash = 'torn' WHERE journal = 'journal-2' AND sequence = 2")

        shelf.open()

        begun, lost = marks_of(shelf, "journal-3")
        assert (begun.after_journal, begun.after_sequence) == ("journal-2", 1)
        assert (lost.after_journal, lost.lost_from, lost.lost_to) == ("journal-2", 2, 2)

    def test_a_kill_at_any_write_of_the_replacement_loses_nothing_that_was_saved(self, shelf: Shelf) -> None:
        """Each time the process ends one statement or one rename later, until it comes through."""
        entries = self.fill(shelf, 20)
        change(shelf.path, "DELETE FROM entry WHERE sequence = 15")
        damaged = shelf.path.read_bytes()
        for steps in range(1, 1000):
            folder = shelf.path.parent / str(steps)
            folder.mkdir()
            again = Shelf(folder, "fresh")
            again.path.write_bytes(damaged)

            ended = opened_until(again, steps)
            journal = again.open()

            stand = kept(again.path)
            old = [each for each in stand if each.journal == "journal-1"]
            new = [each for each in stand if each.journal == journal.id]
            assert [each.hash for each in old[1:]] == [each.hash for each in entries[:13]]
            assert isinstance(new[0], Mark)
            assert (new[0].after_journal, new[0].after_head) == ("journal-1", old[-1].hash)
            assert first_break(new) is None
            assert [left.occurrence for left in journal.left_open()] == ["on air"]
            journal.shut()
            shutil.rmtree(folder)
            if ended == 0:
                break
        assert steps > 30

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


def test_a_kill_at_any_write_leaves_a_whole_entry_or_an_open_one(shelf: Shelf) -> None:
    def play_and_mark() -> None:
        journal = shelf.open()
        journal.open(draft("a"))
        journal.mark(HOURLY)
        journal.close(draft("a"))
        journal.shut()

    for steps in range(1, 1000):
        ended = ended_after(steps, play_and_mark)

        journal = shelf.open()
        assert not journal.fault
        assert first_break(kept(shelf.path)) is None
        journal.shut()
        if ended == 0:
            break
    assert steps > 10


FULL = """
import resource, sys
from pathlib import Path
from schedules.ids import JournalId
from station_agent.errors import JournalError
from station_agent.journal import SqliteJournal
from tests.fakes.loudspeaker import FakeClock
from tests.station_agent.test_journal import NOW, POLE, draft
journal = SqliteJournal(Path(sys.argv[1]), loudspeaker=POLE, new_id=lambda: JournalId("j"), clock=FakeClock(NOW))
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
    assert int(said[2]) == int(said[1]) + 2
    summary = read_summary(tmp_path / "journal.db")
    assert summary is not None
    assert summary.entries == int(said[2])


def test_where_no_file_can_be_made_a_journal_of_its_own_begins_in_memory_and_says_so(tmp_path: Path) -> None:
    journal = Shelf(tmp_path / "missing").open()

    entry = journal.close(draft("a"))

    assert journal.fault == "journal.in_memory"
    pending = journal.pending(10)
    assert pending is not None
    assert pending.entries[-1] == entry
    assert journal.acknowledge(journal.id, entry.sequence, entry.hash)
    assert journal.pending(10) is None


class Locked:
    """Lets the system mount the disk for reading only, as it does when a card begins to die."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        connect = sqlite3.connect

        def reading_only(path: Path, **named: Any) -> sqlite3.Connection:  # noqa: ANN401  # as sqlite3.connect takes them
            in_memory = str(path) == ":memory:"
            connection: sqlite3.Connection = connect(path if in_memory else f"file:{path}?mode=ro", uri=True, **named)
            return connection

        monkeypatch.setattr(sqlite3, "connect", reading_only)


def test_a_disk_that_is_read_only_at_a_start_harms_no_file_and_the_next_start_goes_on_with_it(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = shelf.open()
    first = journal.close(draft("a"))
    journal.shut()
    with monkeypatch.context() as locked:
        Locked(locked)
        meanwhile = shelf.open()
        assert meanwhile.fault == "journal.in_memory"
        assert meanwhile.close(draft("b")).journal != first.journal
        meanwhile.shut()

    again = shelf.open()

    assert not again.fault
    assert again.close(draft("c")).previous == first.hash


def test_a_disk_that_becomes_read_only_refuses_with_its_own_code(shelf: Shelf) -> None:
    journal = shelf.open()
    journal._database.execute("PRAGMA query_only = 1")  # noqa: SLF001 - what SQLite then says is what it says of such a disk

    with pytest.raises(JournalError) as caught:
        journal.close(draft("a"))

    assert caught.value.code == "disk.read_only"
    journal._database.execute("PRAGMA query_only = 0")  # noqa: SLF001
    assert journal.close(draft("a")).sequence == 2


def torn_in_use(shelf: Shelf, count: int = 60) -> tuple[SqliteJournal, list[AsRunEntry]]:
    """Give a journal that is open while the card forgets the second half of its file."""
    journal = shelf.open()
    entries = [journal.close(draft(f"{number}")) for number in range(count)]
    journal.shut()
    journal = shelf.open()
    size = shelf.path.stat().st_size
    with shelf.path.open("r+b") as file:
        file.seek(size // 2)
        file.write(bytes(size - size // 2))
    journal._database.execute("PRAGMA shrink_memory")  # noqa: SLF001 - what it remembers of the file would hide it
    return journal, entries


@pytest.mark.parametrize(
    "use",
    [
        lambda journal: journal.pending(1000),
        lambda journal: journal.entries_since(NOW - timedelta(days=9)),
        lambda journal: [journal.close(draft("new")) for _ in range(9)] and journal.pending(1000),
    ],
)
def test_a_card_that_tears_the_file_in_use_is_found_and_mended_in_place(
    shelf: Shelf, use: Callable[[SqliteJournal], object]
) -> None:
    journal, entries = torn_in_use(shelf)
    with pytest.raises(JournalError) as caught:
        use(journal)
    assert (caught.value.code, journal.is_torn) == ("journal.torn", True)

    journal.mend()

    assert (journal.is_torn, journal.fault) == (False, "journal.damaged")
    saved = [each for each in kept(shelf.path) if each.journal == "journal-1" and isinstance(each, AsRunEntry)]
    assert saved == entries[: len(saved)]
    begun, *lost = marks_of(shelf, journal.id)
    assert begun.after_journal == "journal-1"
    assert {each.kind for each in lost} == {MarkKind.LOST}
    assert journal.close(draft("after")).journal == journal.id == "journal-2"


def test_a_card_that_takes_no_new_file_either_leaves_a_journal_in_memory(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, _ = torn_in_use(shelf)
    Locked(monkeypatch)

    journal.mend()

    assert journal.fault == "journal.in_memory"
    assert journal.close(draft("after")).sequence == 2


def test_a_journal_that_is_not_there_has_no_summary(tmp_path: Path) -> None:
    assert read_summary(tmp_path / "journal.db") is None
