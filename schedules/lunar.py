"""The lunar calendar of Viet Nam (âm lịch), as computed for its own meridian, 105° east.

It is the door to `lunar-vn`, which follows the published algorithm of Hồ Ngọc Đức. It knows no slot.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Final

from lunar_vn import SUPPORTED_YEAR_RANGE, solar_to_lunar

from schedules.errors import Refused
from schedules.recurrence import LunarDays, ShortMonth
from schedules.times import DAY

FIRST_DATE: Final = date(SUPPORTED_YEAR_RANGE[0] + 1, 1, 1)
LAST_DATE: Final = date(SUPPORTED_YEAR_RANGE[1] - 1, 12, 31)
"""Between these two the calendar is known, and so is the end of every month that begins."""

_STEMS = ("Giáp", "Ất", "Bính", "Đinh", "Mậu", "Kỷ", "Canh", "Tân", "Nhâm", "Quý")
_BRANCHES = ("Tý", "Sửu", "Dần", "Mão", "Thìn", "Tỵ", "Ngọ", "Mùi", "Thân", "Dậu", "Tuất", "Hợi")


@dataclass(frozen=True, slots=True, order=True)
class LunarMonth:
    """One month of a lunar year; a leap month follows the month whose number it bears.

    Attributes:
        begins: the date of its first day.
        length: 29 or 30 days.
    """

    begins: date
    length: int
    number: int
    year: int
    leap: bool

    @property
    def last_day(self) -> date:
        """The date of its last day."""
        return self.begins + (self.length - 1) * DAY

    @property
    def year_name(self) -> str:
        """The year as people call it, `Bính Ngọ`."""
        return f"{_STEMS[(self.year - 4) % 10]} {_BRANCHES[(self.year - 4) % 12]}"


def lunar_day(day: date) -> tuple[int, LunarMonth]:
    """Give the day of the month, and the month, that a date is in the lunar calendar.

    Raises:
        Refused: `lunar.beyond` outside the years the calendar is known for.
    """
    _require_known(day)
    month = next(each for each in months_over(day.year) if each.begins <= day <= each.last_day)
    return (day - month.begins).days + 1, month


def date_of(day: int, month: int, year: int, *, leap: bool = False) -> date:
    """Give the date of one day of the lunar calendar.

    Raises:
        Refused: `lunar.no_leap_month`; `lunar.no_such_day` for the 30th of a month of 29 days, with its length;
            `lunar.beyond`.
    """
    # A lunar year begins in the common year of its number and ends in the next.
    for each in (*months_over(year), *months_over(year + 1)):
        if (each.year, each.number, each.leap) == (year, month, leap):
            if not 1 <= day <= each.length:
                raise Refused(
                    "lunar.no_such_day", day=day, month=month, year=year, name=each.year_name, length=each.length
                )
            return each.begins + (day - 1) * DAY
    raise Refused("lunar.no_leap_month", month=month, year=year)


def short_months(rule: LunarDays, first: date, last: date) -> tuple[LunarMonth, ...]:
    """Give the months of 29 days, ending between two dates, in which a rule for the 30th finds none."""
    if 30 not in rule.days:
        return ()
    months = {month for year in range(first.year, last.year + 1) for month in _months_meant(rule, year)}
    return tuple(sorted(each for each in months if each.length == 29 and first <= each.last_day <= last))


@lru_cache(maxsize=4096)
def lunar_dates(rule: LunarDays, year: int) -> tuple[date, ...]:
    """Give the dates a rule gives in a year of the common calendar, in order."""
    found: set[date] = set()
    for month in _months_meant(rule, year):
        days = {day for day in rule.days if day <= month.length}
        if days != rule.days and rule.short_month is ShortMonth.LAST:
            days |= {month.length}
        found |= {month.begins + (day - 1) * DAY for day in days}
    return tuple(sorted(day for day in found if day.year == year))


@cache
def months_over(year: int) -> tuple[LunarMonth, ...]:
    """Give the lunar months that lie in a year of the common calendar, wholly or in part, in order.

    Raises:
        Refused: `lunar.beyond`.
    """
    _require_known(date(year, 1, 1))
    begins, months = date(year, 1, 1), []
    begins -= (solar_to_lunar(begins).day - 1) * DAY
    while begins.year <= year:
        lunar = solar_to_lunar(begins)
        length = 30 if solar_to_lunar(begins + 29 * DAY).day == 30 else 29
        months.append(LunarMonth(begins, length, lunar.month, lunar.year, lunar.leap))
        begins += length * DAY
    return tuple(months)


def _months_meant(rule: LunarDays, year: int) -> Iterator[LunarMonth]:
    for month in months_over(year):
        if (month.number in rule.months or not rule.months) and (rule.leap_month or not month.leap):
            yield month


def _require_known(day: date) -> None:
    if not FIRST_DATE <= day <= LAST_DATE:
        raise Refused("lunar.beyond", first=FIRST_DATE.year, last=LAST_DATE.year)
