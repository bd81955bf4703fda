"""What a loudspeaker can no longer tell: after damage, on an empty disk, by another device."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from schedules.ids import JournalId
from schedules.mark import Mark, MarkKind
from schedules.times import Span
from server.services.lost import lost
from tests.contracts import samples
from tests.contracts.samples import JOURNAL, MINUTE, NOW, OTHER_POLE, POLE, chain, kept_mark, mark
from tests.fakes.store import FakeStore

SECOND_JOURNAL, THIRD_JOURNAL = JournalId("journal-b"), JournalId("journal-c")
TOLD, BEGAN = NOW + 10 * MINUTE, NOW + 30 * MINUTE


@pytest.fixture
def store() -> FakeStore:
    made = FakeStore()
    samples.founded(made)
    return made


def begun(journal: JournalId, after: JournalId | None = None, at: datetime = BEGAN, **about: object) -> Mark:
    first = chain(1, journal=journal)[0]
    return mark(MarkKind.BEGUN, first, sequence=1, after_journal=after, recorded_at=at, **about)


def damaged(first: Mark, which: JournalId | None) -> Mark:
    return mark(MarkKind.LOST, first, after_journal=which, lost_from=7)


def told(store: FakeStore, *marks: Mark, covers: dict[JournalId, datetime]) -> Sequence[Span]:
    with store.writing() as uow:
        uow.evidence.insert_marks(kept_mark(each, at=NOW + 50 * MINUTE) for each in marks)
        for journal, until in covers.items():
            uow.evidence.put_covers({(POLE, journal): until})
        uow.commit()
    with store.reading() as uow:
        found = lost(uow, [POLE, OTHER_POLE])
    assert OTHER_POLE not in found
    return found.get(POLE, ())


def test_a_first_journal_has_lost_nothing(store: FakeStore) -> None:
    assert not told(store, begun(JOURNAL), covers={JOURNAL: NOW + 60 * MINUTE})


def test_a_journal_that_follows_whole_upon_another_has_lost_nothing(store: FakeStore) -> None:
    assert not told(store, begun(SECOND_JOURNAL, after=JOURNAL), covers={JOURNAL: TOLD, SECOND_JOURNAL: BEGAN})


def test_after_damage_nothing_is_known_between_the_last_report_and_the_new_journal(store: FakeStore) -> None:
    first = begun(SECOND_JOURNAL, after=JOURNAL)
    covers = {JOURNAL: TOLD, SECOND_JOURNAL: NOW + 60 * MINUTE}

    assert told(store, first, damaged(first, JOURNAL), covers=covers) == (Span(TOLD, BEGAN),)


def test_after_damage_before_any_report_nothing_is_known_of_all_that_was(store: FakeStore) -> None:
    first = begun(SECOND_JOURNAL)

    (span,) = told(store, first, damaged(first, None), covers={})

    assert span == Span(datetime.min.replace(tzinfo=UTC), BEGAN)


def test_an_empty_disk_says_nothing_of_the_time_before_it(store: FakeStore) -> None:
    spans = told(store, begun(JOURNAL, at=NOW), begun(SECOND_JOURNAL), covers={JOURNAL: TOLD, SECOND_JOURNAL: BEGAN})

    assert spans == (Span(TOLD, BEGAN),)


def test_a_start_by_a_clock_nobody_vouches_for_is_when_it_was_received(store: FakeStore) -> None:
    first = begun(SECOND_JOURNAL, at=datetime(1970, 1, 1, tzinfo=UTC), clock_error_ms=None)

    assert told(store, first, covers={JOURNAL: TOLD}) == (Span(TOLD, NOW + 50 * MINUTE),)


def test_what_the_old_disk_still_tells_makes_it_shorter(store: FakeStore) -> None:
    told(store, begun(SECOND_JOURNAL), covers={JOURNAL: TOLD})

    assert told(store, covers={JOURNAL: TOLD + MINUTE}) == (Span(TOLD + MINUTE, BEGAN),)


def test_the_first_mark_of_a_journal_tells_of_a_loss_when_the_one_that_told_it_is_lost(store: FakeStore) -> None:
    second = begun(SECOND_JOURNAL, after=JOURNAL, lost_from=7)

    assert told(store, second, covers={JOURNAL: TOLD}) == (Span(TOLD, BEGAN),)


def test_every_loss_has_a_span_of_its_own(store: FakeStore) -> None:
    later = begun(THIRD_JOURNAL, after=SECOND_JOURNAL, at=NOW + 90 * MINUTE)
    covers = {JOURNAL: TOLD, SECOND_JOURNAL: NOW + 60 * MINUTE, THIRD_JOURNAL: NOW + 99 * MINUTE}

    spans = told(store, begun(SECOND_JOURNAL), later, damaged(later, SECOND_JOURNAL), covers=covers)

    assert sorted(spans) == [Span(TOLD, BEGAN), Span(NOW + 60 * MINUTE, NOW + 90 * MINUTE)]
