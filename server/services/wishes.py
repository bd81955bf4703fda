"""What the form of a booking holds, and the slot it asks for where the rules and the person's rights allow it.

Nothing is stored here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from schedules.expansion import days_of, require_occurrence
from schedules.ids import GroupId, PlaceId, SlotId, UnitId, ZoneId
from schedules.programme import Programme, Relay
from schedules.recurrence import DayRule, Holidays
from schedules.schedule import Schedule
from schedules.series import days_left_out
from schedules.session import later_places, span_of
from schedules.slot import AtTime, CatchUp, InPlace, Interrupted, Slot, SlotException, StartPolicy
from schedules.times import DAY, local_day, local_instant
from schedules.unit import Target, Zone, ZoneIndex
from schedules.way import Way, WrittenOrder
from server.errors import NotFound, Unacceptable
from server.services.inputs import as_input
from server.services.rights import WRITERS, may, require
from server.services.schedule import regulation_on
from server.values import Person

LONGEST = timedelta(days=366)
"""A series longer than a year is refused: nobody would look at it again. Fixed relays belong to session templates."""

FIELDS = {
    "target.names_nothing": "target",
    "slot.no_end": "until",
    "slot.ends_before_start": "until",
    "slot.no_place": "places",
    "slot.lasts": "lasts",
    "slot.wait": "wait",
    "slot.late": "late",
    "slot.next_slot_only_in_places": "catch_up",
    "slot.in_the_past": "first_day",
    "slot.no_occurrence": "until",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """Whom a wish is for, as in `schedules.unit.Target`, and what becomes of what is late or interrupted.

    Attributes:
        order: what orders the stations to play it; None: what comes from above is offered.
    """

    zones: frozenset[ZoneId] = frozenset()
    units: frozenset[UnitId] = frozenset()
    groups: frozenset[GroupId] = frozenset()
    languages: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    catch_up: CatchUp = CatchUp.JOIN
    late: timedelta = timedelta(0)
    interrupted: Interrupted = Interrupted.DROP
    order: WrittenOrder | None = None

    def target(self) -> Target:
        """Give the target.

        Raises:
            InvalidValue: `target.names_nothing`.
        """
        return Target(self.zones, self.units, self.groups, self.languages, self.tags)


@dataclass(frozen=True, slots=True, kw_only=True)
class WishInPlaces(_Wish):
    """Items appended to places of session templates, on the days from the first to the last (inclusive).

    Attributes:
        places: none where an offer leaves them to the stations.
        again: also in the places of the same names in later sessions of the day: the evening's repeat.
        rule: which of the days; None: every one.
        holidays: whether on public holidays.
    """

    places: tuple[PlaceId, ...]
    first_day: date
    last_day: date
    again: bool = False
    rule: DayRule | None = None
    holidays: Holidays = Holidays.ANY


@dataclass(frozen=True, slots=True, kw_only=True)
class WishAtTime(_Wish):
    """An exact local second: once, or by a rule until a date (inclusive).

    Attributes:
        rule: the days of the series; None: once.
        holidays: whether the series comes on public holidays.
        lasts: how long a relay sounds; what ends by itself has none.
        start: what happens where the air is taken; None: as `wait` says.
        wait: how long it may wait for its turn; zero: it starts on the second.
    """

    first_day: date
    at: time
    rule: DayRule | None = None
    until: date | None = None
    holidays: Holidays = Holidays.ANY
    lasts: timedelta | None = None
    start: StartPolicy | None = None
    wait: timedelta = timedelta(0)


Wish = WishInPlaces | WishAtTime


def slot_of(
    schedule: Schedule,
    person: Person,
    programme: Programme,
    wish: Wish,
    *,
    slot: SlotId,
    now: datetime,
    before: Slot | None = None,
) -> Slot:
    """Give the slot a wish asks for, refusing what the rules or the person's rights forbid; it stores nothing.

    Raises:
        NotAllowed, Unacceptable: as for `book`.
    """
    with as_input(FIELDS):
        target = wish.target()
        zones = _meant(schedule, person, target, wish.first_day)
        regulation = regulation_on(schedule, zones[0].station, now)
        if regulation is None:
            raise NotFound("station.no_regulation", unit=zones[0].station)
        today = local_day(now, regulation.zone)
        _require_days(wish, today, before)
        made = Slot(
            id=slot,
            programme=programme.id,
            target=target,
            timing=_timing(schedule, wish, before, regulation.zone),
            lasts=_lasts(programme, wish),
            start=_start(wish),
            wait=wish.wait if isinstance(wish, WishAtTime) else timedelta(0),
            catch_up=wish.catch_up,
            late=wish.late if wish.catch_up is CatchUp.LATE else timedelta(0),
            interrupted=wish.interrupted,
            way=_way(schedule, person, programme, wish, zones, before),
            order=wish.order,
            version=1 if before is None else before.version + 1,
        )
        require_occurrence(made, now, regulation.zone)
        if isinstance(made.timing, InPlace) and made.timing.places:
            require_running(schedule, made.timing, zones, now)
    return made


def _meant(schedule: Schedule, person: Person, target: Target, first_day: date) -> tuple[Zone, ...]:
    """Give the zones meant; the person writes for where each stands, or will before the first of it can be heard."""
    units = schedule.units
    for unit in target.units:
        require(units, person, unit, *WRITERS)
    index = ZoneIndex(schedule.zones, units, schedule.groups)
    zones = index.meant(target)
    for zone in zones:
        if not any(
            may(units, person, move.unit, *WRITERS)
            and (first_day >= move.day or not index.meant_on(target, zone, move.day - DAY))
            for move in zone.moves
        ):
            require(units, person, zone.unit, *WRITERS)
    unknown = target.zones - {zone.id for zone in schedule.zones} or target.groups - {
        group.id for group in schedule.groups
    }
    if not zones or unknown:
        raise Unacceptable("target.no_zone", "target")
    return zones


def _way(
    schedule: Schedule, person: Person, programme: Programme, wish: Wish, zones: Sequence[Zone], before: Slot | None
) -> Way:
    """Tell how a slot reaches stations: what comes from above is offered unless somebody above orders it.

    What reached the same stations as their own before there were offers goes on doing so.
    """
    above = {zone.station: schedule.units.above(zone.station)[1:] for zone in zones}
    if wish.order is not None:
        if not all(person.unit in units for units in above.values()):
            raise Unacceptable("order.not_above", "order_number")
        return Way.ORDERED
    if before is not None and before.way is Way.OWN and before.target == wish.target():
        return Way.OWN
    return Way.OFFERED if any(programme.owner in units for units in above.values()) else Way.OWN


def _require_days(wish: Wish, today: date, before: Slot | None) -> None:
    unchanged = before is not None and before.timing.first_day == wish.first_day
    if wish.first_day < today and not unchanged:
        raise Unacceptable("slot.day_past", "first_day", first_day=wish.first_day)
    last = wish.last_day if isinstance(wish, WishInPlaces) else wish.until or wish.first_day
    if last - wish.first_day > LONGEST:
        raise Unacceptable("slot.too_long", "until", days=LONGEST.days)


def _timing(schedule: Schedule, wish: Wish, before: Slot | None, zone: ZoneInfo) -> AtTime | InPlace:
    old = None if before is None else before.timing
    left_out = frozenset[date]() if old is None else days_left_out(old, zone)
    if isinstance(wish, WishAtTime):
        made = AtTime(
            first_day=wish.first_day,
            at=wish.at,
            rule=wish.rule,
            until=None if wish.rule is None else wish.until,
            holidays=Holidays.ANY if wish.rule is None else wish.holidays,
            exceptions=old.exceptions
            if isinstance(old, AtTime)
            else tuple(SlotException(local_instant(day, wish.at, zone)) for day in sorted(left_out)),
        )
        # The form shows where the series was ended; who does not change that does not touch what was approved.
        if isinstance(old, AtTime) and made.rule is not None and old.ends_on == made.until:
            return replace(made, until=old.until, ended=old.ended)
        return made
    places = _places(schedule, wish)
    if isinstance(old, InPlace) and old.places == places:
        order = old.order
    else:
        order = 1 + max(
            (
                slot.timing.order
                for slot in schedule.slots
                if isinstance(slot.timing, InPlace) and not set(places).isdisjoint(slot.timing.places)
            ),
            default=-1,
        )
    in_place = InPlace(
        places=places,
        first_day=wish.first_day,
        last_day=wish.last_day,
        rule=wish.rule,
        holidays=wish.holidays,
        order=order,
        left_out=left_out,
    )
    if isinstance(old, InPlace) and old.ends_on == in_place.last_day:
        return replace(in_place, last_day=old.last_day, ended=old.ended)
    return in_place


def _start(wish: Wish) -> StartPolicy:
    if isinstance(wish, WishInPlaces):
        return StartPolicy.HARD
    return wish.start or (StartPolicy.WAIT if wish.wait else StartPolicy.HARD)


def _places(schedule: Schedule, wish: WishInPlaces) -> tuple[PlaceId, ...]:
    if not wish.again:
        return wish.places
    stations = {each.station for each in schedule.templates for place in each.places if place.id in wish.places}
    own = [each for each in schedule.templates if each.station in stations]
    later = later_places(own, wish.places)
    repeated = any(place.repeats in wish.places for each in own for place in each.places)
    if wish.places and not later and not repeated:
        raise Unacceptable("slot.no_later_place", "places")
    return (*wish.places, *later)


def _lasts(programme: Programme, wish: Wish) -> timedelta | None:
    relayed = any(isinstance(variant.source, Relay) for variant in programme.variants)
    if not relayed or isinstance(wish, WishInPlaces):
        return None
    if wish.lasts is None:
        raise Unacceptable("slot.no_end_of_relay", "lasts")
    return wish.lasts


def require_running(
    schedule: Schedule, timing: InPlace, zones: Sequence[Zone], now: datetime, places: tuple[PlaceId, ...] = ()
) -> None:
    """Refuse places that are not there for the zones, and days on which their sessions do not run any more.

    Args:
        schedule: with the templates.
        timing: the days, and the places.
        zones: where it would sound.
        now: sessions that have ended do not count.
        places: instead of those of the timing, where it leaves them open.
    """
    places = places or timing.places
    stations = frozenset().union(*(zone.stations for zone in zones))
    opened = [
        (place.id, template)
        for template in schedule.templates
        if template.station in stations
        for place in template.places
        if place.by_hand and place.id in places
    ]
    unknown = set(places) - {place for place, _ in opened}
    if unknown:
        raise Unacceptable("slot.place_unknown", "places", place=min(unknown))
    for _, template in opened:
        regulation = regulation_on(schedule, template.station, now)
        if regulation is None:
            continue
        for day in days_of(timing, local_day(now, regulation.zone), timing.ends_on):
            if template.runs_on(day) and span_of(template, day, regulation.zone).end > now:
                return
    raise Unacceptable("slot.no_occurrence", "last_day")
