"""Which slots stand in a series' place after an edit of one occurrence, of it and those after it, or of all.

Nothing is stored here.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from schedules.expansion import days_of
from schedules.ids import SlotId
from schedules.programme import Programme
from schedules.schedule import Schedule
from schedules.series import Difference, Scope, difference, excepted, parted, split, to_come
from schedules.slot import AtTime, InPlace, Slot, SlotException
from schedules.times import DAY, local_day, local_instant
from schedules.unit import zones_meant
from server.errors import NotFound, Unacceptable
from server.services.inputs import as_input
from server.services.schedule import regulation_on
from server.services.wishes import Wish, WishAtTime, slot_of
from server.values import Person

_FIELDS = {
    "slot.only_exact": "scope",
    "slot.no_such_occurrence": "scope_day",
    "series.nothing_after": "scope_day",
    "series.comes_already": "to",
}


@dataclass(frozen=True, slots=True)
class Part:
    """How much of a series an edit is about.

    Attributes:
        day: the occurrence's, where it is not about all.
        to: the day one occurrence is moved to; None: it keeps its own.
    """

    scope: Scope = Scope.ALL
    day: date | None = None
    to: date | None = None


ALL = Part()


def edited(
    schedule: Schedule,
    person: Person,
    programme: Programme,
    wish: Wish,
    *,
    before: Slot,
    part: Part,
    new: SlotId,
    now: datetime,
) -> tuple[Slot, ...]:
    """Give what stands in the place of a slot: the slot as changed, or the slot ended earlier and a new one.

    Raises:
        NotAllowed, Unacceptable: as for `booking.change`.
    """
    if part.scope is Scope.ALL or part.day is None:
        return (slot_of(schedule, person, programme, wish, slot=before.id, now=now, before=before),)
    zone = time_zone_of(schedule, before, now)
    if part.scope is Scope.THIS and isinstance(before.timing, InPlace):
        return _on_another_day(before, part.day, part.to or part.day, new, today=local_day(now, zone))
    if part.scope is Scope.THIS:
        return (_moved(before, wish, part.day, part.to or part.day, zone=zone, now=now),)
    if part.day < local_day(now, zone):
        raise Unacceptable("slot.day_past", "scope_day", first_day=part.day)
    if not any(days_of(before.timing, before.timing.first_day, part.day - DAY)):
        return (slot_of(schedule, person, programme, wish, slot=before.id, now=now, before=before),)
    with as_input(_FIELDS):
        earlier, later = split(before, part.day, new, zone)
    wish = replace(wish, first_day=max(wish.first_day, later.timing.first_day))
    made = slot_of(schedule, person, programme, wish, slot=new, now=now, before=later)
    return earlier, replace(made, version=1)


def effect(schedule: Schedule, before: Slot, after: tuple[Slot, ...], now: datetime) -> Difference:
    """Tell what an edit changes of all that is still to come."""
    zone = time_zone_of(schedule, before, now)
    return difference([before], after, to_come((before, *after), now, zone), zone)


def time_zone_of(schedule: Schedule, slot: Slot, now: datetime) -> ZoneInfo:
    """Give the civil time of the zones a slot means.

    Raises:
        NotFound: `station.no_regulation`.
    """
    zones = zones_meant(slot.target, schedule.zones, schedule.units, schedule.groups)
    regulation = regulation_on(schedule, zones[0].station, now) if zones else None
    if regulation is None:
        raise NotFound("station.no_regulation")
    return regulation.zone


def _moved(before: Slot, wish: Wish, day: date, to: date, *, zone: ZoneInfo, now: datetime) -> Slot:
    """Give one occurrence another day and the hour of a wish; nothing else of the wish counts."""
    timing = before.timing
    if not isinstance(timing, AtTime) or not isinstance(wish, WishAtTime):
        raise Unacceptable("slot.only_exact", "scope")
    start = local_instant(to, wish.at, zone)
    if start <= now:
        raise Unacceptable("slot.in_the_past", "at", start=start)
    with as_input(_FIELDS):
        return excepted(before, SlotException(local_instant(day, timing.at, zone), start), zone)


def _on_another_day(before: Slot, day: date, to: date, new: SlotId, *, today: date) -> tuple[Slot, ...]:
    if to < today:
        raise Unacceptable("slot.day_past", "to", first_day=to)
    with as_input(_FIELDS):
        return parted(before, day, to, new)
