"""What a leaf says, and what goes outside, as bytes that never change."""

from datetime import UTC, date, datetime, time

import pytest

from schedules.errors import InvalidValue
from schedules.ledger import HeadFile, KnownHead, Leaf, LeafKind, StoredRow, row_bytes, sum_of
from schedules.merkle import leaf_hash

NOW = datetime(2026, 11, 23, 1, 2, 3, 456_789, UTC)
FILE = HeadFile(
    head=b"head",
    trust_lists=(b"first", b"second"),
    before=(KnownHead(3, "a" * 16),),
    leaves=("00c0ffee", "0badcafe"),
)


def test_a_leaf_says_what_when_and_then_the_evidence() -> None:
    leaf = Leaf(7, LeafKind.REPORT, "pole-1", NOW, b"as it came")

    assert leaf.content == b'["report","pole-1","2026-11-23T01:02:03.456789+00:00"]\nas it came'
    assert leaf.hash == leaf_hash(leaf.content)


def test_a_leaf_whose_time_nothing_said_has_none() -> None:
    assert Leaf(1, LeafKind.BEGUN, "đài", None, b"").content == '["begun","đài",null]\n'.encode()


def test_a_row_is_written_sorted_and_without_what_is_empty() -> None:
    row = {
        "title": "Lịch cắt điện",
        "at": NOW,
        "day": date(2026, 11, 23),
        "since": time(0),
        "bytes": b"\x01\xff",
        "kind": LeafKind.SLOT,
        "parts": [1, 2],
        "off": False,
        "on": True,
        "nothing": None,
        "none": 0,
        "empty": "",
        "list": [],
    }

    assert row_bytes(row).decode() == (
        '{"at":"2026-11-23T01:02:03.456789+00:00","bytes":"01ff","day":"2026-11-23","kind":"slot","on":true,'
        '"parts":[1,2],"since":"00:00:00","title":"Lịch cắt điện"}'
    )


def test_a_sum_over_rows_depends_on_each_and_on_their_order() -> None:
    first, second = StoredRow("audit", "1", b"a"), StoredRow("audit", "2", b"a")

    there, back = sum_of(sum_of("", first), second), sum_of(sum_of("", second), first)

    assert len({there, back, sum_of("", first), sum_of("", second), sum_of("", StoredRow("audit", "1", b"b"))}) == 5


def test_a_file_for_outside_reads_back_as_it_was() -> None:
    assert HeadFile.of(FILE.text()) == FILE


def test_a_file_names_only_the_beginning_of_earlier_roots() -> None:
    longer = HeadFile(head=b"", trust_lists=(), before=(KnownHead(3, "a" * 64),), leaves=())

    assert HeadFile.of(longer.text()).before == (KnownHead(3, "a" * 16),)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", FILE.text().replace("head 1", "head 2"), FILE.text().replace("=", "!")]
)
def test_anything_else_is_no_such_file(text: str) -> None:
    with pytest.raises(InvalidValue, match=r"ledger\.head_unreadable"):
        HeadFile.of(text)
