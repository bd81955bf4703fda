"""What a leaf proves by itself, and every way in which it does not."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from schedules.asrun import AsRunEntry
from schedules.chain import GENESIS, canonical_bytes
from schedules.ids import JournalId, LoudspeakerId
from schedules.ledger import IN_FORCE, Leaf, LeafKind
from schedules.mark import JournalEntry, Mark, MarkKind
from schedules.proof import Fact, digest_of, proof_of
from schedules.wire.messages import AsRunReport, Presence, RundownReceipt
from schedules.wire.seal import envelope_of, sealed
from tests.schedules.wire.samples import DEVICE, ENTRY, LEAST, NOW, STATE

AT = datetime(2026, 11, 23, 1, 2, 3, 456, UTC)
MARK = Mark(
    loudspeaker=ENTRY.loudspeaker,
    journal=ENTRY.journal,
    sequence=2,
    previous=ENTRY.hash,
    kind=MarkKind.BEGUN,
    recorded_at=NOW,
    clock_error_ms=20,
    after_journal=ENTRY.journal,
    after_sequence=7,
    after_head="a" * 64,
    ledger_size=3,
    ledger_root="b" * 64,
)


def leaf(kind: LeafKind, data: bytes, subject: str = ENTRY.loudspeaker) -> Leaf:
    return Leaf(7, kind, subject, AT, data)


def report(*entries: AsRunEntry, marks: tuple[Mark, ...] = (), **said: object) -> AsRunReport:
    both: tuple[JournalEntry, ...] = (*entries, *marks)
    made = AsRunReport(
        audience="server",
        number=1,
        issued=NOW,
        journal=ENTRY.journal,
        covers_until=NOW,
        head=both[-1].hash if both else GENESIS,
        entries=entries,
        marks=marks,
    )
    return replace(made, **said)  # type: ignore[arg-type]  # fields by name


FIRST = replace(ENTRY, sequence=1, previous=GENESIS, clock_error_ms=20)
BEGUN = replace(MARK, previous=FIRST.hash)


def test_a_report_gives_its_entries_and_marks_with_their_hashes() -> None:
    message = report(FIRST, marks=(BEGUN,))

    proof = proof_of(leaf(LeafKind.REPORT, sealed(message, DEVICE)), [DEVICE.public])

    first, begun = proof.links
    received = b"\n" + AT.isoformat().encode()
    assert (proof.number, proof.fault) == (7, "")
    assert (first.sequence, first.previous, first.hash) == (1, GENESIS, FIRST.hash)
    assert first.digest == digest_of(canonical_bytes(FIRST) + received)
    assert (first.recorded_at, first.after, first.ledger) == (FIRST.recorded_at, None, None)
    assert (begun.hash, begun.after, begun.ledger) == (BEGUN.hash, (ENTRY.journal, 7, "a" * 64), (3, "b" * 64))


def test_an_entry_written_otherwise_than_it_was_hashed_is_read_field_by_field() -> None:
    """Its hash covers the level to a tenth, and no field that this release does not know."""
    exact = replace(FIRST, level_dbfs=-20.04)

    proof = proof_of(leaf(LeafKind.REPORT, sealed(report(exact), DEVICE)), [DEVICE.public])

    assert [link.hash for link in proof.links] == [exact.hash]
    assert [link.digest for link in proof.links] == [
        digest_of(canonical_bytes(exact) + b"\n" + AT.isoformat().encode())
    ]


def test_a_report_without_entries_gives_none() -> None:
    proof = proof_of(leaf(LeafKind.REPORT, sealed(report(), DEVICE)), [DEVICE.public])

    assert (proof.fault, tuple(proof.links)) == ("", ())


@pytest.mark.parametrize("error", [None, 300_001])
def test_the_time_of_an_entry_counts_only_where_something_vouches_for_it(error: int | None) -> None:
    mark = replace(MARK, sequence=1, previous=GENESIS, clock_error_ms=error)

    proof = proof_of(leaf(LeafKind.REPORT, sealed(report(marks=(mark,)), DEVICE)), [DEVICE.public])

    assert [link.recorded_at for link in proof.links] == [None]


@pytest.mark.parametrize(
    "entry", [replace(FIRST, loudspeaker=LoudspeakerId("another")), replace(FIRST, journal=JournalId("another"))]
)
def test_an_entry_of_somebody_else_makes_the_report_unreadable(entry: AsRunEntry) -> None:
    proof = proof_of(leaf(LeafKind.REPORT, sealed(report(entry), DEVICE)), [DEVICE.public])

    assert (proof.fault, tuple(proof.links)) == ("verify.unreadable", ())


@pytest.mark.parametrize("publics", [[], [STATE.public]])
def test_what_another_key_signed_is_not_signed(publics: list[str]) -> None:
    proof = proof_of(leaf(LeafKind.REPORT, sealed(report(FIRST), DEVICE)), publics)

    assert (proof.fault, proof.key) == ("verify.not_signed", "")


def test_of_several_keys_the_one_that_signed_is_named() -> None:
    proof = proof_of(leaf(LeafKind.REPORT, sealed(report(FIRST), DEVICE)), [STATE.public, DEVICE.public])

    assert (proof.fault, proof.key) == ("", DEVICE.key)


def test_a_message_of_another_type_is_not_signed() -> None:
    presence = next(each for each in LEAST if isinstance(each, Presence))

    assert proof_of(leaf(LeafKind.RECEIPT, sealed(presence, DEVICE)), [DEVICE.public]).fault == "verify.not_signed"


def test_a_changed_signature_is_none() -> None:
    data = sealed(report(FIRST), DEVICE)

    proof = proof_of(leaf(LeafKind.REPORT, data.replace(b'"head"', b'"heed"')), [DEVICE.public])

    assert proof.fault == "verify.unreadable"


@pytest.mark.parametrize("kind", [LeafKind.REPORT, LeafKind.RUNDOWN, LeafKind.APPROVAL])
@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff"])
def test_anything_else_is_unreadable_and_has_a_hash_all_the_same(kind: LeafKind, data: bytes) -> None:
    given = leaf(kind, data)

    assert proof_of(given, [DEVICE.public])[:3] == (7, given.hash, "verify.unreadable")


@pytest.mark.parametrize("at", [AT, None])
def test_presence_and_receipt_ask_for_a_row_with_the_same_words(at: datetime | None) -> None:
    presence = sealed(next(each for each in LEAST if isinstance(each, Presence)), DEVICE)
    receipt = sealed(next(each for each in LEAST if isinstance(each, RundownReceipt)), DEVICE)

    (shown,) = proof_of(Leaf(1, LeafKind.PRESENCE, "pole", at, presence), [DEVICE.public]).facts
    (answered,) = proof_of(Leaf(1, LeafKind.RECEIPT, "pole", at, receipt), [DEVICE.public]).facts

    assert shown.subject.startswith(f"pole/{'' if at is None else at.isoformat()}/")
    assert shown.digest == digest_of(envelope_of(presence).payload)
    assert answered == Fact("receipt", "pole", digest_of(envelope_of(receipt).payload))


def test_a_rundown_asks_for_its_revision_its_body_and_the_items_left_behind() -> None:
    kept, left = b'{"sha256":"%s","zone":"z"}' % (b"ab" * 32), b'{"occurrence":"o","zone":"z"}'

    facts = proof_of(leaf(LeafKind.RUNDOWN, kept + b"\n" + left, "z/8"), []).facts

    assert list(facts) == [
        Fact("rundown", "z/8", digest_of(kept)),
        Fact(IN_FORCE, "z", b"\xab" * 16),
        Fact("planned", "z/o", digest_of(left)),
    ]


def test_an_approval_must_match_its_own_record() -> None:
    record = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"  # of {}
    right, wrong = (json.dumps({"canonical": b"{}".hex(), "record": each}).encode() for each in (record, record[::-1]))

    assert proof_of(leaf(LeafKind.APPROVAL, right), []).fault == ""
    assert proof_of(leaf(LeafKind.APPROVAL, wrong), []).fault == "verify.approval_record"


@pytest.mark.parametrize("kind", [LeafKind.BEGUN, LeafKind.ASSIGNMENT])
def test_some_leaves_ask_for_no_row(kind: LeafKind) -> None:
    assert proof_of(leaf(kind, b"{}"), []) == (7, leaf(kind, b"{}").hash, "", (), (), "")


def test_every_other_leaf_asks_for_its_row() -> None:
    assert proof_of(leaf(LeafKind.AUDIT, b"{}", "3"), []).facts == (Fact("audit", "3", digest_of(b"{}")),)
