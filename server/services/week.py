"""A station's week for the person who edits it: seven days, and which of its items may be moved by themselves, how."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from schedules.expansion import expand
from schedules.ids import OccurrenceId, SlotId, UnitId
from schedules.schedule import Schedule
from schedules.series import Scope
from schedules.slot import AtTime, InPlace, Slot
from schedules.times import DAY, Span, local_day, local_midnight
from schedules.unit import Units
from server.ports import Clock, Store
from server.services import booking, preview
from server.services.booking import Wish
from server.services.day import Day
from server.services.edits import ALL, Part
from server.services.rights import WRITERS, may
from server.services.schedule import around, ever_below
from server.services.sessions import days_of
from server.services.shifted import wish_again
from server.values import Person, StoredSlot

DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Movable:
    """One coming of a slot that may be given another day.

    Attributes:
        version: of the slot, as the person sees it.
        day: the one its rule gives; keys the exception.
        to, at: where it stands now; `at` is None in places, whose session says when.
        original: the hour its rule gives.
    """

    slot: SlotId
    version: int
    day: date
    to: date
    at: time | None
    original: time | None


_Coming = tuple[datetime, OccurrenceId, Movable]
"""When something comes, as what, and how it may be moved."""


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days, and what of them this person may move."""

    days: tuple[Day, ...]
    movable: Mapping[OccurrenceId, Movable]


def week_of(store: Store, clock: Clock, person: Person, station: UnitId, *, monday: date) -> Week:
    """Show the days of a station from a Monday on.

    Raises:
        NotAllowed, NotFound: as for `sessions.day_of`.
    """
    days = days_of(store, clock, person, station, days=[monday + number * DAY for number in range(DAYS)])
    zone = days[0].regulation.zone
    with store.reading() as uow:
        here = around(uow, (each.id for each in ever_below(uow.places.units(), uow.places.zones(), station)))
        slots = _own(uow.places.units(), here.schedule, person, days)
    coming = here.laid_out(("coming", monday, zone.key), lambda: _coming(here.schedule.slots, monday, zone))
    movable = {
        occurrence: each for slot in slots for start, occurrence, each in coming.get(slot.id, ()) if start > days[0].now
    }
    placed = {slot.id: slot for slot in slots if isinstance(slot.timing, InPlace)}
    for day in days:
        for session in day.sessions:
            for line in (each for group in session.groups for each in group.lines):
                if line.slot in placed and line.starts > day.now:
                    slot = placed[line.slot]
                    movable[line.occurrence] = Movable(
                        slot=slot.id, version=slot.version, day=day.day, to=day.day, at=None, original=None
                    )
    return Week(days, movable)


def comes_once(slot: Slot) -> bool:
    """Tell whether a slot has a single day: moving that day moves the whole of it."""
    return slot.timing.first_day == slot.timing.ends_on


def foresee_move(
    store: Store, clock: Clock, person: Person, slot: SlotId, *, day: date, to: date, at: time | None
) -> preview.Preview:
    """Show what moving one coming of a slot would do; nothing is stored.

    Raises:
        NotAllowed, NotFound, Unacceptable: as for `move`.
    """
    stored, wish, part = _asked(store, person, slot, day=day, to=to, at=at)
    return preview.preview(
        store, clock, person, wish=wish, programme=stored.slot.programme, slot=stored.slot.id, part=part
    )


def move(
    store: Store,
    clock: Clock,
    person: Person,
    slot: SlotId,
    *,
    version: int,
    day: date,
    to: date,
    at: time | None,
) -> StoredSlot:
    """Move one coming of a slot; it needs approval again.

    Moved back it has the approval it had, but for one day of several in places: that one gets a slot of its own, which
    is given, and the other days stay approved.

    Args:
        store: written to.
        clock: nothing is moved into the past.
        person: who writes for the programme and for where it sounds.
        slot: at an exact second, or in places.
        version: the one the person saw.
        day: the one the rule gives.
        to: the day it comes instead.
        at: the hour it comes instead; None keeps it.

    Raises:
        NotFound: `slot.unknown`.
        Unacceptable: as for `booking.change`.
        Stale, NotAllowed: as for `booking.change`.
    """
    _, wish, part = _asked(store, person, slot, day=day, to=to, at=at)
    return booking.change(store, clock, person, slot, wish=wish, version=version, part=part)


def _asked(
    store: Store, person: Person, slot: SlotId, *, day: date, to: date, at: time | None
) -> tuple[StoredSlot, Wish, Part]:
    stored = slot_to_edit(store, person, slot)
    timing = stored.slot.timing
    if isinstance(timing, AtTime):
        return stored, wish_again(stored.slot, first_day=to, at=at), Part(Scope.THIS, day, to)
    return stored, wish_again(stored.slot, first_day=to), ALL if comes_once(stored.slot) else Part(Scope.THIS, day, to)


def slot_to_edit(store: Store, person: Person, slot: SlotId) -> StoredSlot:
    """Give a slot as it is now to somebody who may move it.

    Raises:
        NotFound, NotAllowed, Unacceptable: as for `booking.slot_to_edit`.
    """
    with store.reading() as uow:
        return booking.slot_to_edit(uow, person, slot)


def _own(units: Units, schedule: Schedule, person: Person, days: tuple[Day, ...]) -> tuple[Slot, ...]:
    """Give the slots of the days whose programmes this person writes."""
    named = {line.slot for day in days for group in day.groups for line in group.lines}
    shown = [each for each in schedule.slots if each.id in named]
    owners = {schedule.programmes[each.programme].owner for each in shown}
    own = {each for each in owners if may(units, person, each, *WRITERS)}
    return tuple(each for each in shown if schedule.programmes[each.programme].owner in own)


def _coming(slots: Iterable[Slot], monday: date, zone: ZoneInfo) -> Mapping[SlotId, Sequence[_Coming]]:
    """Give what comes in a week at exact seconds, by its slot."""
    week = Span(local_midnight(monday, zone), local_midnight(monday + DAYS * DAY, zone))
    found: dict[SlotId, list[_Coming]] = {}
    for each in expand(slots, week, zone):
        slot = each.slot
        movable = Movable(
            slot=slot.id,
            version=slot.version,
            day=local_day(each.original_start, zone),
            to=local_day(each.start, zone),
            at=each.start.astimezone(zone).time(),
            original=slot.timing.at if isinstance(slot.timing, AtTime) else None,
        )
        found.setdefault(slot.id, []).append((each.start, each.id, movable))
    return found
