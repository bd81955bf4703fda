"""Rules of days that come again: by the calendar (RFC 5545), by the lunar calendar, on or off public holidays.

It must not say which dates a rule gives (that is `days`), nor at what hour: a slot has one wall time.
No screen ever shows the text of a rule.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from schedules.errors import InvalidValue

WEEKDAYS: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
"""The names of RFC 5545, Monday first: 0 is Monday."""

_FINER = frozenset({"HOURLY", "MINUTELY", "SECONDLY", "BYHOUR", "BYMINUTE", "BYSECOND"})


class Frequency(StrEnum):
    """How often the rule comes, before its further parts narrow or multiply it."""

    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    YEARLY = "YEARLY"


class Holidays(StrEnum):
    """What a public holiday does to a rule: nothing, takes the day away, or alone lets it come."""

    ANY = "any"
    NOT = "not"
    ONLY = "only"


class ShortMonth(StrEnum):
    """What a rule for the lunar 30th does in a month of 29 days."""

    LAST = "last"
    SKIP = "skip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recurrence:
    """A rule of RFC 5545 on whole days; its week begins on Monday.

    What a part leaves open the series' first day says, as in the RFC: a monthly rule without further parts
    comes on the first day's day of the month.

    Attributes:
        interval: every so many days, weeks, months or years.
        months: 1 to 12.
        month_days: 1 to 31, or -1 to -31 from the end of the month.
        weekdays: 0 is Monday.
        nth_weekdays: (1, 0) is the first Monday, (-1, 4) the last Friday, of the month or of the year.
        positions: of the days of one period, only these; -1 is the last.
    """

    frequency: Frequency
    interval: int = 1
    months: frozenset[int] = frozenset()
    month_days: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()
    nth_weekdays: frozenset[tuple[int, int]] = frozenset()
    positions: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        frequency = self.frequency
        days_of_month = frequency in (Frequency.MONTHLY, Frequency.YEARLY)
        weeks = 5 if frequency is Frequency.MONTHLY or self.months else 53
        narrowed = self.months or self.month_days or self.weekdays or self.nth_weekdays
        every_weekday = (*self.weekdays, *(day for _, day in self.nth_weekdays))
        needed = (
            ("INTERVAL", 1 <= self.interval <= 366),
            ("BYMONTH", all(1 <= month <= 12 for month in self.months)),
            ("BYMONTHDAY", all(1 <= abs(day) <= 31 for day in self.month_days)),
            ("BYMONTHDAY", frequency is not Frequency.WEEKLY or not self.month_days),
            ("BYDAY", all(0 <= day <= 6 for day in every_weekday)),
            ("BYDAY", all(1 <= abs(nth) <= weeks for nth, _ in self.nth_weekdays)),
            ("BYDAY", not self.nth_weekdays or (days_of_month and not self.weekdays)),
            ("BYSETPOS", all(1 <= abs(position) <= 366 for position in self.positions)),
            ("BYSETPOS", not self.positions or (days_of_month and bool(narrowed))),
        )
        for part, holds in needed:
            if not holds:
                raise InvalidValue("recurrence.part", part=part)

    @classmethod
    def of(cls, rule: str) -> "Recurrence":
        """Read a rule such as `FREQ=WEEKLY;BYDAY=MO,TH`.

        Raises:
            InvalidValue: `recurrence.unreadable`; `recurrence.finer_than_day` for hours and below;
                `recurrence.part_unknown`, which an end is too: a slot has its own; `recurrence.part`.
        """
        parts: dict[str, str] = {}
        for each in rule.upper().split(";"):
            name, found, value = each.partition("=")
            if not found or name in parts:
                raise InvalidValue("recurrence.unreadable", rule=rule[:100])
            parts[name] = value
        finer = _FINER.intersection([*parts, parts.get("FREQ", "")])
        if finer:
            raise InvalidValue("recurrence.finer_than_day", part=min(finer))
        try:
            frequency = Frequency(parts.pop("FREQ"))
            interval = int(parts.pop("INTERVAL", "1"))
            months, month_days, positions = (
                _numbers(parts.pop(name, "")) for name in ("BYMONTH", "BYMONTHDAY", "BYSETPOS")
            )
            days = [(int(each[:-2] or 0), WEEKDAYS.index(each[-2:])) for each in _listed(parts.pop("BYDAY", ""))]
        except (KeyError, ValueError) as error:
            raise InvalidValue("recurrence.unreadable", rule=rule[:100]) from error
        if parts:
            raise InvalidValue("recurrence.part_unknown", part=min(parts)[:20])
        return cls(
            frequency=frequency,
            interval=interval,
            months=months,
            month_days=month_days,
            weekdays=frozenset(day for nth, day in days if not nth),
            nth_weekdays=frozenset((nth, day) for nth, day in days if nth),
            positions=positions,
        )

    @property
    def rule(self) -> str:
        """The rule as RFC 5545 text, always in the same order."""
        days = [
            *(WEEKDAYS[day] for day in sorted(self.weekdays)),
            *(f"{nth}{WEEKDAYS[day]}" for nth, day in sorted(self.nth_weekdays)),
        ]
        parts = {
            "FREQ": self.frequency.value,
            "INTERVAL": str(self.interval) if self.interval > 1 else "",
            "BYMONTH": _joined(self.months),
            "BYMONTHDAY": _joined(self.month_days),
            "BYDAY": ",".join(days),
            "BYSETPOS": _joined(self.positions),
        }
        return ";".join(f"{name}={value}" for name, value in parts.items() if value)


DAILY: Final = Recurrence(frequency=Frequency.DAILY)


def weekly(weekdays: Iterable[int]) -> Recurrence:
    """Give the rule of some weekdays of every week; 0 is Monday."""
    return Recurrence(frequency=Frequency.WEEKLY, weekdays=frozenset(weekdays))


@dataclass(frozen=True, slots=True, kw_only=True)
class LunarDays:
    """Days of the lunar calendar of Viet Nam (ngày âm lịch).

    Attributes:
        days: 1 to 30.
        months: 1 to 12; none: every month.
        leap_month: it comes in a leap month too, which bears the number of the month before it.
        short_month: what the 30th does in a month of 29 days; needed where the 30th is asked for.
    """

    days: frozenset[int]
    months: frozenset[int] = frozenset()
    leap_month: bool = False
    short_month: ShortMonth | None = None

    def __post_init__(self) -> None:
        if not self.days or not all(1 <= day <= 30 for day in self.days):
            raise InvalidValue("lunar.no_day")
        if not all(1 <= month <= 12 for month in self.months):
            raise InvalidValue("lunar.month")
        if (30 in self.days) != (self.short_month is not None):
            raise InvalidValue("lunar.short_month_open")


DayRule = Recurrence | LunarDays
"""What gives the days of a series."""


def _listed(value: str) -> list[str]:
    return value.split(",") if value else []


def _numbers(value: str) -> frozenset[int]:
    return frozenset(int(each) for each in _listed(value))


def _joined(numbers: frozenset[int]) -> str:
    return ",".join(map(str, sorted(numbers)))
