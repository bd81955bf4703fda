"""What an inspector looks for: plays of many stations and days, chosen by place, verdict, programme, way and kind.

The log's own verdicts; a day of a station at a time, so that it begins to answer at once however much was asked for.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from schedules.ids import LoudspeakerId, ProgrammeId, UnitId, ZoneId
from schedules.part import Part
from schedules.programme import Kind
from schedules.reconciliation import Verdict
from schedules.times import DAY, local_day
from schedules.unit import Unit, Units, Zone
from schedules.way import Way
from server.errors import Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.counted_days import Counted
from server.services.folded import folded
from server.services.heard_parts import parts_of
from server.services.inspecting_days import days_between, require_days, stations_ever
from server.services.judged_plays import Row, judged
from server.services.rights import ANY_ROLE, require
from server.services.schedule import CIVIL_TIME, ever_below, lies_in
from server.services.tallies import day_until
from server.values import Person

MOST_DAYS = 92
"""A quarter: what offices report on."""
MOST_IN_A_FILE = 20_000
"""Loudspeakers times days of a file: about 400,000 lines, which a spreadsheet still holds."""
LINES = 200
"""As many lines, to the end of a station's day, make one page."""
COUNTED_AT_ONCE = 7
"""Days whose counts are read together, the latest first: most pages are full before they need more."""
LOOKED_AT = 60
"""So many days of zones, to the end of a station's, are judged for one page; the next page goes on from there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for; what is left empty means all.

    Attributes:
        unit: a station, or a unit above some.
        first, last: local days, both included.
        text: a part of a programme's title.
    """

    unit: UnitId
    first: date
    last: date
    zone: ZoneId | None = None
    loudspeaker: LoudspeakerId | None = None
    verdicts: frozenset[Verdict] = frozenset()
    text: str = ""
    kinds: frozenset[Kind] = frozenset()
    ways: frozenset[Way] = frozenset()


@dataclass(frozen=True, slots=True)
class Place:
    """A station's day, from which a list goes on: later days come first, then stations by name."""

    day: date
    station: UnitId


