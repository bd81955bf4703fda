"""Expansion of exact-second slots into occurrences. The only place where dateutil is used.

It must not resolve overlaps; it only says when each slot comes.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dateutil.rrule import DAILY, WEEKLY, rrule

from schedules.errors import Refused
from schedules.ids import occurrence_id
from schedules.occurrence import Occurrence
from schedules.slot import AtTime, Repeat, Slot
from schedules.times import DAY, Span, instant_text, local_day, local_instant


def days_of(timing: AtTime, first: date, last: date) -> Iterator[date]:
    """Give the local dates a timing names between two dates, both included, in order.

    The rule starts near the first date asked for: a weekly or daily rule needs no history, and one
    that began years ago costs no more than one that begins today.
    """
    if timing.repeat is Repeat.ONCE:
        if first <= timing.first_day <= last:
            yield timing.first_day
        return
    begin = max(first, timing.first_day)
    end = last if timing.until is None else min(last, timing.until)
    weekdays = sorted(timing.weekdays) if timing.repeat is Repeat.WEEKLY else None
    rule = rrule(
        DAILY if weekdays is None else WEEKLY,
        dtstart=datetime.combine(begin, timing.at),
        until=datetime.combine(end, timing.at),
        byweekday=weekdays,
    )
    for moment in rule:
        yield moment.date()


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
    """Refuse an exact-second slot that never comes after `now`.

    Raises:
        Refused: `slot.in_the_past` for a single one, `slot.no_occurrence` for a series.
    """
    timing = slot.timing
    if not isinstance(timing, AtTime):
        return
    if timing.repeat is Repeat.ONCE:
        if local_instant(timing.first_day, timing.at, zone) <= now:
            raise Refused("slot.in_the_past", start=local_instant(timing.first_day, timing.at, zone))
        return
    last = timing.until or timing.first_day
    ahead = Span(now, max(now, local_instant(last + DAY, timing.at, zone)))
    if not expand([slot], ahead, zone):
        raise Refused("slot.no_occurrence")


def _occurrences(slot: Slot, timing: AtTime, span: Span, zone: ZoneInfo) -> Iterator[Occurrence]:
    exceptions = {exception.original_start: exception for exception in timing.exceptions}
    starts = {
        local_instant(day, timing.at, zone)
        for day in days_of(timing, local_day(span.start, zone) - DAY, local_day(span.end, zone) + DAY)
    }
    moved_here = {e.original_start for e in timing.exceptions if e.moved_to is not None and span.holds(e.moved_to)}
    for original in sorted(starts | moved_here):
        exception = exceptions.get(original)
        start = original if exception is None else exception.moved_to
        if start is not None and span.holds(start):
            yield Occurrence(occurrence_id(slot.id, instant_text(original)), slot, original, start)
