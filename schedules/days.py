"""Which local dates a rule gives: by date arithmetic, by dateutil, by the lunar calendar; on or off holidays.

It must not know slots or hours. A rule costs what its window holds, never what lies before it.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache, partial

from dateutil.rrule import MONTHLY, YEARLY, rrule, weekday

from schedules.lunar import lunar_dates
from schedules.public_holidays import is_public_holiday
from schedules.recurrence import DayRule, Frequency, Holidays, LunarDays, Recurrence

_COUNTED_IN_DAYS = frozenset({Frequency.DAILY, Frequency.WEEKLY})
_YEARS_KEPT = 4096
"""Years of monthly and yearly rules kept worked out; most hold some dozen dates."""


def dates_of(rule: DayRule, holidays: Holidays, anchor: date, first: date, last: date) -> Iterator[date]:
    """Give the dates of a rule between two dates, both included, in order.

    Args:
        rule: of the series.
        holidays: what a public holiday does to it.
        anchor: the first day of the series, from which intervals count and which says what the rule leaves open.
        first: none before the anchor is given.
        last: the end.
    """
    dates = _dates(rule, anchor, max(first, anchor), last)
    if holidays is Holidays.ANY:
        return dates
    wanted = holidays is Holidays.ONLY
    return (day for day in dates if is_public_holiday(day) is wanted)


def _dates(rule: DayRule, anchor: date, first: date, last: date) -> Iterator[date]:
    if isinstance(rule, Recurrence) and rule.frequency in _COUNTED_IN_DAYS:
        return _counted(rule, anchor, first, last)
    years = range(first.year, last.year + 1)
    found = (lunar_dates(rule, year) if isinstance(rule, LunarDays) else _of_year(rule, anchor, year) for year in years)
    return (day for dates in found for day in dates if first <= day <= last)


def _counted(rule: Recurrence, anchor: date, first: date, last: date) -> Iterator[date]:
    """Count days, or weeks from their Monday, from the anchor's."""
    begin, end = first.toordinal(), last.toordinal() + 1
    weekdays, weekly = rule.weekdays, rule.frequency is Frequency.WEEKLY
    if weekly:
        weekdays = weekdays or frozenset({anchor.weekday()})
        origin, length = anchor.toordinal() - anchor.weekday(), 7
    else:
        origin, length = anchor.toordinal(), 1
    ordinals: Iterable[int] = range(begin, end)
    if rule.interval > 1:
        ordinals = (each for each in ordinals if (each - origin) // length % rule.interval == 0)
    if weekdays:
        ordinals = (each for each in ordinals if (each - 1) % 7 in weekdays)  # the first of all days is a Monday
    dates = map(date.fromordinal, ordinals)
    return filter(partial(_in_months, rule), dates) if rule.months or rule.month_days else dates


def _in_months(rule: Recurrence, day: date) -> bool:
    from_end = day.day - monthrange(day.year, day.month)[1] - 1
    in_month = not rule.months or day.month in rule.months
    return in_month and (not rule.month_days or not rule.month_days.isdisjoint({day.day, from_end}))


@lru_cache(maxsize=_YEARS_KEPT)
def _of_year(rule: Recurrence, anchor: date, year: int) -> tuple[date, ...]:
    """Give the dates of a monthly or yearly rule in one year."""
    yearly = rule.frequency is Frequency.YEARLY
    months, month_days = rule.months, rule.month_days
    weekdays = [*map(weekday, rule.weekdays), *(weekday(day, nth) for nth, day in rule.nth_weekdays)]
    if not (month_days or weekdays):
        month_days = frozenset({anchor.day})
        months = months or frozenset({anchor.month} if yearly else ())
    found = rrule(
        YEARLY if yearly else MONTHLY,
        dtstart=_period_near(rule, anchor, year),
        interval=rule.interval,
        bymonth=list(months) or None,
        bymonthday=list(month_days) or None,
        byweekday=weekdays or None,
        bysetpos=list(rule.positions) or None,
        until=datetime(year, 12, 31),  # noqa: DTZ001 -- dateutil's way to say a date
    )
    dates = (each.date() for each in found)
    return tuple(day for day in dates if day.year == year and day >= anchor)


def _period_near(rule: Recurrence, anchor: date, year: int) -> datetime:
    """Give the beginning of a period that the rule counts: the last one that begins with or before a year.

    Where the series begins later, the one it begins in.
    """
    if rule.frequency is Frequency.YEARLY:
        counted = max(0, year - anchor.year) // rule.interval * rule.interval
        return datetime(anchor.year + counted, 1, 1)  # noqa: DTZ001 -- as above
    begun = anchor.year * 12 + anchor.month - 1
    begun += max(0, year * 12 - begun) // rule.interval * rule.interval
    return datetime(begun // 12, begun % 12 + 1, 1)  # noqa: DTZ001 -- as above
