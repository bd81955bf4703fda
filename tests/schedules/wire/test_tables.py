"""A rundown as tables, of which single items are made."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.errors import WireError
from schedules.ids import OccurrenceId
from schedules.rundown import RundownItem
from schedules.times import Span
from schedules.wire.codec import encoded, tables_of
from schedules.wire.messages import RundownIssued
from schedules.wire.rows import Comparison, Tables, packed
from tests.schedules.wire.samples import RUNDOWN

ITEMS = RUNDOWN.items
MOMENT = timedelta(milliseconds=1)
TABLES = Tables(packed(RUNDOWN))
PAYLOAD = encoded(
    RundownIssued(
        audience=f"zone:{RUNDOWN.zone}",
        epoch=RUNDOWN.epoch,
        number=RUNDOWN.revision,
        issued=RUNDOWN.covers.start,
        rundown=RUNDOWN,
    )
)


def test_items_made_one_by_one_are_those_of_the_rundown() -> None:
    assert tuple(TABLES.item(index) for index in range(len(TABLES.occurrences))) == ITEMS
    assert [TABLES.span(index) for index in range(len(ITEMS))] == [item.span for item in ITEMS]
    assert set(TABLES.recordings) == {recording for item in ITEMS for recording in item.recordings}


def test_the_tables_of_a_payload_are_those_that_were_sent() -> None:
    tables = tables_of(PAYLOAD)

    assert (tables.zone, tables.epoch, tables.revision) == (RUNDOWN.zone, RUNDOWN.epoch, RUNDOWN.revision)
    assert tables.covers == RUNDOWN.covers
    assert tables.item(0) == ITEMS[0]


@pytest.mark.parametrize("payload", [b"", b"x", PAYLOAD[:-1]])
def test_a_damaged_payload_gives_no_tables(payload: bytes) -> None:
    with pytest.raises(WireError):
        tables_of(payload)


def test_what_has_begun_is_counted_up_to_the_very_instant() -> None:
    second = ITEMS[1].starts_at

    assert [TABLES.begun(at) for at in (second - MOMENT, second)] == [1, 2]
    assert TABLES.begun(RUNDOWN.covers.start - MOMENT) == 0
    assert TABLES.begun(RUNDOWN.covers.end) == len(ITEMS)


def test_the_items_that_begin_inside_a_span_are_made_and_no_others() -> None:
    first, second = ITEMS[0].starts_at, ITEMS[1].starts_at

    assert tuple(TABLES.starting(RUNDOWN.covers)) == ITEMS
    assert tuple(TABLES.starting(Span(first, second))) == ITEMS[:1]
    assert tuple(TABLES.starting(Span(first + MOMENT / 2, second + MOMENT / 2))) == ITEMS[1:2]
    assert tuple(TABLES.starting(Span(RUNDOWN.covers.end, RUNDOWN.covers.end + MOMENT))) == ()


def test_the_same_items_say_the_same_whatever_has_passed() -> None:
    over = ITEMS[0].over_at

    assert TABLES.same_ahead(ITEMS, RUNDOWN.covers.start)
    assert TABLES.same_ahead(ITEMS[1:], over)
    assert not TABLES.same_ahead(ITEMS[1:], over - MOMENT)


@pytest.mark.parametrize(
    "changed",
    [
        lambda item: replace(item, title="Khác"),
        lambda item: replace(item, approval="f" * 64),
        lambda item: replace(item, ends_at=item.ends_at - MOMENT, late_until=None),
        lambda item: replace(item, valid_until=item.starts_at),
    ],
)
def test_one_changed_item_is_noticed(changed: Callable[[RundownItem], RundownItem]) -> None:
    others = (*ITEMS[:-1], changed(ITEMS[-1]))

    assert not TABLES.same_ahead(others, RUNDOWN.covers.start)


def test_what_is_added_gone_and_moved_is_told() -> None:
    later = replace(ITEMS[1], starts_at=ITEMS[1].starts_at + MOMENT)
    longer = replace(ITEMS[2], ends_at=ITEMS[2].ends_at + MOMENT)
    new = replace(ITEMS[3], occurrence=OccurrenceId("9" * 32))

    assert TABLES.compared((ITEMS[0], later, longer, new)) == Comparison(added=1, gone=(3, 4), moved=(1, 2))
    assert TABLES.compared(ITEMS) == Comparison(added=0)
