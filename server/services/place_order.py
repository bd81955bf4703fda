"""The order in which the items of one place of a session come: what stands in it, and giving it another order.

The order is no part of what an approver releases: nothing needs approval again. It plans nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256

from schedules.ids import PlaceId, ProgrammeId, SlotId, UnitId
from schedules.programme import State
from schedules.session import Place, SessionTemplate
from schedules.slot import InPlace, Slot
from schedules.unit import zones_meant
from server.errors import NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.rights import ANY_ROLE, WRITERS, may, require
from server.services.schedule import schedule_around, templates_of, today_at
from server.services.trail import note, require_newest
from server.values import Person, StoredSlot


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceItem:
    """What was booked into a place and may still come.

    Attributes:
        first_day, last_day: it comes on no other day.
        movable: the person may give it another turn, for they write for every station in whose places it stands.
    """

    slot: SlotId
    programme: ProgrammeId
    title: str
    first_day: date
    last_day: date
    movable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOrder:
    """A place of a session with its items, the earliest first."""

    session: str
    place: Place
    items: tuple[PlaceItem, ...]

    @property
    def movable(self) -> tuple[SlotId, ...]:
        """Those that the person may give another turn."""
        return tuple(item.slot for item in self.items if item.movable)

    @property
    def mark(self) -> str:
        """What stands for the order as it is."""
        return sha256(" ".join(item.slot for item in self.items).encode()).hexdigest()[:16]


def order_of(store: Store, clock: Clock, person: Person, station: UnitId, place: PlaceId) -> PlaceOrder:
    """Give what stands in a place of a station from today on.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
        NotFound: `place.unknown`.
    """
    with store.reading() as uow:
        require(uow.places.units(), person, station, *ANY_ROLE)
        return _order(uow, clock, person, station, place)


def put_in_order(
    store: Store, clock: Clock, person: Person, station: UnitId, place: PlaceId, *, slots: Sequence[SlotId], seen: str
) -> None:
    """Give what a person may move in a place another order. What they may not move keeps its turn.

    Args:
        store: keeps it.
        clock: says when.
        person: writes for the station.
        station: whose place it is.
        place: which.
        slots: all that they may move, the first comes first.
        seen: the `mark` of the order they saw.

    Raises:
        NotAllowed: `rights.missing` for who does not write there.
        NotFound: `place.unknown`.
        Stale: `edit.stale` where the order is another one by now.
        Unacceptable: `place.other_items` where `slots` are not exactly those that may be moved.
    """
    now = clock.now()
    with store.writing() as uow:
        require(uow.places.units(), person, station, *WRITERS)
        found = _order(uow, clock, person, station, place)
        require_newest(uow, seen=seen, stored=found.mark, subject=place, unit=station)
        if sorted(slots) != sorted(found.movable):
            raise Unacceptable("place.other_items")
        stored = [known for each in slots if (known := uow.programmes.slot(each)) is not None]
        turns = _rising(sorted(_turn(each.slot) for each in stored))
        for each, turn in zip(stored, turns, strict=True):
            _take_turn(uow, now, each, turn)
        if tuple(slots) != found.movable:
            facts = {"name": found.place.name, "slots": list(slots)}
            note(uow, now, person, "place.ordered", subject=place, unit=station, **facts)
        uow.commit()


def _take_turn(uow: UnitOfWork, now: datetime, stored: StoredSlot, turn: int) -> None:
    slot, timing = stored.slot, stored.slot.timing
    if not isinstance(timing, InPlace) or timing.order == turn:
        return
    # Its version stays: no form of the slot holds its turn, and none of them is out of date now.
    moved = replace(slot, timing=replace(timing, order=turn))
    uow.programmes.put_slot(replace(stored, slot=moved, changed_at=now), expected_version=slot.version)
    places = uow.places
    uow.issue.want(zone.id for zone in zones_meant(slot.target, places.zones(), places.units(), places.groups()))


def _order(uow: UnitOfWork, clock: Clock, person: Person, station: UnitId, place: PlaceId) -> PlaceOrder:
    here = (
        (template, each)
        for template in templates_of(uow)
        if template.station == station
        for each in template.places
        if each.id == place
    )
    template, known = next(here, (None, None))
    if template is None or known is None:
        raise NotFound("place.unknown")
    schedule = schedule_around(uow, (zone.id for zone in uow.places.zones() if station in zone.stations))
    today = today_at(schedule, station, clock.now())
    items: list[PlaceItem] = []
    for slot in sorted(schedule.slots, key=lambda slot: (_turn(slot), slot.id)):
        timing, programme = slot.timing, schedule.programmes[slot.programme]
        if not isinstance(timing, InPlace) or place not in timing.places:
            continue
        if timing.ends_on < today or programme.state is State.WITHDRAWN:
            continue
        items.append(
            PlaceItem(
                slot=slot.id,
                programme=programme.id,
                title=programme.title,
                first_day=timing.first_day,
                last_day=timing.ends_on,
                movable=_may_move(uow, person, timing),
            )
        )
    return PlaceOrder(session=template.name, place=known, items=tuple(items))


def _may_move(uow: UnitOfWork, person: Person, timing: InPlace) -> bool:
    units = uow.places.units()
    return all(may(units, person, each, *WRITERS) for each in _stations(templates_of(uow), timing.places))


def _stations(templates: Iterable[SessionTemplate], places: Sequence[PlaceId]) -> set[UnitId]:
    return {each.station for each in templates if any(place.id in places for place in each.places)}


def _turn(slot: Slot) -> int:
    return slot.timing.order if isinstance(slot.timing, InPlace) else 0


def _rising(turns: Iterable[int]) -> Iterator[int]:
    """Give rising numbers in the stead of sorted ones, each the next that is free: two may have booked at once."""
    free = 0
    for turn in turns:
        free = max(turn, free)
        yield free
        free += 1
