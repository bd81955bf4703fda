"""Ingest: what genuine loudspeakers say is kept and answered, and nothing else is believed."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from schedules.asrun import AsRunEntry
from schedules.chain import GENESIS
from schedules.errors import WireError
from schedules.ids import DeviceId, LoudspeakerId, OccurrenceId, ProgrammeId, Sha256
from schedules.mark import Mark, MarkKind
from schedules.times import Span
from schedules.wire import topics
from schedules.wire.codec import PAYLOAD_LIMIT, encoded
from schedules.wire.messages import (
    AsRunAcknowledged,
    AsRunReport,
    Challenge,
    Current,
    Message,
    Presence,
    SilenceOrdered,
)
from schedules.wire.seal import SigningKey, seal_payload, sealed, unsealed
from server.device_records import Device
from server.evidence_records import Heard, KeptMark
from server.services import ingest
from server.services.new_ids import unix_milliseconds
from tests.contracts import samples
from tests.contracts.samples import (
    COMMUNE,
    JOURNAL,
    MINUTE,
    NOW,
    OTHER_POLE,
    POLE,
    ZONE,
    chain,
    issued,
    item,
    mark,
    order,
)
from tests.fakes.broker import FakePublisher
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore

WEEK = Span(NOW - timedelta(days=1), NOW + timedelta(days=6))


def device_key(number: int) -> SigningKey:
    seed = bytes([100 + number]) * 32
    return SigningKey.of(seed)


MINE, THEIRS, LATER = device_key(1), device_key(2), device_key(3)


class Centre:
    """The receiving half of a conductor, and a loudspeaker that speaks to it."""

    def __init__(self) -> None:
        self.store = FakeStore()
        self.clock = FakeClock(NOW)
        self.sealing = FakeSealing()
        self.broker = FakePublisher()
        samples.founded(self.store)
        with self.store.writing() as uow:
            for loudspeaker, key in zip(samples.LOUDSPEAKERS, (MINE, THEIRS), strict=True):
                uow.places.put_loudspeaker(replace(loudspeaker, public_key=key.public))
            planned = [item(f"o{number}", NOW + number * MINUTE) for number in range(1, 10)]
            samples.settle(uow, issued(7, *planned))
            uow.commit()

    def takes(self, leaf: str, data: bytes, *, loudspeaker: LoudspeakerId = POLE) -> None:
        """Take in bytes from a loudspeaker's own topic."""
        topic = topics.of_loudspeaker(loudspeaker, leaf)
        ingest.take_in(self.store, self.clock, self.sealing, self.broker, topic, data)

    def hears(self, leaf: str, message: Message, *, key: SigningKey = MINE) -> None:
        """Take in a genuine message."""
        self.takes(leaf, sealed(message, key))

    def answer(self) -> tuple[str, Message]:
        """Give the only answer there was."""
        ((topic, envelope),) = self.broker.published
        self.broker.published.clear()
        return topic, unsealed(envelope, self.sealing.trust)[0]

    def kept(self) -> list[Heard]:
        with self.store.reading() as uow:
            return list(uow.evidence.heard(WEEK, [POLE, OTHER_POLE]))

    def marks(self) -> list[KeptMark]:
        with self.store.reading() as uow:
            return list(uow.evidence.marks([POLE], MarkKind))

    def covers(self) -> object:
        with self.store.reading() as uow:
            return uow.evidence.covers_until([POLE]).get(POLE)

    def presence(self) -> Presence | None:
        with self.store.reading() as uow:
            return uow.evidence.seen([POLE])[POLE].presence


@pytest.fixture
def centre() -> Centre:
    return Centre()


def report(*entries: AsRunEntry, head: str = "", **said: object) -> AsRunReport:
    made = AsRunReport(
        audience="server",
        number=5,
        issued=NOW,
        journal=JOURNAL,
        covers_until=NOW + 30 * MINUTE,
        head=head or (entries[-1].hash if entries else GENESIS),
        entries=entries,
    )
    return replace(made, **said)  # type: ignore[arg-type]  # fields by name


def acknowledged(through: int, head: str) -> AsRunAcknowledged:
    return AsRunAcknowledged(
        audience=f"loudspeaker:{POLE}",
        epoch=1,
        number=unix_milliseconds(NOW),
        issued=NOW,
        journal=JOURNAL,
        through=through,
        head=head,
    )


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


def test_a_chain_goes_on_over_two_reports(centre: Centre) -> None:
    entries = chain(4)
    centre.hears("as-run", report(*entries[:2]))

    centre.hears("as-run", report(*entries[2:]))

    assert [each.flags for each in centre.kept()] == [frozenset()] * 4


def marks(*kinds: MarkKind, after: AsRunEntry | Mark) -> list[Mark]:
    made: list[Mark] = []
    for kind in kinds:
        made.append(mark(kind, made[-1] if made else after, recorded_at=NOW))
    return made


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


def test_a_mark_of_another_loudspeaker_is_refused_with_its_report(centre: Centre) -> None:
    stranger = replace(marks(MarkKind.HOURLY, after=chain(1)[0])[0], loudspeaker=OTHER_POLE)

    with pytest.raises(WireError, match=r"wire\.wrong_sender"):
        centre.hears("as-run", report(marks=(stranger,)))

    assert not centre.marks()


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


