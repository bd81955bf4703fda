"""Edits of a series: one occurrence, one and those after it, all of them; and what an edit changes.

Exceptions are keyed by their original start and go with their day, so they survive every edit. It stores nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from schedules.errors import Refused
from schedules.expansion import comes_on, days_of, expand
from schedules.ids import PlaceId, SlotId
from schedules.slot import AtTime, InPlace, Slot, SlotException
from schedules.times import DAY, MILLISECOND, Span, local_day, local_midnight


class Scope(StrEnum):
    """How much of a series an edit is about."""

    ALL = "all"
    AFTER = "after"
    THIS = "this"


@dataclass(frozen=True, slots=True)
class Instance:
    """One coming of a slot.

    Attributes:
        day: the local day the rule gives; an exception may have moved its start to another.
        start: None in places, whose session says when.
        places: none at an exact second.
    """

    day: date
    start: datetime | None
    places: tuple[PlaceId, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What an edit changes of what was to come: days that were not there, that are gone, and both forms of the rest."""

    added: tuple[Instance, ...]
    removed: tuple[Instance, ...]
    moved: tuple[tuple[Instance, Instance], ...]


def excepted(slot: Slot, exception: SlotException, zone: ZoneInfo) -> Slot:
    """Cancel or move one occurrence of an exact-second slot, in place of any exception its day had.

    One that is moved back to the start the rule gives has no exception any more: what was approved of it counts again.

    Raises:
        Refused: `slot.only_exact`; `slot.no_such_occurrence` where the rule gives no such start.
    """
    timing = slot.timing
    if not isinstance(timing, AtTime):
        raise Refused("slot.only_exact")
    original = exception.original_start
    bare = replace(slot, timing=replace(timing, exceptions=()))
    if not expand([bare], Span(original, original + MILLISECOND), zone):
        raise Refused("slot.no_such_occurrence", start=original)
    day = local_day(original, zone)
    kept = tuple(each for each in timing.exceptions if local_day(each.original_start, zone) != day)
    exceptions = kept if exception.moved_to == original else (*kept, exception)
    return replace(slot, timing=replace(timing, exceptions=exceptions), version=slot.version + 1)


def without_day(slot: Slot, day: date) -> Slot:
    """Cancel one day of a slot in places.

    Raises:
        Refused: `slot.only_places`; `slot.no_such_occurrence` where it does not come on that day.
    """
    timing = slot.timing
    if not isinstance(timing, InPlace):
        raise Refused("slot.only_places")
    if not comes_on(timing, day):
        raise Refused("slot.no_such_occurrence", start=day)
    return replace(slot, timing=replace(timing, left_out=timing.left_out | {day}), version=slot.version + 1)


def parted(slot: Slot, day: date, to: date, new: SlotId) -> tuple[Slot, Slot]:
    """Move one day of a slot in places of several: the slot leaves it out, a new one comes on the other day only.

    Raises:
        Refused: `slot.only_places`; `slot.no_such_occurrence` where it does not come on that day;
            `series.comes_already` where it comes on the other one.
    """
    timing = slot.timing
    if not isinstance(timing, InPlace):
        raise Refused("slot.only_places")
    if comes_on(timing, to):
        raise Refused("series.comes_already", day=to)
    alone = InPlace(places=timing.places, first_day=to, last_day=to, order=timing.order)
    return without_day(slot, day), replace(slot, id=new, timing=alone, version=1)


def days_left_out(timing: AtTime | InPlace, zone: ZoneInfo) -> frozenset[date]:
    """Give the local days that were cancelled one by one."""
    if isinstance(timing, InPlace):
        return timing.left_out
    return frozenset(local_day(each.original_start, zone) for each in timing.exceptions if each.moved_to is None)


def split(slot: Slot, day: date, new: SlotId, zone: ZoneInfo) -> tuple[Slot, Slot]:
    """Part a series in two: the slot ends the day before, a new one goes on from its next day, with its exceptions.

    The slot keeps all else, so that what was approved of the days it keeps stays approved.

    Raises:
        Refused: `series.nothing_before`, `series.nothing_after`: there is nothing to part.
    """
    timing = slot.timing
    following = next(days_of(timing, day, timing.ends_on), None)
    if following is None:
        raise Refused("series.nothing_after", day=day)
    if not any(days_of(timing, timing.first_day, day - DAY)):
        raise Refused("series.nothing_before", day=day)
    earlier = replace(slot, timing=replace(timing, ended=day - DAY), version=slot.version + 1)
    rest: AtTime | InPlace = replace(timing, first_day=following)
    if isinstance(rest, AtTime):
        theirs = (each for each in rest.exceptions if local_day(each.original_start, zone) >= day)
        rest = replace(rest, exceptions=tuple(theirs))
    return earlier, replace(slot, id=new, timing=rest, version=1)


def instances(slots: Iterable[Slot], span: Span, zone: ZoneInfo) -> tuple[Instance, ...]:
    """Give every coming of some slots in a span, by days; in places on every day that the span touches."""
    slots = tuple(slots)
    found = [Instance(local_day(each.original_start, zone), each.start) for each in expand(slots, span, zone)]
    first, last = local_day(span.start, zone), local_day(span.end, zone)
    for slot in slots:
        timing = slot.timing
        if isinstance(timing, InPlace):
            found += (Instance(day, None, timing.places) for day in days_of(timing, first, last))
    return tuple(sorted(found, key=lambda each: each.day))


def to_come(slots: Iterable[Slot], now: datetime, zone: ZoneInfo) -> Span:
    """Give the span from now until some slots have come for the last time, moved occurrences among them."""
    ends = now
    for slot in slots:
        timing = slot.timing
        moved = (each.moved_to for each in timing.exceptions) if isinstance(timing, AtTime) else ()
        last = local_midnight(timing.ends_on + DAY, zone)
        ends = max(ends, last, *(start + MILLISECOND for start in moved if start is not None))
    return Span(now, ends)


def difference(before: Iterable[Slot], after: Iterable[Slot], span: Span, zone: ZoneInfo) -> Difference:
    """Tell what comes in a span after an edit and did not before, what does no longer, and what comes otherwise."""
    old, new = ({each.day: each for each in instances(slots, span, zone)} for slots in (before, after))
    both = sorted(old.keys() & new.keys())
    return Difference(
        added=tuple(new[day] for day in sorted(new.keys() - old.keys())),
        removed=tuple(old[day] for day in sorted(old.keys() - new.keys())),
        moved=tuple((old[day], new[day]) for day in both if old[day] != new[day]),
    )
