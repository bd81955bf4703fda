"""Overrides: one span of one day, as the planner and the guard see it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from schedules.errors import InvalidValue
from schedules.ids import SlotId, UnitId
from schedules.override import Override, granted_to, opened_by
from schedules.times import DAY, Span
from tests.schedules.given import HA_NOI, MONDAY, SON_HA, a_regulation, at, hours, span

REGULATION = a_regulation(hours("05:00", "06:00"))
TONIGHT = Override(
    station=SON_HA,
    slot=SlotId("slot-tin"),
    record="a" * 64,
    day=MONDAY,
    earliest=time(20),
    latest=time(20, 15),
    reason="Vỡ kênh",
)


def test_it_is_a_span_of_the_stations_civil_day() -> None:
    until_midnight = replace(TONIGHT, latest=time(0))

    assert TONIGHT.window(HA_NOI) == span("20:00", "20:15")
    assert until_midnight.window(HA_NOI) == Span(at("20:00"), at("00:00", MONDAY + DAY))


def test_a_clock_change_may_swallow_it() -> None:
    swallowed = replace(TONIGHT, day=date(2026, 3, 8), earliest=time(2, 30), latest=time(3, 10))

    assert swallowed.window(ZoneInfo("America/New_York")).duration == timedelta(0)


def test_to_the_guard_it_is_an_opening_of_that_span_and_no_other() -> None:
    opened = opened_by(REGULATION, [TONIGHT])

    assert opened.windows(MONDAY, TONIGHT.record) == (span("05:00", "06:00"), span("20:00", "20:15"))
    for day in (MONDAY + DAY, MONDAY + 7 * DAY):
        assert opened.windows(day, TONIGHT.record) == REGULATION.windows(day)


@pytest.mark.parametrize("approval", ["", "b" * 64])
def test_to_whatever_else_was_approved_it_opens_nothing(approval: str) -> None:
    opened = opened_by(REGULATION, [TONIGHT])

    assert opened.windows(MONDAY, approval) == REGULATION.windows(MONDAY)
    assert not opened.permits(span("20:00", "20:10"), approval)
    assert (opened.rules_on(MONDAY), opened.minutes_on(MONDAY)) == (
        REGULATION.rules_on(MONDAY),
        REGULATION.minutes_on(MONDAY),
    )


def test_two_of_one_span_open_it_to_both_records_and_none_is_none() -> None:
    other = replace(TONIGHT, slot=SlotId("other"), record="b" * 64)

    both = opened_by(REGULATION, [TONIGHT, other, TONIGHT])

    assert [each.approval for each in both.openings] == [TONIGHT.record, other.record]
    assert opened_by(REGULATION, [other, TONIGHT]) == both
    assert opened_by(REGULATION, []) == REGULATION


def test_it_is_granted_to_one_record_at_one_station() -> None:
    elsewhere, otherwise = replace(TONIGHT, station=UnitId("son-linh")), replace(TONIGHT, record="b" * 64)

    assert list(granted_to([elsewhere, TONIGHT, otherwise], SON_HA, TONIGHT.record)) == [TONIGHT]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (lambda: replace(TONIGHT, latest=time(19)), "override.ends_before_start"),
        (lambda: replace(TONIGHT, latest=TONIGHT.earliest), "override.ends_before_start"),
        (lambda: replace(TONIGHT, reason=" "), "override.no_reason"),
    ],
)
def test_one_that_makes_no_sense_cannot_exist(wrong: Callable[[], object], code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        wrong()

    assert refused.value.code == code
