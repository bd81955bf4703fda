"""What a slot cannot be."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from schedules.errors import InvalidValue
from schedules.slot import SlotException
from schedules.times import DAY
from schedules.way import Way
from tests.schedules.given import HOUR, MONDAY, a_programme, a_slot, an_order, at, daily, in_places, once

SERIES = daily("05:30")
MOVED = SlotException(at("05:30"), at("17:00"))


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (lambda: replace(SERIES, until=None), "slot.no_end"),
        (lambda: replace(SERIES, until=MONDAY - DAY), "slot.ends_before_start"),
        (lambda: replace(SERIES, exceptions=(MOVED, SlotException(at("05:30")))), "slot.exception_twice"),
        (lambda: replace(once("05:30"), exceptions=(MOVED, MOVED)), "slot.exception_twice"),
        (lambda: SlotException(datetime(2026, 11, 23)), "time.not_utc"),  # noqa: DTZ001  # refused for this
        (lambda: SlotException(at("05:30"), datetime(2026, 11, 23)), "time.not_utc"),  # noqa: DTZ001  # same
        (lambda: replace(SERIES, ended=MONDAY - DAY), "slot.ends_before_start"),
        (lambda: replace(in_places("a"), ended=MONDAY - DAY), "slot.ends_before_start"),
        (lambda: a_slot(a_programme(), in_places()), "slot.no_place"),
        (lambda: replace(a_slot(a_programme(), SERIES), way=Way.EMERGENCY), "slot.way"),
        (lambda: replace(a_slot(a_programme(), SERIES), way=Way.ORDERED), "slot.way"),
        (lambda: replace(a_slot(a_programme(), SERIES), order=an_order()), "slot.way"),
        (lambda: in_places("a", days=0), "slot.ends_before_start"),
        (lambda: replace(a_slot(a_programme(), SERIES), lasts=timedelta(0)), "slot.lasts"),
        (lambda: replace(a_slot(a_programme(), SERIES), lasts=DAY + HOUR), "slot.lasts"),
        (lambda: a_slot(a_programme(), SERIES, wait=HOUR + timedelta(seconds=1)), "slot.wait"),
        (lambda: a_slot(a_programme(), SERIES, wait=timedelta(seconds=-1)), "slot.wait"),
    ],
)
def test_a_slot_that_makes_no_sense_cannot_exist(wrong: Callable[[], object], code: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        wrong()

    assert refused.value.code == code


def test_a_single_slot_needs_no_end_and_a_series_may_last_one_day() -> None:
    assert once("05:30").until is None
    assert replace(SERIES, until=MONDAY).until == MONDAY
    assert (once("05:30").ends_on, SERIES.ends_on) == (MONDAY, MONDAY + 29 * DAY)