@dataclass(frozen=True, slots=True)
class Line:
    """One play at one loudspeaker, its station as it stood that day, how it came there and what it was made of."""

    day: date
    station: Unit
    row: Row
    way: Way
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some lines, and where the rest begins; None at the end."""

    lines: tuple[Line, ...]
    rest: Place | None


@dataclass(frozen=True, slots=True)
class _Look:
    """A look at a station's day.

    Attributes:
        zones: those that may have something.
        lines: about how many there are.
    """

    place: Place
    station: Unit
    zones: Sequence[Zone]
    lines: int


def page(store: Store, clock: Clock, person: Person, wanted: Wanted, *, after: Place | None = None) -> Page:
    """Give the first lines of what is looked for, or those from a place on.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
        Unacceptable: `inspection.ends_before_start`, `inspection.too_many_days` with the field `last`.
    """
    found, looked_at = list[Line](), 0
    for looks in _together(_looks(store, clock, person, wanted, after)):
        if len(found) >= LINES or looked_at >= LOOKED_AT:
            return Page(lines=tuple(found), rest=looks[0].place)
        found += _lines(store, wanted, looks, clock.now())
        looked_at += sum(len(look.zones) for look in looks)
    return Page(lines=tuple(found), rest=None)


def all_lines(store: Store, clock: Clock, person: Person, wanted: Wanted) -> Iterator[Line]:
    """Check what is looked for, and give a way through all of it that holds one day of one station at a time.

    Raises:
        NotAllowed: `rights.missing`.
        Unacceptable: as `page`; `inspection.too_much` with the field `last`.
    """
    looks, now = _looks(store, clock, person, wanted, None), clock.now()
    days = (wanted.last - wanted.first) // DAY + 1
    with store.reading() as uow:
        zones = {zone.id for zone in ever_below(uow.places.units(), uow.places.zones(), wanted.unit)}
        among = (each for each in uow.places.loudspeakers() if each.zone in zones)
        count = sum(wanted.zone in (None, each.zone) and wanted.loudspeaker in (None, each.id) for each in among)
    if count * days > MOST_IN_A_FILE:
        raise Unacceptable("inspection.too_much", "last", count=count, days=days, most=MOST_IN_A_FILE // count)
    return (line for together in _together(looks) for line in _lines(store, wanted, together, now))


def _looks(store: Store, clock: Clock, person: Person, wanted: Wanted, after: Place | None) -> Iterator[_Look]:
    """Give the days of stations in which there may be something."""
    require_days(wanted.first, wanted.last, most=MOST_DAYS)
    now = clock.now()
    with store.reading() as uow:
        units = uow.places.units()
        require(units, person, wanted.unit, *ANY_ROLE)
        zones = [zone for zone in ever_below(units, uow.places.zones(), wanted.unit) if wanted.zone in (None, zone.id)]
    stations = {each for zone in zones for each in stations_ever(zone)}
    last = min(wanted.last, local_day(now, CIVIL_TIME), date.max if after is None else after.day)

    def looks() -> Iterator[_Look]:
        ends = last
        while ends >= wanted.first:
            begins = max(wanted.first, ends - (COUNTED_AT_ONCE - 1) * DAY)
            with store.reading() as uow:
                tallies = uow.tallies.inside(stations, begins, ends) if wanted.verdicts else ()
                counted = Counted.of(uow, tallies, now)
            yield from _places(wanted, units, zones, counted, [*days_between(begins, ends)][::-1], after)
            ends = begins - DAY

    return looks()


def _places(
    wanted: Wanted,
    units: Units,
    zones: Sequence[Zone],
    counted: Counted,
    days: Iterable[date],
    after: Place | None,
) -> Iterator[_Look]:
    for day in days:
        begins = after is None or day != after.day
        by_station: dict[UnitId, list[Zone]] = defaultdict(list)
        for zone in zones:
            then = zone.on(day)
            if lies_in(units, then, wanted.unit):
                by_station[then.station].append(zone)
        for station in sorted(by_station, key=lambda each: (units.by_id[each].name, each)):
            place = Place(day, station)
            begins = begins or place == after
            if not begins:
                continue
            where = counted.where(station, day, wanted.verdicts)
            here = [zone for zone in by_station[station] if where is None or zone.id in where]
            if here:
                lines = LINES if where is None else counted.count(station, day, wanted.verdicts)
                yield _Look(place, units.by_id[station], here, lines)


def _together(looks: Iterable[_Look]) -> Iterator[list[_Look]]:
    """Give looks at one day that make a page at most together, so that they are read at once."""
    found: list[_Look] = []
    for look in looks:
        lines, zones = sum(each.lines for each in found), sum(len(each.zones) for each in found)
        is_full = lines + look.lines > LINES or zones + len(look.zones) > LOOKED_AT
        if found and (is_full or look.place.day != found[0].place.day):
            yield found
            found = []
        found.append(look)
    if found:
        yield found


def _lines(store: Store, wanted: Wanted, looks: Sequence[_Look], now: datetime) -> list[Line]:
    day, zones = looks[0].place.day, [zone for look in looks for zone in look.zones]
    with store.reading() as uow:
        rows = [row for row in judged(uow, zones, day_until(day, now), now) if _is_wanted(row, wanted)]
        ways = _ways(uow, rows)
        parts = parts_of(uow, (row.item for row in rows if row.item is not None))
    found: dict[UnitId, list[Line]] = defaultdict(list)
    stations = {zone.id: look.station for look in looks for zone in look.zones}
    for row, way in zip(reversed(rows), reversed(ways), strict=True):
        if not wanted.ways or way in wanted.ways:
            made = parts.get((row.item.approval, row.item.programme), ()) if row.item else ()
            station = stations[row.zone.id]
            found[station.id].append(Line(day, station, row, way, made))
    return [line for look in looks for line in found[look.place.station]]


def _is_wanted(row: Row, wanted: Wanted) -> bool:
    return (
        wanted.loudspeaker in (None, row.loudspeaker.id)
        and (not wanted.verdicts or row.finding.verdict in wanted.verdicts)
        and (not wanted.kinds or (row.item is not None and row.item.kind in wanted.kinds))
        and folded(wanted.text) in folded(row.title)
    )


def _ways(uow: UnitOfWork, rows: Sequence[Row]) -> list[Way]:
    named = {row.item.programme for row in rows if row.item is not None}
    owners = {each.programme.id: each.programme.owner for each in uow.programmes.some(named, for_places_of=())}
    sent: dict[ProgrammeId, Way] = {}
    for programme in sorted(named & owners.keys()):
        ways = (each.slot.way for each in uow.programmes.slots_of(programme))
        sent[programme] = next((way for way in ways if way is not Way.OWN), Way.SUBSCRIBED)
    return [_way(row, owners, sent) for row in rows]


def _way(row: Row, owners: Mapping[ProgrammeId, UnitId], sent: Mapping[ProgrammeId, Way]) -> Way:
    """Say how a play came there: what is not a station's own was offered, ordered, or taken into a place by a rule."""
    if row.finding.verdict in (Verdict.EMERGENCY, Verdict.EXERCISE):
        return Way.EMERGENCY
    owner = None if row.item is None else owners.get(row.item.programme)
    if row.item is None or owner in (None, row.zone.station, row.zone.unit):
        return Way.OWN
    return sent[row.item.programme]
