"""What is kept of a loudspeaker and flagged: forks, odd entries, what a device says that was retired or replaced."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.asrun import AsRunEntry
from schedules.errors import WireError
from schedules.ids import OccurrenceId, ProgrammeId, Sha256
from schedules.mark import MarkKind
from schedules.wire.messages import (
    Challenge,
    Message,
)
from tests.contracts import samples
from tests.contracts.samples import (
    MINUTE,
    NOW,
    POLE,
    chain,
)
from tests.server.services.receiving import LATER, Centre, acknowledged, marks, replaced, report


@pytest.fixture
def centre() -> Centre:
    return Centre()


def test_a_fork_is_kept_flagged_and_each_side_is_answered_with_its_own_head(centre: Centre) -> None:
    first, second = chain(2)
    other = replace(second, title="Mục khác")
    centre.hears("as-run", report(first, second))
    centre.answer()

    centre.hears("as-run", report(first, other))
    assert centre.answer()[1] == acknowledged(2, other.hash)
    centre.hears("as-run", report(first, second))
    assert centre.answer()[1] == acknowledged(2, second.hash)

    assert {each.hash: each.flags for each in centre.kept()} == {
        first.hash: frozenset(),
        second.hash: frozenset(),
        other.hash: {"fork", "other_than_planned"},
    }


def test_a_broken_chain_is_flagged(centre: Centre) -> None:
    first, second = chain(2)
    stranger = replace(second, previous="f" * 64)

    centre.hears("as-run", report(first, stranger))

    assert [each.flags for each in centre.kept()] == [frozenset(), {"chain_broken"}]


def test_a_journal_that_does_not_begin_at_the_beginning_is_flagged(centre: Centre) -> None:
    centre.hears("as-run", report(replace(chain(1)[0], previous="f" * 64)))

    assert centre.kept()[0].flags == {"chain_broken"}


def test_odd_marks_are_kept_and_flagged_like_entries(centre: Centre) -> None:
    first, second = chain(2)
    (fork,) = marks(MarkKind.HOURLY, after=first)
    broken = replace(marks(MarkKind.BOOT, after=second)[0], previous="f" * 64)
    ahead = replace(marks(MarkKind.HOURLY, after=broken)[0], recorded_at=NOW + timedelta(hours=1))
    unknown = replace(marks(MarkKind.BOOT, after=ahead)[0], clock_error_ms=None, covers_until=None)
    centre.hears("as-run", report(first, second))

    centre.hears("as-run", report(marks=(fork, broken, ahead, unknown)))

    assert [(each.mark.sequence, *each.flags) for each in centre.marks()] == [
        (2, "fork"),
        (3, "chain_broken"),
        (4, "clock_doubtful"),
        (5, "clock_doubtful"),
    ]


def odd_occurrence(entry: AsRunEntry) -> AsRunEntry:
    return replace(entry, occurrence=OccurrenceId("never-planned"))


def of_another_approval(entry: AsRunEntry) -> AsRunEntry:
    return replace(entry, approval="9" * 64)


def of_another_title(entry: AsRunEntry) -> AsRunEntry:
    return replace(entry, title="Tên khác")


def of_another_programme(entry: AsRunEntry) -> AsRunEntry:
    return replace(entry, programme=ProgrammeId("another"))


def of_another_sound(entry: AsRunEntry) -> AsRunEntry:
    return replace(entry, sha256=(*entry.sha256, Sha256("9" * 64)))


def wide_clock(entry: AsRunEntry) -> AsRunEntry:
    return replace(entry, clock_error_ms=5 * 60 * 1000 + 1)


def from_the_future(entry: AsRunEntry) -> AsRunEntry:
    return replace(entry, recorded_at=NOW + timedelta(hours=1))


@pytest.mark.parametrize(
    ("oddity", "flag"),
    [
        (odd_occurrence, "unknown_occurrence"),
        (of_another_approval, "other_than_planned"),
        (of_another_title, "other_than_planned"),
        (of_another_programme, "other_than_planned"),
        (of_another_sound, "other_than_planned"),
        (wide_clock, "clock_doubtful"),
        (from_the_future, "clock_doubtful"),
    ],
)
def test_an_odd_entry_is_kept_and_flagged(
    centre: Centre, oddity: Callable[[AsRunEntry], AsRunEntry], flag: str
) -> None:
    centre.hears("as-run", report(oddity(chain(1)[0])))

    assert centre.kept()[0].flags == {flag}


def test_a_retired_loudspeaker_is_still_heard_and_flagged(centre: Centre) -> None:
    (entry,) = chain(1)
    with centre.store.writing() as uow:
        known = uow.places.loudspeaker(POLE)
        assert known is not None
        uow.places.put_loudspeaker(replace(known, retired_at=entry.recorded_at))
        uow.commit()

    centre.hears("as-run", report(entry))

    assert centre.kept()[0].flags == {"after_retirement"}
    assert centre.answer()[1] == acknowledged(1, entry.hash)


def test_what_a_replaced_device_still_tells_is_kept_and_flagged_from_its_end_on(centre: Centre) -> None:
    before, after = chain(2)
    replaced(centre, after.recorded_at)

    centre.hears("as-run", report(before, after))

    assert [each.flags for each in centre.kept()] == [frozenset(), {"after_retirement"}]
    assert centre.answer()[1] == acknowledged(2, after.hash)


def test_a_replaced_device_says_nothing_about_the_time_after_it(centre: Centre) -> None:
    (entry,) = chain(1)
    replaced(centre, NOW + 10 * MINUTE)

    centre.hears("as-run", report(entry, covers_until=NOW + 30 * MINUTE))

    assert centre.covers() == NOW + 10 * MINUTE


@pytest.mark.parametrize(
    ("leaf", "message"),
    [
        ("presence", samples.presence(9)),
        ("receipt", samples.receipt(7)),
        ("challenge", Challenge(audience="server", number=1, issued=NOW, nonce="n0")),
    ],
)
def test_a_replaced_device_is_told_and_believed_nothing_else(centre: Centre, leaf: str, message: Message) -> None:
    replaced(centre, NOW)

    with pytest.raises(WireError, match=r"wire\.unknown_key"):
        centre.hears(leaf, message)

    centre.hears(leaf, message, key=LATER)