def replaced(centre: Centre, at: datetime) -> None:
    """Let another device take the place of mine."""
    with centre.store.writing() as uow:
        speaker = uow.places.loudspeaker(POLE)
        assert speaker is not None
        for key, ended in ((MINE, at), (LATER, None)):
            uow.devices.put(
                Device(
                    id=DeviceId(key.key),
                    loudspeaker=POLE,
                    public_key=key.public,
                    enrolled_at=NOW if ended else at,
                    retired_at=ended,
                )
            )
        uow.places.put_loudspeaker(replace(speaker, public_key=LATER.public))
        uow.commit()


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


def test_a_device_of_another_loudspeaker_speaks_for_its_own_alone(centre: Centre) -> None:
    replaced(centre, NOW)

    with pytest.raises(WireError, match=r"wire\.unknown_key"):
        centre.hears("as-run", report(*chain(1)), key=THEIRS)


def test_a_retired_loudspeaker_is_no_longer_present(centre: Centre) -> None:
    with centre.store.writing() as uow:
        known = uow.places.loudspeaker(POLE)
        assert known is not None
        uow.places.put_loudspeaker(replace(known, retired_at=NOW))
        uow.commit()

    with pytest.raises(WireError, match=r"wire\.unknown_key"):
        centre.hears("presence", samples.presence(1))


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


GENUINE = sealed(report(*chain(2)), MINE)


@pytest.mark.parametrize(
    ("leaf", "data", "code"),
    [
        ("as-run", b"", "wire.unreadable"),
        ("as-run", b"{}", "wire.unreadable"),
        ("as-run", b"CRW\x02" + GENUINE[4:], "wire.unknown_version"),
        ("as-run", GENUINE[:-1], "wire.bad_signature"),
        ("as-run", GENUINE.replace("Mục o1".encode(), "Mùc o1".encode()), "wire.bad_signature"),
        ("as-run", sealed(report(*chain(2)), THEIRS), "wire.unknown_key"),
        ("as-run", sealed(report(*chain(2)), SigningKey(MINE.key, bytes(32))), "wire.bad_signature"),
        ("as-run", sealed(report(*chain(2), audience="all"), MINE), "wire.wrong_audience"),
        ("presence", GENUINE, "wire.wrong_topic"),
        ("as-run", sealed(samples.presence(1), MINE), "wire.wrong_topic"),
        ("as-run", seal_payload("Presence", encoded(report(*chain(2))), [MINE]), "wire.unreadable"),
        ("as-run", seal_payload("Nonsense", b"{}", [MINE]), "wire.unknown_type"),
        (
            "as-run",
            sealed(SilenceOrdered(audience="server", number=1, issued=NOW, ordered=True), MINE),
            "wire.wrong_role",
        ),
        ("as-run", sealed(report(replace(chain(1)[0], loudspeaker=OTHER_POLE)), MINE), "wire.wrong_sender"),
        ("as-run", bytes(10_000_000), "wire.too_large"),
        ("as-run", sealed(report(*chain(2), journal="journal-b"), MINE), "wire.wrong_sender"),
        ("as-run", seal_payload("AsRunReport", b" " * (PAYLOAD_LIMIT + 1), [MINE]), "wire.too_large"),
        ("as-run", seal_payload("AsRunReport", b"[" * 100_000, [MINE]), "wire.unreadable"),
    ],
)
def test_what_is_not_genuine_is_refused_and_leaves_no_trace(centre: Centre, leaf: str, data: bytes, code: str) -> None:
    commits = centre.store.commits

    with pytest.raises(WireError) as refused:
        centre.takes(leaf, data)

    assert refused.value.code == code
    assert (centre.store.commits, centre.broker.published) == (commits, [])


def test_a_message_on_another_loudspeakers_topic_is_refused(centre: Centre) -> None:
    with pytest.raises(WireError, match=r"wire\.unknown_key"):
        centre.takes("as-run", GENUINE, loudspeaker=OTHER_POLE)


def test_nobody_speaks_for_a_loudspeaker_without_a_device(centre: Centre) -> None:
    with centre.store.writing() as uow:
        uow.places.put_loudspeaker(replace(samples.LOUDSPEAKERS[0], public_key=""))
        uow.commit()

    with pytest.raises(WireError, match=r"wire\.unknown_key"):
        centre.takes("as-run", GENUINE)


@pytest.mark.parametrize("topic", ["radio/v1/loudspeakers/stranger/as-run", "radio/v1/marker", "", "a/b"])
def test_a_stranger_is_refused(centre: Centre, topic: str) -> None:
    with pytest.raises(WireError, match=r"wire\.unknown_sender"):
        ingest.take_in(centre.store, centre.clock, centre.sealing, centre.broker, topic, GENUINE)


def test_fields_a_newer_agent_adds_are_ignored(centre: Centre) -> None:
    facts = json.loads(encoded(report(*chain(2)))) | {"microphone": {"level": 3}}

    centre.takes("as-run", seal_payload("AsRunReport", json.dumps(facts).encode(), [MINE]))

    assert len(centre.kept()) == 2
