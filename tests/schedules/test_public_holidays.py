"""Public holidays of Viet Nam, against the Labour Code and what the government announced."""

from datetime import date

import pytest

from schedules.lunar import date_of
from schedules.public_holidays import is_public_holiday, public_holidays


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 1, 1), "Tết Dương lịch"),
        (date(2026, 2, 17), "Tết Nguyên Đán"),
        (date(2026, 4, 26), "Ngày Giỗ Tổ Hùng Vương"),
        (date(2026, 4, 30), "Ngày Chiến thắng"),
        (date(2026, 5, 1), "Ngày Quốc tế Lao động"),
        (date(2026, 9, 2), "Quốc khánh"),
    ],
)
def test_the_holidays_of_the_law_are_there(day: date, name: str) -> None:
    assert public_holidays(2026)[day] == name


def test_a_day_in_lieu_is_a_day_off_too() -> None:
    assert is_public_holiday(date(2026, 4, 27))  # for the 26th, a Sunday
    assert is_public_holiday(date(2025, 5, 2))  # announced


def test_other_days_are_none() -> None:
    assert not is_public_holiday(date(2026, 6, 1))
    assert {day.year for day in public_holidays(2027)} == {2027}


def test_tet_and_the_day_of_the_hung_kings_agree_with_the_lunar_calendar() -> None:
    """Two libraries, by two methods: one has a table, the other computes."""
    for year in range(2007, 2041):
        named = {name: day for day, name in public_holidays(year).items()}

        assert named["Tết Nguyên Đán"] == date_of(1, 1, year)
        assert named["Ngày Giỗ Tổ Hùng Vương"] == date_of(10, 3, year)
