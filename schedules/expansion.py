"""Expansion of exact-second slots into occurrences: local wall times into instants.

It must not resolve overlaps; it only says when each slot comes.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from schedules.errors import Refused
from schedules.occurrence import Occurrence, exact
from schedules.slot import AtTime, InPlace, Repeat, Slot, SlotException
from schedules.times import DAY, Span, local_day, local_instant


def days_of(timing: AtTime, first: date, last: date) -> Iterator[date]:
    """Give the local dates a timing names between two dates, both included, in order.

    A daily or weekly rule needs no history: one that began years ago costs no more than one that begins today.
    """
    begin, end = max(first, timing.first_day), min(last, _last_day(timing))
    for number in range((end - begin).days + 1):
        day = begin + number * DAY
        if timing.repeat is not Repeat.WEEKLY or day.weekday() in timing.weekdays:
            yield day


def comes_between(timing: AtTime | InPlace, first: date, last: date) -> bool:
    """Tell whether a timing may come between two local dates, both included; it may say yes too often, never no."""
    if isinstance(timing, InPlace):
        return timing.first_day <= last and first <= timing.last_day
    moved = any(exception.moved_to is not None for exception in timing.exceptions)
    return moved or (timing.first_day <= last and first <= _last_day(timing))


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
        Refused: `slot.in_the_past` for a single one, `slot.no_occurrence` for a series or days in places.
    """
    timing = slot.timing
    if isinstance(timing, InPlace):
        if timing.last_day < local_day(now, zone):
            raise Refused("slot.no_occurrence")
    elif timing.repeat is Repeat.ONCE and not timing.exceptions:
        start = local_instant(timing.first_day, timing.at, zone)
        if start <= now:
            raise Refused("slot.in_the_past", start=start)
    elif not any(start > now for start in _starts_from(timing, local_day(now, zone) - DAY, zone)):
        raise Refused("slot.no_occurrence")


def _occurrences(slot: Slot, timing: AtTime, span: Span, zone: ZoneInfo) -> Iterator[Occurrence]:
    exceptions = _by_day(timing, zone)
    # A day more at the front: a wall time late on a day may be skipped into the next.
    days = set(days_of(timing, local_day(span.start, zone) - DAY, local_day(span.end, zone)))
    days |= _days_moved(timing, exceptions)
    # Two dates may be one instant, where a country skipped a day; it comes once.
    for original in sorted({local_instant(day, timing.at, zone) for day in days}):
        start = _start(original, exceptions, zone)
        if start is not None and span.holds(start):
            yield Occurrence(exact(slot.id, original), slot, original, start)


def _starts_from(timing: AtTime, first: date, zone: ZoneInfo) -> Iterator[datetime]:
    """Give the starts of a series from a date on, and of all that was moved, one by one, in no order."""
    exceptions = _by_day(timing, zone)
    moved = _days_moved(timing, exceptions)
    for days in (moved, days_of(timing, first, _last_day(timing))):
        for day in days:
            start = _start(local_instant(day, timing.at, zone), exceptions, zone)
            if start is not None:
                yield start


def _by_day(timing: AtTime, zone: ZoneInfo) -> dict[date, SlotException]:
    ordered = sorted(timing.exceptions, key=lambda exception: exception.original_start)
    return {local_day(exception.original_start, zone): exception for exception in ordered}


def _days_moved(timing: AtTime, exceptions: dict[date, SlotException]) -> set[date]:
    moved = (day for day, exception in exceptions.items() if exception.moved_to is not None)
    return {day for day in moved if any(days_of(timing, day, day))}


def _start(original: datetime, exceptions: dict[date, SlotException], zone: ZoneInfo) -> datetime | None:
    exception = exceptions.get(local_day(original, zone)) if exceptions else None
    return original if exception is None else exception.moved_to


def _last_day(timing: AtTime) -> date:
    return timing.first_day if timing.repeat is Repeat.ONCE or timing.until is None else timing.until
