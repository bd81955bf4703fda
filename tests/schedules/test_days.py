"""Which dates a rule gives: the same as dateutil gives, at the cost of the window alone."""

from datetime import date, datetime
from itertools import pairwise, takewhile

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given
from hypothesis import strategies as st

from schedules.days import dates_of
from schedules.lunar import lunar_dates
from schedules.recurrence import DAILY, WEEKDAYS, DayRule, Holidays, LunarDays, Recurrence
from schedules.times import DAY
from tests.schedules.given import MONDAY

LATER = MONDAY + 366 * DAY


def dates(
    rule: DayRule | str, first: date, last: date, anchor: date = MONDAY, holidays: Holidays = Holidays.ANY
) -> list[date]:
    known = Recurrence.of(rule) if isinstance(rule, str) else rule
    return list(dates_of(known, holidays, anchor, first, last))


def by_dateutil(rule: str, anchor: date, first: date, last: date) -> list[date]:
    found = rrulestr(rule, dtstart=datetime.combine(anchor, datetime.min.time()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("datetime.MAXYEAR", last.year)  # else it looks for the 30th of February until the year 9999
        return [day for day in takewhile(lambda day: day <= last, (each.date() for each in found)) if first <= day]


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Give any rule of whole days."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = {"FREQ": frequency, "INTERVAL": str(draw(st.integers(1, 5)))}
    some = st.lists(st.integers(1, 31) | st.integers(-31, -1), min_size=1, max_size=4, unique=True)
    if draw(st.booleans()):
        parts["BYMONTH"] = ",".join(map(str, draw(st.sets(st.integers(1, 12), min_size=1, max_size=6))))
    if frequency != "WEEKLY" and draw(st.booleans()):
        parts["BYMONTHDAY"] = ",".join(map(str, draw(some)))
    weekdays = draw(st.sets(st.sampled_from(WEEKDAYS), max_size=4))
    if weekdays and frequency in ("MONTHLY", "YEARLY") and draw(st.booleans()):
        weekdays = {f"{draw(st.integers(1, 5) | st.integers(-5, -1))}{each}" for each in weekdays}
    if weekdays:
        parts["BYDAY"] = ",".join(weekdays)
    if len(parts) > 2 and frequency in ("MONTHLY", "YEARLY") and draw(st.booleans()):
        parts["BYSETPOS"] = ",".join(map(str, draw(st.sets(st.sampled_from([1, 2, -1]), min_size=1))))
    return ";".join(f"{name}={value}" for name, value in parts.items())


@given(rules(), st.dates(date(2020, 1, 1), date(2027, 1, 1)), st.integers(0, 900), st.integers(0, 500))
def test_every_rule_gives_what_dateutil_gives(rule: str, anchor: date, after: int, length: int) -> None:
    """Whatever lies between the series' first day and the window."""
    first = anchor + after * DAY
    last = first + length * DAY

    assert dates(rule, first, last, anchor) == by_dateutil(rule, anchor, first, last)


@given(rules())
def test_a_rule_that_is_read_and_written_says_the_same(rule: str) -> None:
    known = Recurrence.of(rule)

    assert Recurrence.of(known.rule) == known


def test_nothing_comes_before_the_first_day_or_after_the_last() -> None:
    assert dates("FREQ=DAILY;INTERVAL=2", MONDAY - 10 * DAY, MONDAY + 4 * DAY) == [
        MONDAY,
        MONDAY + 2 * DAY,
        MONDAY + 4 * DAY,
    ]
    assert dates("FREQ=MONTHLY", MONDAY - 100 * DAY, MONDAY - DAY) == []


def test_what_a_rule_leaves_open_its_first_day_says() -> None:
    assert dates("FREQ=WEEKLY", MONDAY, MONDAY + 14 * DAY) == [MONDAY, MONDAY + 7 * DAY, MONDAY + 14 * DAY]
    assert dates("FREQ=MONTHLY", MONDAY, date(2027, 1, 31)) == [date(2026, m, 23) for m in (11, 12)] + [
        date(2027, 1, 23)
    ]
    assert dates("FREQ=YEARLY", MONDAY, LATER) == [MONDAY, date(2027, 11, 23)]


def test_a_rule_of_long_ago_costs_no_more() -> None:
    """Two hundred thousand days of history would be felt."""
    long_ago = date(1400, 1, 31)

    for rule in ("FREQ=DAILY;INTERVAL=2", "FREQ=MONTHLY", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=31"):
        found = dates(rule, date(2026, 1, 1), date(2026, 1, 31), long_ago)
        assert date(2026, 1, 31) in found or rule.startswith("FREQ=DAILY")


def test_lunar_days_are_those_of_the_window() -> None:
    full_moon = LunarDays(days=frozenset({15}))

    found = dates(full_moon, MONDAY, LATER)

    assert found == [day for year in (2026, 2027) for day in lunar_dates(full_moon, year) if MONDAY <= day <= LATER]
    assert all(29 <= (two - one).days <= 30 for one, two in pairwise(found))


@pytest.mark.parametrize("rule", [DAILY, LunarDays(days=frozenset({1}))])
def test_holidays_are_left_out_or_alone_left_in(rule: DayRule) -> None:
    around_new_year = (date(2027, 1, 25), date(2027, 2, 20))

    without = dates(rule, *around_new_year, holidays=Holidays.NOT)
    alone = dates(rule, *around_new_year, holidays=Holidays.ONLY)

    assert date(2027, 2, 6) in alone
    assert date(2027, 2, 6) not in without
    assert sorted(without + alone) == dates(rule, *around_new_year)
