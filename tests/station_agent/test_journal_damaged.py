"""A journal whose file was torn, cut or lost: what is left of it is kept, and the loss is told."""

import shutil
import sqlite3
from collections.abc import Callable
from datetime import timedelta

import pytest

from schedules.asrun import AsRunEntry
from schedules.chain import first_break
from schedules.ids import JournalId
from schedules.mark import Mark, MarkKind
from station_agent.errors import JournalError
from station_agent.journal import SqliteJournal
from tests.station_agent.shelf import Locked, Shelf, change, draft, marks_of, opened_until, unacknowledged
from tests.station_agent.world import NOW, kept


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
