"""What is known of a loudspeaker's journals: since when they are whole, where they are not."""

from dataclasses import replace

import pytest

from schedules.ids import LoudspeakerId
from schedules.mark import MarkKind
from server.errors import NotAllowed, NotFound
from server.evidence_records import Heard, KeptMark
from server.services.journals import Journals, journals_of
from server.values import Person
from tests.contracts import samples
from tests.contracts.samples import COMMUNE, JOURNAL, MINUTE, NOW, POLE, chain, heard, kept_mark, mark
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.services.test_lost import SECOND_JOURNAL, THIRD_JOURNAL, begun, damaged

LATER = NOW + 200 * MINUTE


@pytest.fixture
def store() -> FakeStore:
    made = FakeStore()
    samples.founded(made)
    return made


def told(store: FakeStore, *kept: Heard | KeptMark) -> Journals:
    with store.writing() as uow:
        uow.evidence.insert_heard(each for each in kept if isinstance(each, Heard))
        uow.evidence.insert_marks(each for each in kept if isinstance(each, KeptMark))
        uow.commit()
    return journals_of(store, FakeClock(LATER), samples.PEOPLE, COMMUNE, POLE)


def test_a_loudspeaker_that_never_reported_has_none(store: FakeStore) -> None:
    assert told(store) == Journals(journals=(), whole_since=None, last=None, boots=(), odd={})


def test_one_journal_is_whole_since_it_was_begun(store: FakeStore) -> None:
    first = begun(JOURNAL, at=NOW)
    boot = mark(MarkKind.BOOT, first)
    hourly = mark(MarkKind.HOURLY, boot)

    found = told(store, *map(kept_mark, (first, boot, hourly)))

    assert (found.whole_since, found.last, found.boots) == (NOW, hourly, (boot,))
    assert [(each.journal, each.through, each.lost) for each in found.journals] == [(JOURNAL, 3, ())]


def test_a_journal_that_goes_on_where_another_ended_is_whole_since_that_one(store: FakeStore) -> None:
    first = begun(JOURNAL, at=NOW)
    second = begun(SECOND_JOURNAL, after=JOURNAL, after_sequence=1, after_head=first.hash)

    found = told(store, kept_mark(first), kept_mark(second))

    assert found.whole_since == NOW
    assert [each.journal for each in found.journals] == [SECOND_JOURNAL, JOURNAL]
    assert [each.is_continued for each in found.journals] == [True, False]


def test_what_has_not_all_come_is_not_whole(store: FakeStore) -> None:
    second = begun(SECOND_JOURNAL, after=JOURNAL, after_sequence=9)

    found = told(store, kept_mark(begun(JOURNAL, at=NOW)), kept_mark(second))

    assert found.whole_since == second.recorded_at


def test_a_loss_begins_anew_and_is_told_with_its_numbers(store: FakeStore) -> None:
    second = begun(SECOND_JOURNAL, after=JOURNAL, after_sequence=1)
    lost = damaged(second, JOURNAL)
    third = begun(THIRD_JOURNAL, after=SECOND_JOURNAL, after_sequence=2, at=NOW + 90 * MINUTE)

    found = told(store, *map(kept_mark, (begun(JOURNAL, at=NOW), second, lost, third)))

    assert found.whole_since == second.recorded_at
    assert [each.lost for each in found.journals] == [(), (lost,), ()]


def test_a_journal_from_before_there_were_marks_comes_last(store: FakeStore) -> None:
    first = begun(SECOND_JOURNAL)

    found = told(store, heard(chain(1)[0]), kept_mark(first))

    assert [(each.journal, each.begun) for each in found.journals] == [(SECOND_JOURNAL, first), (JOURNAL, None)]
    assert found.whole_since == first.recorded_at


def test_odd_entries_and_marks_are_counted_by_their_flags(store: FakeStore) -> None:
    entry, other = chain(2)
    odd = kept_mark(mark(MarkKind.HOURLY, other), flags=frozenset({"fork", "clock_doubtful"}))

    found = told(store, heard(entry), heard(other, flags=frozenset({"fork"})), odd)

    assert found.odd == {"fork": 2, "clock_doubtful": 1}


def test_what_is_longer_ago_than_a_week_is_not_counted(store: FakeStore) -> None:
    boot = mark(MarkKind.BOOT, chain(1)[0])

    found = told(store, kept_mark(boot, at=NOW - 8 * 24 * 60 * MINUTE))

    assert (found.boots, found.last) == ((), None)


def test_only_who_has_a_role_there_reads_them(store: FakeStore) -> None:
    stranger: Person = replace(samples.PEOPLE, roles=frozenset())

    with pytest.raises(NotAllowed, match=r"rights\.missing"):
        journals_of(store, FakeClock(LATER), stranger, COMMUNE, POLE)
    with pytest.raises(NotFound, match=r"loudspeaker\.unknown"):
        journals_of(store, FakeClock(LATER), samples.PEOPLE, COMMUNE, LoudspeakerId("no-such"))
