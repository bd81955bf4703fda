"""The lunar calendar, against published dates; and rules on it.

Tết and leap months are those of the tables of Viet Nam's calendar, which differ from China's in 1985, 2007 and 2030.
"""

from datetime import date
from itertools import pairwise

import pytest

from schedules.errors import Refused
from schedules.lunar import date_of, lunar_dates, lunar_day, months_over, short_months
from schedules.recurrence import LunarDays, ShortMonth
from schedules.times import DAY

FIRST_AND_FULL = LunarDays(days=frozenset({1, 15}))
THIRTIETH = LunarDays(days=frozenset({30}), short_month=ShortMonth.SKIP)


@pytest.mark.parametrize(
    ("year", "new_year"),
    [
        (1968, date(1968, 1, 29)),
        (1985, date(1985, 1, 21)),
        (2007, date(2007, 2, 17)),
        (2020, date(2020, 1, 25)),
        (2023, date(2023, 1, 22)),
        (2024, date(2024, 2, 10)),
        (2025, date(2025, 1, 29)),
        (2026, date(2026, 2, 17)),
        (2027, date(2027, 2, 6)),
        (2028, date(2028, 1, 26)),
        (2030, date(2030, 2, 2)),
    ],
)
def test_the_new_year_falls_where_the_published_tables_have_it(year: int, new_year: date) -> None:
    assert date_of(1, 1, year) == new_year
    assert lunar_day(new_year)[1].year == year
    assert lunar_day(new_year - DAY)[1].year == year - 1


@pytest.mark.parametrize(("year", "month"), [(2020, 4), (2023, 2), (2025, 6), (2028, 5), (2031, 3), (2033, 11)])
def test_the_leap_month_is_the_published_one(year: int, month: int) -> None:
    leap = {(each.year, each.number) for common in (year, year + 1) for each in months_over(common) if each.leap}

    assert leap == {(year, month)}
    assert date_of(1, month, year, leap=True) > date_of(1, month, year)


def test_years_without_a_leap_month_have_none() -> None:
    for year in (2021, 2022, 2024, 2026, 2027):
        with pytest.raises(Refused, match=r"lunar\.no_leap_month"):
            date_of(1, 6, year, leap=True)


@pytest.mark.parametrize(
    ("day", "month", "year", "expected"),
    [
        (10, 3, 2026, date(2026, 4, 26)),  # the day of the Hùng kings
        (15, 8, 2026, date(2026, 9, 25)),  # Trung thu
        (15, 7, 2025, date(2025, 9, 6)),  # Vu lan, in a year with a leap month before it
        (23, 12, 2026, date(2027, 1, 30)),  # ông Công ông Táo
    ],
)
def test_days_people_know_fall_on_their_dates(day: int, month: int, year: int, expected: date) -> None:
    assert date_of(day, month, year) == expected
    found, lunar = lunar_day(expected)
    assert (found, lunar.number, lunar.year, lunar.leap) == (day, month, year, False)


def test_a_year_is_called_by_its_name() -> None:
    assert [lunar_day(date_of(1, 1, year))[1].year_name for year in (1984, 2026, 2027)] == [
        "Giáp Tý",
        "Bính Ngọ",
        "Đinh Mùi",
    ]


def test_the_thirtieth_of_a_month_of_29_days_is_refused_with_its_length() -> None:
    assert date_of(30, 1, 2026) == date(2026, 3, 18)
    with pytest.raises(Refused) as refused:
        date_of(30, 2, 2026)

    assert refused.value.code == "lunar.no_such_day"
    assert refused.value.values == {"day": 30, "month": 2, "year": 2026, "name": "Bính Ngọ", "length": 29}


@pytest.mark.parametrize("day", [date(1900, 12, 31), date(2100, 1, 1)])
def test_beyond_the_years_it_knows_it_says_so(day: date) -> None:
    with pytest.raises(Refused, match=r"lunar\.beyond first=1901 last=2099"):
        lunar_day(day)


def test_months_follow_each_other_without_a_gap_in_every_year_there_is() -> None:
    for year in range(1901, 2100):
        months = months_over(year)
        assert months[0].begins <= date(year, 1, 1) <= months[0].last_day
        assert months[-1].begins <= date(year, 12, 31) <= months[-1].last_day
        assert all(one.last_day + DAY == two.begins for one, two in pairwise(months))
        assert {each.length for each in months} == {29, 30}


def test_the_first_and_the_full_moon_come_every_month() -> None:
    dates = lunar_dates(FIRST_AND_FULL, 2026)

    assert len(dates) == 25
    assert dates[:4] == (date(2026, 1, 3), date(2026, 1, 19), date(2026, 2, 2), date(2026, 2, 17))


def test_a_leap_month_counts_only_where_it_is_asked_for() -> None:
    once = LunarDays(days=frozenset({15}), months=frozenset({6}))
    both = LunarDays(days=frozenset({15}), months=frozenset({6}), leap_month=True)

    assert lunar_dates(once, 2025) == (date(2025, 7, 9),)
    assert lunar_dates(both, 2025) == (date(2025, 7, 9), date(2025, 8, 8))
    assert lunar_dates(both, 2026) == lunar_dates(once, 2026)


def test_the_thirtieth_is_left_out_of_a_short_month_or_comes_on_its_last_day() -> None:
    last = LunarDays(days=frozenset({30}), short_month=ShortMonth.LAST)
    months = [each for each in months_over(2026) if each.last_day.year == 2026]

    assert lunar_dates(last, 2026) == tuple(each.last_day for each in months)
    assert lunar_dates(THIRTIETH, 2026) == tuple(each.last_day for each in months if each.length == 30)


def test_the_months_that_miss_a_day_are_named() -> None:
    missing = short_months(THIRTIETH, date(2026, 2, 17), date(2026, 7, 31))

    assert [(each.number, each.last_day) for each in missing] == [
        (2, date(2026, 4, 16)),
        (4, date(2026, 6, 14)),
        (5, date(2026, 7, 13)),
    ]
    assert short_months(THIRTIETH, date(2026, 4, 17), date(2026, 6, 13)) == ()
    assert short_months(FIRST_AND_FULL, date(2026, 1, 1), date(2027, 1, 31)) == ()
