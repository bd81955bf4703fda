"""What a session template would sound like on a coming day, while it is still being drawn up. It stores nothing.

The planner of the conductor is asked, as if everything were approved; a place nobody has filled yet holds the minutes
it is meant to last.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from schedules.fills import ByHand
from schedules.ids import ProgrammeId, Sha256, SlotId, UnitId
from schedules.programme import Kind, Level, Origin, Programme, Recording, State, Variant
from schedules.regulation import Regulation
from schedules.running_order import Remark, loss, silences
from schedules.schedule import Note, Schedule
from schedules.session import Place, SessionTemplate, running_on, span_of
from schedules.slot import InPlace, Slot
from schedules.times import DAY, Span, local_day, local_instant, local_midnight, milliseconds
from schedules.unit import Target, Zone
from server.ports import Clock, Store
from server.services.obstacles import Obstacle
from server.services.outlook import AtZone, Outlook, Showing, places_of
from server.services.rights import ANY_ROLE, require
from server.services.schedule import assumed, narrowed, regulation_on, schedule_of, zones_below
from server.services.template_obstacles import template_obstacles
from server.values import Person

_EXPECTED = "~"
"""Begins the ids of what stands for what is not there yet; no stored id does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """One line of a running order to come.

    Attributes:
        expected: nothing fills the place yet; the line is as long as the place is meant to last.
        loss: what is not heard of it.
    """

    place: Place
    title: str
    starts: datetime
    ends: datetime
    expected: bool
    loss: Remark | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """A session to come at one zone.

    Attributes:
        days: the next ones on which the template runs; `day` is one of them, None when there is none.
        lines, gaps: what sounds and what stays silent, in order of start.
        notes: why a rule or a language leaves something out.
        remarks: what else people should know.
        obstacles: for which it would be refused.
    """

    days: tuple[date, ...]
    day: date | None
    zone: Zone | None
    lines: tuple[Foreseen, ...] = ()
    gaps: tuple[Span, ...] = ()
    notes: tuple[Note, ...] = ()
    remarks: tuple[Remark, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()


def foresee(
    store: Store, clock: Clock, person: Person, template: SessionTemplate, *, day: date | None = None
) -> Forecast:
    """Show a template on a day, the next one on which it runs unless another of the coming week is named.

    Args:
        store: read from.
        clock: tells which days are to come.
        person: somebody with a role at the station.
        template: as it is stored, or as it is being typed.
        day: local date.

    Raises:
        NotAllowed: `rights.missing`.
    """
    now = clock.now()
    with store.reading() as uow:
        schedule = schedule_of(uow)
    require(schedule.units, person, template.station, *ANY_ROLE)
    obstacles = template_obstacles(schedule, template, now)
    regulation = regulation_on(schedule, template.station, now)
    zones = [zone for zone in zones_below(schedule, template.station) if zone.station == template.station]
    days = () if regulation is None else _next_days(template, local_day(now, regulation.zone))
    if regulation is None or not days or not zones:
        return Forecast(days=(), day=None, zone=None, obstacles=obstacles)
    shown = day if day in days else days[0]
    on_day = regulation_on(schedule, template.station, local_instant(shown, time(12), regulation.zone)) or regulation
    others = (each for each in schedule.templates if each.id != template.id)
    whole = narrowed(replace(schedule, templates=(*others, template)), zones)
    found = _laid_out(whole, template, shown, on_day, zones[0])
    lines = tuple(_lines(found, template))
    named = {each.title for each in lines} | {place.name for place in template.places}
    return Forecast(
        days=days,
        day=shown,
        zone=zones[0],
        lines=lines,
        gaps=silences(span_of(template, shown, on_day.zone), (Span(each.starts, each.ends) for each in lines)),
        notes=tuple(each for each in found.notes if each.title in named),
        remarks=(*_overlapping(whole, template, shown, on_day), *_left_behind(schedule, template, shown)),
        obstacles=obstacles,
    )


def _next_days(template: SessionTemplate, today: date) -> tuple[date, ...]:
    first = max(template.valid_from, today)
    return tuple(day for day in (first + number * DAY for number in range(7)) if template.runs_on(day))


def _laid_out(schedule: Schedule, template: SessionTemplate, day: date, regulation: Regulation, zone: Zone) -> AtZone:
    """Plan the day twice: what nothing fills the first time is expected to last its minutes the second time."""
    begins = local_midnight(day, regulation.zone)
    first = Outlook(assumed(schedule, begins), day, regulation, now=begins).of(zone)
    filled = {each.origin.place.id for each in first.showings if each.origin.place is not None}
    empty = {place.id for place in template.places if place.id not in filled and place.repeats is None}
    opened = tuple(replace(each, fill=ByHand()) if each.id in empty else each for each in template.places)
    expected = [_expected(place, template.station, day) for place in opened if place.id in empty]
    supposed = replace(
        schedule,
        templates=tuple(
            replace(template, places=opened) if each.id == template.id else each for each in schedule.templates
        ),
        programmes={**schedule.programmes, **{programme.id: programme for programme, _ in expected}},
        slots=(*schedule.slots, *(slot for _, slot in expected)),
    )
    second = Outlook(assumed(supposed, begins), day, regulation, now=begins).of(zone)
    return AtZone(second.showings, first.notes)


def _expected(place: Place, station: UnitId, day: date) -> tuple[Programme, Slot]:
    """Give what stands for a place that is still empty: something unnamed as long as it is meant to last."""
    stands_for = Recording(Sha256("0" * 64), 1, milliseconds(timedelta(minutes=place.minutes)))
    programme = Programme(
        id=ProgrammeId(f"{_EXPECTED}{place.id}"),
        owner=station,
        version=1,
        title=place.name or _EXPECTED,
        kind=Kind.SIGNAL,  # sounds whatever its language
        origin=Origin.COMMUNE,
        level=Level.ORDINARY,
        state=State.APPROVED,
        variants=(Variant("vi", stands_for),),
    )
    return programme, Slot(
        id=SlotId(programme.id),
        programme=programme.id,
        target=Target(units=frozenset({station})),
        timing=InPlace(places=(place.id,), first_day=day, last_day=day),
    )


def _lines(found: AtZone, template: SessionTemplate) -> Iterator[Foreseen]:
    places = {place.id: place for place in template.places}
    for each in found.showings:
        place = each.origin.place
        if each.origin.template is None or each.origin.template.id != template.id or place is None:
            continue
        yield Foreseen(
            place=places[place.id],
            title=each.title,
            starts=each.starts,
            ends=each.ends,
            expected=each.programme is not None and each.programme.id.startswith(_EXPECTED),
            loss=None if place.filler else _loss(each),
        )


def _loss(showing: Showing) -> Remark | None:
    return loss(showing.title, start=showing.starts, end=showing.ends, wants_until=showing.wants_until)


def _overlapping(schedule: Schedule, template: SessionTemplate, day: date, regulation: Regulation) -> Iterator[Remark]:
    """Name the other templates that want the same time on the day: their items would contend."""
    ours = span_of(template, day, regulation.zone)
    for other in running_on(schedule.templates, day):
        if other.id != template.id and span_of(other, day, regulation.zone).overlaps(ours):
            yield Remark("session.overlaps", (("template", other.name), ("day", day)))


def _left_behind(schedule: Schedule, template: SessionTemplate, day: date) -> Iterator[Remark]:
    """Name the places that are taken away although something is booked into them."""
    of_before = {each.id: each for each in schedule.templates}
    before = of_before.get(template.id) or (of_before.get(template.replaces) if template.replaces else None)
    kept = {place.id for place in template.places if place.by_hand}
    for place in before.places if before is not None else ():
        booked = [
            slot for slot in schedule.slots if place.id in places_of(schedule, slot) and slot.timing.ends_on >= day
        ]
        if booked and place.id not in kept:
            yield Remark("session.bookings_left", (("place", place.name), ("count", len(booked))))
