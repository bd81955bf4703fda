"""Ingest: what genuine loudspeakers say is kept and answered, and nothing else is believed."""

from dataclasses import replace

import pytest

from schedules.chain import GENESIS
from schedules.errors import WireError
from schedules.mark import MarkKind
from schedules.wire import topics
from schedules.wire.messages import (
    AsRunAcknowledged,
    Challenge,
    Current,
    Message,
)
from server.services.new_ids import unix_milliseconds
from tests.contracts import samples
from tests.contracts.samples import (
    COMMUNE,
    MINUTE,
    NOW,
    POLE,
    ZONE,
    chain,
    order,
)
from tests.fakes.store import FakeStore
from tests.server.services.receiving import Centre, acknowledged, marks, report


@pytest.fixture
def centre() -> Centre:
    return Centre()


def test_a_report_is_kept_and_acknowledged_through_its_last_entry(centre: Centre) -> None:
    entries = chain(3)

    centre.hears("as-run", report(*entries))

    assert [each.entry for each in centre.kept()] == entries
    assert [each.flags for each in centre.kept()] == [frozenset()] * 3
    assert centre.answer() == (
        topics.of_loudspeaker(POLE, "acknowledged"),
        acknowledged(3, entries[2].hash),
    )


def test_a_report_that_comes_twice_is_kept_once_and_acknowledged_twice(centre: Centre) -> None:
    entries = chain(3)
    centre.hears("as-run", report(*entries))
    first, answer = centre.kept(), centre.answer()
    centre.clock.advance(MINUTE)

    centre.hears("as-run", report(*entries))

    assert centre.kept() == first
    assert isinstance(answer[1], AsRunAcknowledged)
    again = centre.answer()[1]
    assert isinstance(again, AsRunAcknowledged)
    assert (again.through, again.head) == (answer[1].through, answer[1].head)


def test_a_device_that_lost_the_end_of_its_journal_is_answered_with_what_it_still_has(centre: Centre) -> None:
    entries = chain(3)
    centre.hears("as-run", report(*entries))
    centre.answer()

    centre.hears("as-run", report(entries[0]))

    assert centre.answer()[1] == acknowledged(1, entries[0].hash)


def test_the_answer_leaves_only_after_the_commit(centre: Centre) -> None:
    committed: list[int] = []
    centre.broker.publish = lambda *_, **__: committed.append(len(centre.kept()))  # type: ignore[method-assign]

    centre.hears("as-run", report(*chain(2)))

    assert committed == [2]


def test_what_cannot_be_kept_is_not_acknowledged(centre: Centre) -> None:
    class FullDisk(FakeStore):
        def writing(self) -> object:  # type: ignore[override]
            raise OSError(28, "No space left on device")

    store = FullDisk()
    store.kept = centre.store.kept
    centre.store = store

    with pytest.raises(OSError, match="No space"):
        centre.hears("as-run", report(*chain(2)))

    assert centre.broker.published == []


def test_entries_after_a_gap_are_kept_but_not_acknowledged(centre: Centre) -> None:
    entries = chain(5)
    centre.hears("as-run", report(*entries[:2]))
    centre.answer()

    centre.hears("as-run", report(*entries[3:]))

    assert len(centre.kept()) == 4
    assert centre.answer()[1] == acknowledged(2, entries[1].hash)


def test_a_device_whose_own_branch_a_restored_database_has_not_is_asked_for_everything(centre: Centre) -> None:
    """Its disk was copied, and what was kept before the gap is what the copy told."""
    first, second, third, fourth = chain(4)
    copied = replace(second, title="Mục khác")
    centre.hears("as-run", report(first, copied))
    centre.answer()

    centre.hears("as-run", report(fourth))
    assert centre.answer()[1] == acknowledged(2, copied.hash)  # which it cannot take
    centre.hears("as-run", report(fourth))
    assert centre.answer()[1] == acknowledged(0, GENESIS)
    centre.hears("as-run", report(first, second, third, fourth))

    assert centre.answer()[1] == acknowledged(4, fourth.hash)


def test_a_restored_database_asks_again_for_what_it_lost(centre: Centre) -> None:
    centre.hears("as-run", report(head=chain(3)[2].hash))

    assert centre.answer()[1] == acknowledged(0, GENESIS)
    assert centre.covers() is None


def test_a_report_covers_its_time_when_nothing_is_missing(centre: Centre) -> None:
    entries = chain(3)
    centre.hears("as-run", report(*entries))
    assert centre.covers() == NOW + 30 * MINUTE

    centre.hears("as-run", report(head=entries[2].hash, covers_until=NOW + 40 * MINUTE))
    assert centre.covers() == NOW + 40 * MINUTE


def test_a_report_after_a_gap_covers_nothing(centre: Centre) -> None:
    centre.hears("as-run", report(*chain(5)[3:]))

    assert centre.covers() is None


