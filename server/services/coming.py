"""When a slot comes next, and what its rule leaves out: what a page says while a series is filled in."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from schedules.expansion import days_of
from schedules.lunar import LunarMonth, short_months
from schedules.public_holidays import public_holidays
from schedules.recurrence import Holidays, LunarDays, ShortMonth
from schedules.series import Instance, instances, to_come
from schedules.slot import Slot
from schedules.times import local_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """What is still to come of a slot.

    Attributes:
        next: the next few.
        count: how many there are in all.
        spared: the public holidays on which it would come if it did not leave them out, with their names.
        short_months: lunar months of 29 days in which its 30th is missing.
        on_last_day: in those it comes on day 29.
    """

    next: tuple[Instance, ...]
    count: int
    spared: tuple[tuple[date, str], ...]
    short_months: tuple[LunarMonth, ...]
    on_last_day: bool


def coming(slot: Slot, now: datetime, zone: ZoneInfo, *, few: int = 5) -> Coming:
    """Work out what is still to come of a slot, in a station's civil time."""
    timing, today = slot.timing, local_day(now, zone)
    found = instances([slot], to_come([slot], now, zone), zone)
    spared = (
        days_of(replace(timing, holidays=Holidays.ONLY), today, timing.ends_on)
        if timing.holidays is Holidays.NOT
        else ()
    )
    lunar = timing.rule if isinstance(timing.rule, LunarDays) else None
    first = max(today, timing.first_day)
    return Coming(
        next=found[:few],
        count=len(found),
        spared=tuple((day, public_holidays(day.year)[day]) for day in spared),
        short_months=() if lunar is None else short_months(lunar, first, timing.ends_on),
        on_last_day=lunar is not None and lunar.short_month is ShortMonth.LAST,
    )
