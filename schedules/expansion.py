"""Expansion of slots into days, and of exact-second slots into occurrences: local wall times into instants.

It must not resolve overlaps; it only says when each slot comes.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from schedules.days import dates_of
from schedules.errors import Refused
from schedules.lunar import date_of, short_months
from schedules.occurrence import Occurrence, exact
from schedules.recurrence import DAILY, LunarDays
from schedules.slot import AtTime, InPlace, Slot, SlotException
from schedules.times import DAY, Span, local_day, local_instant

_LAST_INSTANT = time.max.replace(fold=1)
"""What a clock shows at the end of a day, after any change of clocks on it."""


def days_of(timing: AtTime | InPlace, first: date, last: date) -> Iterator[date]:
    """Give the local dates a timing names between two dates, both included, in order.

    A rule needs no history: one that began years ago costs no more than one that begins today.
    """
    rule = timing.rule or (DAILY if isinstance(timing, InPlace) else None)
    last = min(last, timing.ends_on)
    if rule is None:
        return iter((timing.first_day,) if first <= timing.first_day <= last else ())
    dates = dates_of(rule, timing.holidays, timing.first_day, first, last)
    if isinstance(timing, InPlace) and timing.left_out:
        return (day for day in dates if day not in timing.left_out)
    return dates


def comes_on(timing: AtTime | InPlace, day: date) -> bool:
    """Tell whether a timing names a local date."""
    return timing.first_day <= day <= timing.ends_on and any(days_of(timing, day, day))


def comes_between(timing: AtTime | InPlace, first: date, last: date) -> bool:
    """Tell whether a timing may come between two local dates, both included; it may say yes too often, never no."""
    if timing.first_day <= last and first <= timing.ends_on:
        return True
    return isinstance(timing, AtTime) and any(exception.moved_to is not None for exception in timing.exceptions)


def expand(slots: Iterable[Slot], span: Span, zone: ZoneInfo) -> tuple[Occurrence, ...]:
    """Give the occurrences of exact-second slots that start inside a span, in order of start and id.

    Exceptions are applied: what is cancelled is left out, what is moved comes at its new start, in
    whichever span that lies.
    """
    found = [
        occurrence
        for slot in slots
        if isinstance(slot.timing, AtTime)
        for occurrence in _occurrences(slot, slot.timing, span, zone)
    ]
    return tuple(sorted(found, key=lambda occurrence: (occurrence.start, occurrence.id)))


def require_occurrence(slot: Slot, now: datetime, zone: ZoneInfo) -> None:
    """Refuse a slot that never comes after `now`.

    Raises:
        Refused: `slot.in_the_past` for a single one; `lunar.no_such_day` for the lunar 30th of a month of 29 days;
            `slot.no_occurrence` for any other series or days in places.
    """
    timing, today = slot.timing, local_day(now, zone)
    if isinstance(timing, InPlace):
        comes = any(days_of(timing, today, timing.ends_on))
    elif timing.rule is None and not timing.exceptions:
        start = local_instant(timing.first_day, timing.at, zone)
        if start <= now:
            raise Refused("slot.in_the_past", start=start)
        comes = True
    else:
        comes = any(start > now for start in _starts_from(timing, today - DAY, zone))
    if not comes:
        _require_lunar_day(timing)
        raise Refused("slot.no_occurrence")


def _require_lunar_day(timing: AtTime | InPlace) -> None:
    rule = timing.rule
    for month in short_months(rule, timing.first_day, timing.ends_on) if isinstance(rule, LunarDays) else ():
        date_of(30, month.number, month.year, leap=month.leap)


def _occurrences(slot: Slot, timing: AtTime, span: Span, zone: ZoneInfo) -> Iterator[Occurrence]:
    exceptions = _by_day(timing, zone)
    # A day more at the front: a wall time late on a day may be skipped into the next.
    first, last = local_day(span.start, zone) - DAY, local_day(span.end, zone)
    days: Iterable[date] = days_of(timing, first, last)
    moved_in = {day for day in _days_moved(timing, exceptions) if not first <= day <= last}
    if moved_in:
        days = sorted(moved_in.union(days))
    begin, end = span.start, span.end
    for original, start in _starts(days, timing.at, zone, exceptions):
        if begin <= start < end:
            yield Occurrence(exact(slot.id, original), slot, original, start)


def _starts_from(timing: AtTime, first: date, zone: ZoneInfo) -> Iterator[datetime]:
    """Give the starts of a series from a date on, and of all that was moved, one by one, in no order."""
    exceptions = _by_day(timing, zone)
    for days in (sorted(_days_moved(timing, exceptions)), days_of(timing, first, timing.ends_on)):
        for _, start in _starts(days, timing.at, zone, exceptions):
            yield start


def _starts(
    days: Iterable[date], at: time, zone: ZoneInfo, exceptions: Mapping[date, SlotException]
) -> Iterator[tuple[datetime, datetime]]:
    """Give the original start of a wall time on each day and the start it has, where it takes place.

    Two dates may be one instant, where a country skipped a day; it comes once.
    """
    before = None
    for day in days:
        offset = _offset(day, zone)
        if offset is not None:
            original, lies_on = datetime.combine(day, at, UTC) - offset, day
        else:
            original = local_instant(day, at, zone)
            lies_on = local_day(original, zone)
        exception = exceptions.get(lies_on)
        start = original if exception is None else exception.moved_to
        if start is not None and original != before:
            yield original, start
        before = original


@lru_cache(maxsize=4096)
def _offset(day: date, zone: ZoneInfo) -> timedelta | None:
    """Give what a zone is ahead of UTC all day long; None on a day on which its clocks change.

    To ask the zone for every occurrence would take most of an expansion's time.
    """
    begin = datetime.combine(day, time.min, zone).utcoffset()
    end = datetime.combine(day, _LAST_INSTANT, zone).utcoffset()
    return begin if begin == end else None


def _by_day(timing: AtTime, zone: ZoneInfo) -> dict[date, SlotException]:
    ordered = sorted(timing.exceptions, key=lambda exception: exception.original_start)
    return {local_day(exception.original_start, zone): exception for exception in ordered}


def _days_moved(timing: AtTime, exceptions: dict[date, SlotException]) -> set[date]:
    return {day for day, exception in exceptions.items() if exception.moved_to is not None and comes_on(timing, day)}