def test_a_chain_goes_on_over_two_reports(centre: Centre) -> None:
    entries = chain(4)
    centre.hears("as-run", report(*entries[:2]))

    centre.hears("as-run", report(*entries[2:]))

    assert [each.flags for each in centre.kept()] == [frozenset()] * 4


def test_marks_are_kept_and_acknowledged_in_the_one_chain_with_the_entries(centre: Centre) -> None:
    (first,) = chain(1)
    boot, hourly = marks(MarkKind.BOOT, MarkKind.HOURLY, after=first)
    last = replace(first, sequence=4, previous=hourly.hash)

    centre.hears("as-run", report(first, last, marks=(boot, hourly)))

    assert [each.flags for each in centre.kept()] == [frozenset()] * 2
    assert [(each.mark, each.flags) for each in centre.marks()] == [(boot, frozenset()), (hourly, frozenset())]
    assert centre.answer()[1] == acknowledged(4, last.hash)
    assert centre.covers() == NOW + 30 * MINUTE


def test_a_report_of_marks_alone_covers_its_time(centre: Centre) -> None:
    (first,) = chain(1)
    centre.hears("as-run", report(first))
    (hourly,) = marks(MarkKind.HOURLY, after=first)

    centre.hears("as-run", report(marks=(hourly,), head=hourly.hash, covers_until=NOW + 50 * MINUTE))

    assert centre.covers() == NOW + 50 * MINUTE


def test_a_receipt_is_kept(centre: Centre) -> None:
    centre.hears("receipt", samples.receipt(7))

    with centre.store.reading() as uow:
        assert uow.evidence.seen([POLE])[POLE].receipt == samples.receipt(7)
    assert centre.broker.published == []


def test_a_replayed_receipt_changes_nothing(centre: Centre) -> None:
    centre.hears("receipt", samples.receipt(8))

    with pytest.raises(WireError, match=r"wire\.not_newer"):
        centre.hears("receipt", samples.receipt(7))

    with centre.store.reading() as uow:
        assert uow.evidence.seen([POLE])[POLE].receipt == samples.receipt(8)


def test_a_replayed_presence_changes_nothing(centre: Centre) -> None:
    centre.hears("presence", samples.presence(2))

    with pytest.raises(WireError, match=r"wire\.not_newer"):
        centre.hears("presence", samples.presence(1))

    assert centre.presence() == samples.presence(2)


@pytest.mark.parametrize(
    ("leaf", "message"),
    [("presence", samples.presence(2)), ("receipt", samples.receipt(7))],
    ids=["presence", "receipt"],
)
def test_what_a_stolen_key_numbered_far_ahead_does_not_lock_out_the_next_device(
    centre: Centre, leaf: str, message: Message
) -> None:
    centre.hears(leaf, replace(message, number=2**53 - 1))

    genuine = replace(message, number=unix_milliseconds(NOW))
    centre.hears(leaf, genuine)

    with centre.store.reading() as uow:
        assert getattr(uow.evidence.seen([POLE])[POLE], leaf) == genuine


def test_what_the_broker_retained_comes_again_without_a_word(centre: Centre) -> None:
    for leaf, message in (("presence", samples.presence(2)), ("receipt", samples.receipt(7))):
        centre.hears(leaf, message)
        commits = centre.store.commits

        centre.hears(leaf, message)

        assert centre.store.commits == commits


def test_a_will_made_before_the_last_presence_is_believed(centre: Centre) -> None:
    centre.hears("presence", samples.presence(5))

    centre.hears("presence", samples.presence(4, online=False))

    assert centre.presence() == samples.presence(4, online=False)


def test_a_device_whose_clock_went_back_is_heard_while_it_says_so(centre: Centre) -> None:
    centre.hears("presence", samples.presence(5))

    centre.hears("presence", replace(samples.presence(1), clock_error_ms=None))

    assert centre.presence() == replace(samples.presence(1), clock_error_ms=None)


def test_a_question_is_answered_with_what_is_in_force_for_the_one_who_asks(centre: Centre) -> None:
    with centre.store.writing() as uow:
        uow.issue.put_silence(order(10))
        uow.issue.put_silence(order(11, audience=f"unit:{COMMUNE}"))
        uow.issue.put_silence(order(12, audience="zone:somewhere-else"))
        uow.issue.number_assignment(POLE, 44)
        uow.issue.assignment_published(POLE, 44)
        uow.commit()

    centre.hears("challenge", Challenge(audience="server", number=1, issued=NOW, nonce="n0"))

    assert centre.answer() == (
        topics.of_loudspeaker(POLE, "current"),
        Current(
            audience=f"loudspeaker:{POLE}",
            epoch=1,
            number=unix_milliseconds(NOW),
            issued=NOW,
            nonce="n0",
            time=NOW,
            trust=1,
            rundown=7,
            assignment=44,
            silences=((f"unit:{COMMUNE}", 11), (f"zone:{ZONE}", 10)),
        ),
    )
