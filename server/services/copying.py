"""Copying a week: what comes only in one week, once more in another, each as a slot of its own to be approved.

Series, orders from above and offers are left where they are: the first come by themselves, the others were not this
person's to repeat.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from schedules.ids import SlotId, UnitId
from schedules.programme import State
from schedules.schedule import Schedule
from schedules.slot import AtTime, InPlace, Slot
from schedules.times import DAY, local_day, local_instant
from schedules.unit import ZoneIndex
from schedules.way import Way
from server.errors import NotAllowed, NotFound, Unacceptable
from server.ports import Clock, Store
from server.services.booking import book_together
from server.services.edits import time_zone_of
from server.services.new_ids import new_id
from server.services.obstacles import Obstacle, timing_obstacles
from server.services.rights import WRITERS, may, require
from server.services.schedule import regulation_on, schedule_of, zones_below
from server.services.shifted import wish_again
from server.services.wishes import Wish, slot_of
from server.values import Person

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """One slot of the week, and the slot that would come of it.

    Attributes:
        wish: what is asked for; its first day is in the other week.
        from_day: the first day in the week it is copied from.
        at: the hour of an exact second.
        there: the other week already has it.
        obstacles: for which it is not copied.
    """

    slot: Slot
    title: str
    wish: Wish
    from_day: date
    at: time | None
    there: bool
    obstacles: tuple[Obstacle, ...]

    @property
    def fits(self) -> bool:
        """Whether it would be copied."""
        return not self.there and not self.obstacles


def foresee_copy(
    store: Store, clock: Clock, person: Person, station: UnitId, *, monday: date, to: date
) -> tuple[Copied, ...]:
    """Show what copying a week to another would make, in order of time; nothing is stored.

    Args:
        store: read from.
        clock: nothing is copied into the past.
        person: who writes for the station; of others' programmes nothing is copied.
        station: where it sounds.
        monday: begins the week.
        to: begins the other one, a whole number of weeks later.

    Raises:
        NotAllowed: `rights.missing`.
        NotFound: `station.no_regulation`.
        Unacceptable: `week.not_later` (field `to`).
    """
    now = clock.now()
    with store.reading() as uow:
        schedule = schedule_of(uow)
    require(schedule.units, person, station, *WRITERS)
    if to <= monday or (to - monday) % _WEEK:
        raise Unacceptable("week.not_later", "to")
    regulation = regulation_on(schedule, station, now)
    if regulation is None:
        raise NotFound("station.no_regulation", unit=station)
    here = frozenset(zone.id for zone in zones_below(schedule, station))
    index = ZoneIndex(schedule.zones, schedule.units, schedule.groups)
    found: list[Copied] = []
    for slot in schedule.slots:
        programme = schedule.programmes[slot.programme]
        coming = _only_then(slot, monday, regulation.zone)
        if (
            coming is None
            or slot.way is not Way.OWN
            or programme.state is State.WITHDRAWN
            or not may(schedule.units, person, programme.owner, *WRITERS)
            or here.isdisjoint(zone.id for zone in index.meant(slot.target))
        ):
            continue
        from_day, at = coming
        wish = wish_again(slot, first_day=from_day + (to - monday), at=at)
        found.append(
            Copied(slot=slot, title=programme.title, wish=wish, from_day=from_day, at=at, there=False, obstacles=())
        )
    found.sort(key=lambda each: (each.from_day, each.at or time.min, each.title, each.slot.id))
    return _tried(schedule, person, found, now)


def copy(
    store: Store,
    clock: Clock,
    person: Person,
    station: UnitId,
    *,
    monday: date,
    to: date,
    slots: Collection[SlotId],
) -> int:
    """Book what was chosen of a week in another one; give how many. What does not fit is left out.

    None of it goes on air before an approver has released it.

    Raises:
        NotAllowed, NotFound, Unacceptable: as for `foresee_copy`; `week.nothing_to_copy`.
    """
    seen = foresee_copy(store, clock, person, station, monday=monday, to=to)
    wishes = [(each.slot.programme, each.wish) for each in seen if each.fits and each.slot.id in slots]
    if not wishes:
        raise Unacceptable("week.nothing_to_copy")
    return len(book_together(store, clock, person, wishes))


def _only_then(slot: Slot, monday: date, zone: ZoneInfo) -> tuple[date, time | None] | None:
    """Give the first day and the hour of what comes in one week and in no other."""
    timing = slot.timing
    if timing.rule is not None:
        return None
    if isinstance(timing, AtTime):
        for exception in timing.exceptions:
            if local_day(exception.original_start, zone) == timing.first_day:
                if exception.moved_to is None:
                    return None
                moved = exception.moved_to.astimezone(zone)
                return (moved.date(), moved.time()) if monday <= moved.date() < monday + _WEEK else None
        return (timing.first_day, timing.at) if monday <= timing.first_day < monday + _WEEK else None
    if timing.places and monday <= timing.first_day and timing.ends_on < monday + _WEEK:
        whole = {timing.first_day + number * DAY for number in range((timing.ends_on - timing.first_day).days + 1)}
        return (timing.first_day, None) if whole - timing.left_out else None
    return None


def _tried(schedule: Schedule, person: Person, asked: list[Copied], now: datetime) -> tuple[Copied, ...]:
    """Try one after another, each beside those before it that fit."""
    tried: list[Copied] = []
    for each in asked:
        programme = schedule.programmes[each.slot.programme]
        try:
            made = slot_of(schedule, person, programme, each.wish, slot=SlotId(new_id(now)), now=now)
        except (Unacceptable, NotAllowed) as error:
            tried.append(replace(each, obstacles=(Obstacle(error.code, tuple(error.values.items())),)))
            continue
        if any(_same(made, other) for other in schedule.slots):
            tried.append(replace(each, there=True))
            continue
        others = [slot for slot in schedule.slots if slot.programme == programme.id]
        obstacles = list(timing_obstacles(schedule, programme, [*others, made], now=now) if programme.variants else ())
        if programme.valid_until is not None and programme.valid_until <= _begins(
            each, time_zone_of(schedule, made, now)
        ):
            obstacles.insert(0, Obstacle("programme.expired", (("valid_until", programme.valid_until),)))
        tried.append(replace(each, obstacles=tuple(obstacles)))
        if not obstacles:
            schedule = replace(schedule, slots=(*schedule.slots, made))
    return tuple(tried)


def _begins(copied: Copied, zone: ZoneInfo) -> datetime:
    return local_instant(copied.wish.first_day, copied.at or time.min, zone)


def _same(made: Slot, other: Slot) -> bool:
    """Tell whether two slots sound at the same places and times; a second press copies nothing twice."""
    ours, theirs = made.timing, other.timing
    if isinstance(ours, InPlace) and isinstance(theirs, InPlace):
        theirs = replace(theirs, order=ours.order)
    return (made.programme, made.target, ours) == (other.programme, other.target, theirs)
