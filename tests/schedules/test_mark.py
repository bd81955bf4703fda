"""Marks: what a mark must say, and that it is chained like every entry."""

from dataclasses import replace

import pytest

from schedules.chain import GENESIS, canonical_bytes, first_break
from schedules.errors import InvalidValue, WireError
from schedules.ids import JournalId, LoudspeakerId
from schedules.mark import JournalEntry, Mark, MarkKind
from schedules.wire.codec import journal_entry_of
from tests.schedules.given import at
from tests.schedules.test_asrun import PLAYED

BEGUN = Mark(
    loudspeaker=LoudspeakerId("loa-1"),
    journal=JournalId("nhat-ky-2"),
    sequence=1,
    previous=GENESIS,
    kind=MarkKind.BEGUN,
    recorded_at=at("05:00"),
    after_journal=JournalId("nhat-ky-1"),
    after_sequence=0,
    after_head=GENESIS,
)
LOST = replace(BEGUN, sequence=2, previous=BEGUN.hash, kind=MarkKind.LOST, lost_from=1)
HOURLY = Mark(
    loudspeaker=BEGUN.loudspeaker,
    journal=BEGUN.journal,
    sequence=3,
    previous=LOST.hash,
    kind=MarkKind.HOURLY,
    recorded_at=at("06:00"),
    clock_error_ms=0,
    covers_until=at("06:00"),
)
STARTED_AGAIN = replace(PLAYED, sequence=4, previous=HOURLY.hash)


def test_what_is_unset_is_left_out_and_nought_is_not_unset() -> None:
    assert canonical_bytes(HOURLY).decode() == (
        '{"clock_error_ms":0,"covers_until":"2026-11-22T23:00:00.000Z","journal":"nhat-ky-2","kind":"hourly",'
        f'"loudspeaker":"loa-1","previous":"{LOST.hash}","recorded_at":"2026-11-22T23:00:00.000Z","sequence":3}}'
    )


def test_the_hash_of_a_mark_stays_what_it_was() -> None:
    """Journals of years are chained by these: the value is written out here, not computed again."""
    assert BEGUN.hash == "0e52b361c9929ca4c7ff15eddfb82f20b41a6750dc30ac182a41dc128291cb70"


def test_marks_and_plays_are_one_chain() -> None:
    entries: list[JournalEntry] = [BEGUN, LOST, HOURLY, STARTED_AGAIN]

    assert first_break(entries) is None
    assert first_break([each for each in entries if each is not HOURLY]) is STARTED_AGAIN
    assert first_break([BEGUN, replace(LOST, lost_to=4), HOURLY]) is HOURLY


@pytest.mark.parametrize("entry", [BEGUN, LOST, HOURLY, replace(PLAYED, level_dbfs=-20.0)])
def test_an_entry_of_either_sort_reads_back_from_its_canonical_bytes(entry: JournalEntry) -> None:
    again = journal_entry_of(canonical_bytes(entry))

    assert again == entry
    assert again.hash == entry.hash


@pytest.mark.parametrize("text", [b"", b"3", b"null", b"[]", b'{"kind":"hourly"}', b'{"kind":"no such"}'])
def test_bytes_that_are_neither_are_refused(text: bytes) -> None:
    with pytest.raises(WireError):
        journal_entry_of(text)


@pytest.mark.parametrize(
    ("mark", "change", "code"),
    [
        (HOURLY, {"sequence": 0}, "mark.sequence"),
        (HOURLY, {"lost_from": 3}, "mark.lost"),
        (LOST, {"lost_from": None}, "mark.lost"),
        (HOURLY, {"recorded_at": at("06:00").replace(tzinfo=None)}, "time.not_utc"),
    ],
)
def test_a_mark_that_contradicts_itself_cannot_exist(mark: Mark, change: dict[str, object], code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        replace(mark, **change)  # type: ignore[arg-type]  # wrong on purpose

    assert refused.value.code == code
