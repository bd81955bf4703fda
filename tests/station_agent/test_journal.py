"""The journal on a real disk: numbered, chained, acknowledged, pruned."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from schedules.chain import GENESIS, first_break
from schedules.ids import JournalId
from station_agent.journal import KEPT
from station_agent.journal_file import read_summary
from tests.station_agent.shelf import HOURLY, Shelf, draft, plays, unacknowledged
from tests.station_agent.world import NOW, kept


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


def test_a_journal_that_is_not_there_has_no_summary(tmp_path: Path) -> None:
    assert read_summary(tmp_path / "journal.db") is None
