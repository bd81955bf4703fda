"""What arrived together is kept in one transaction, answered after it, and a bad message among it spoils nothing."""

import pytest

from schedules.errors import WireError
from schedules.mark import MarkKind
from schedules.wire import topics
from schedules.wire.messages import AsRunAcknowledged, Challenge, Message
from schedules.wire.seal import SigningKey, sealed, unsealed
from server.services import ingest
from tests.contracts import samples
from tests.contracts.samples import NOW, POLE, chain, mark
from tests.server.services.receiving import MINE, THEIRS, Centre, report


@pytest.fixture
def centre() -> Centre:
    return Centre()


def said(leaf: str, message: Message, *, key: SigningKey = MINE) -> tuple[str, bytes]:
    return topics.of_loudspeaker(POLE, leaf), sealed(message, key)


def take_in(centre: Centre, *arrived: tuple[str, bytes]) -> list[str | None]:
    """Take messages in together; give the codes of what was refused."""
    refusals = ingest.take_in_all(centre.store, centre.clock, centre.sealing, centre.broker, arrived)
    return [None if each is None else each.code for each in refusals]


def answers(centre: Centre) -> list[tuple[str, int]]:
    """Give who was answered through what, in order."""
    found = []
    for topic, envelope in centre.broker.published:
        message, _ = unsealed(envelope, centre.sealing.trust)
        assert isinstance(message, AsRunAcknowledged)
        found.append((topic, message.through))
    return found


def test_messages_of_several_kinds_are_one_transaction(centre: Centre) -> None:
    before = centre.store.commits

    refused = take_in(
        centre,
        said("presence", samples.presence(2)),
        said("receipt", samples.receipt(7)),
        said("as-run", report(*chain(2))),
    )

    assert refused == [None] * 3
    assert centre.store.commits == before + 1
    assert len(centre.kept()) == 2
    assert answers(centre) == [(topics.of_loudspeaker(POLE, "acknowledged"), 2)]


def test_a_bad_message_spoils_no_other(centre: Centre) -> None:
    take_in(centre, said("presence", samples.presence(5)))
    entries = chain(2)

    refused = take_in(
        centre,
        (topics.of_loudspeaker(POLE, "as-run"), b"rubbish"),
        said("presence", samples.presence(4)),
        said("as-run", report(*entries)),
        said("as-run", report(*entries), key=THEIRS),
        ("radio/v1/loudspeakers/stranger/as-run", sealed(report(*entries), MINE)),
        said("receipt", samples.receipt(7)),
    )

    assert refused == [
        "wire.unreadable",
        "wire.not_newer",
        None,
        "wire.unknown_key",
        "wire.unknown_sender",
        None,
    ]
    assert [each.hash for each in centre.kept()] == [entry.hash for entry in entries]
    with centre.store.reading() as uow:
        seen = uow.evidence.seen([POLE])[POLE]
    assert seen.presence == samples.presence(5)
    assert seen.receipt is not None


def test_several_reports_of_one_journal_are_kept_as_if_they_had_come_one_by_one(centre: Centre) -> None:
    first, second, third = chain(3)
    boot = mark(MarkKind.BOOT, third)

    take_in(
        centre,
        said("as-run", report(first)),
        said("as-run", report(third, marks=(boot,), head=boot.hash)),
        said("as-run", report(first, second)),
        said("as-run", report(second, third)),
    )

    assert [each.entry.sequence for each in centre.kept()] == [1, 2, 3]
    assert [each.mark for each in centre.marks()] == [boot]
    assert not any(each.flags for each in centre.kept())
    assert not any(each.flags for each in centre.marks())
    assert [through for _, through in answers(centre)] == [1, 1, 2, 3]
    with centre.store.reading() as uow:
        assert uow.ledger.size() == 3  # the last report told nothing new


def test_two_branches_that_come_together_are_both_kept_and_flagged(centre: Centre) -> None:
    ours, others = chain(2), chain(2, title="Chương trình khác")

    take_in(centre, said("as-run", report(*ours)), said("as-run", report(*others)))

    assert {(each.entry.sequence, each.hash) for each in centre.kept()} == {
        (entry.sequence, entry.hash) for entry in (*ours, *others)
    }
    assert {each.hash: "fork" in each.flags for each in centre.kept()} == {
        **{entry.hash: False for entry in ours},
        **{entry.hash: True for entry in others},
    }


def test_nothing_is_answered_that_was_not_committed(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: object) -> None:
        assert not centre.broker.published
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tests.fakes.store.FakeUnitOfWork.commit", fails)

    with pytest.raises(OSError, match="No space"):
        take_in(centre, said("as-run", report(*chain(2))), said("as-run", report(*chain(1))))

    assert not centre.broker.published


def test_what_only_asks_writes_nothing(centre: Centre) -> None:
    before = centre.store.commits
    asked = Challenge(audience=topics.SERVER, number=1, issued=NOW, nonce="n")

    assert take_in(centre, said("challenge", asked), said("challenge", asked)) == [None, None]

    assert centre.store.commits == before
    assert len(centre.broker.published) == 2


def test_without_messages_nothing_happens(centre: Centre) -> None:
    before = centre.store.commits

    assert take_in(centre) == []

    assert centre.store.commits == before


def test_one_message_alone_says_itself_why_it_is_refused(centre: Centre) -> None:
    with pytest.raises(WireError, match=r"wire\.unreadable"):
        centre.takes("as-run", b"rubbish")
