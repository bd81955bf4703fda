"""What an inspector looks for: plays of many stations and days, chosen by place, verdict, programme, way and kind.

The log's own verdicts; a day of a station at a time, so that it begins to answer at once however much was asked for.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

from schedules.ids import LoudspeakerId, ProgrammeId, UnitId, ZoneId
from schedules.part import Part
from schedules.programme import Kind
from schedules.reconciliation import OUTSIDE_THE_PLAN, Verdict
from schedules.times import DAY, Span, local_day
from schedules.unit import Unit, Units, Zone
from schedules.way import Way
from server.errors import Unacceptable
from server.inspection_records import Tally
from server.ports import Clock, Store, UnitOfWork
from server.services.folded import folded
from server.services.heard_parts import parts_of
from server.services.log import Row, judged
from server.services.rights import ANY_ROLE, require
from server.services.schedule import CIVIL_TIME, ever_below, lies_in
from server.services.tallies import day_until, is_open
from server.values import Person

MOST_DAYS = 92
"""A quarter: what offices report on."""
MOST_DAYS_OF_MATRIX = 31
MOST_IN_A_FILE = 20_000
"""Loudspeakers times days of a file: about 400,000 lines, which a spreadsheet still holds."""
LINES = 200
"""As many lines, to the end of a station's day, make one page."""
LOOKED_AT = 40
"""So many days of stations are judged for one page; the next page goes on from there."""


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
class Cell:
    """A place's day in the matrix; no verdicts where it was not counted yet."""

    day: date
    counts: Mapping[Verdict, int] = field(default_factory=dict)

    @property
    def planned(self) -> int:
        """How many plays were planned."""
        return sum(count for verdict, count in self.counts.items() if verdict not in OUTSIDE_THE_PLAN)

    @property
    def played(self) -> int:
        """How many of them the loudspeakers confirmed."""
        return self.counts.get(Verdict.CONFIRMED, 0)

    @property
    def awaited(self) -> int:
        """Of how many nothing was told yet."""
        return self.counts.get(Verdict.AWAITED, 0)

    @property
    def share(self) -> float | None:
        """Of those planned that were told of, how many played whole; None where there is none."""
        told = self.planned - self.awaited
        return self.played / told if told else None


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """A station or a zone with its days."""

    id: str
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Places by days.

    Attributes:
        by_zone: the rows are zones of one station, else stations.
        counted_at: the oldest of its numbers; None where nothing was counted.
    """

    days: tuple[date, ...]
    rows: tuple[MatrixRow, ...]
    by_zone: bool
    counted_at: datetime | None


def page(store: Store, clock: Clock, person: Person, wanted: Wanted, *, after: Place | None = None) -> Page:
    """Give the first lines of what is looked for, or those from a place on.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
        Unacceptable: `inspection.ends_before_start`, `inspection.too_many_days` with the field `last`.
    """
    found: list[Line] = []
    for number, (place, lines) in enumerate(_by_station_and_day(store, clock, person, wanted, after)):
        if len(found) >= LINES or number >= LOOKED_AT:
            return Page(lines=tuple(found), rest=place)
        found += lines()
    return Page(lines=tuple(found), rest=None)


def all_lines(store: Store, clock: Clock, person: Person, wanted: Wanted) -> Iterator[Line]:
    """Check what is looked for, and give a way through all of it that holds one day of one station at a time.

    Raises:
        NotAllowed: `rights.missing`.
        Unacceptable: as `page`; `inspection.too_much` with the field `last`.
    """
    places = _by_station_and_day(store, clock, person, wanted, None)
    days = (wanted.last - wanted.first) // DAY + 1
    with store.reading() as uow:
        zones = {zone.id for zone in ever_below(uow.places.units(), uow.places.zones(), wanted.unit)}
        among = (each for each in uow.places.loudspeakers() if each.zone in zones)
        count = sum(wanted.zone in (None, each.zone) and wanted.loudspeaker in (None, each.id) for each in among)
    if count * days > MOST_IN_A_FILE:
        raise Unacceptable("inspection.too_much", "last", count=count, days=days, most=MOST_IN_A_FILE // count)
    return (line for _, lines in places for line in lines())


def matrix(store: Store, clock: Clock, person: Person, unit: UnitId, *, first: date, last: date) -> Matrix:
    """Give the stations below a unit, or the zones of one station, by days.

    Raises:
        NotAllowed: `rights.missing`.
        Unacceptable: as `page`, of at most a month.
    """
    _require_days(first, last, most=MOST_DAYS_OF_MATRIX)
    days, now = tuple(_days(first, last)), clock.now()
    with store.reading() as uow:
        units = uow.places.units()
        require(units, person, unit, *ANY_ROLE)
        zones = ever_below(units, uow.places.zones(), unit)
        stations = {each for zone in zones for each in _stations(zone) if units.within(each, unit)}
        if len(stations) < 2:
            return _of_zones(uow, days, zones, unit, now)
        tallies = uow.tallies.inside(stations, first, last)
    told = {each.station for each in tallies} | {zone.station for zone in zones}
    return _of_stations(days, {each: units.by_id[each].name for each in stations & told}, tallies)


def _of_stations(days: Sequence[date], names: Mapping[UnitId, str], tallies: Sequence[Tally]) -> Matrix:
    counted = {(each.station, each.day): each.counts for each in tallies}
    rows = tuple(
        MatrixRow(station, name, tuple(Cell(day, counted.get((station, day), {})) for day in days))
        for station, name in sorted(names.items(), key=lambda each: (each[1], each[0]))
    )
    oldest = min((each.counted_at for each in tallies if each.day == days[-1]), default=None)
    return Matrix(days=tuple(days), rows=rows, by_zone=False, counted_at=oldest)


def _of_zones(uow: UnitOfWork, days: Sequence[date], zones: Sequence[Zone], unit: UnitId, now: datetime) -> Matrix:
    units, counts = uow.places.units(), defaultdict[tuple[ZoneId, date], Counter[Verdict]](Counter)
    span = Span(day_until(days[0], now).start, max(day_until(days[0], now).start, day_until(days[-1], now).end))
    for row in judged(uow, zones, span, now):
        if lies_in(units, row.zone, unit):
            counts[row.zone.id, local_day(row.planned.start, CIVIL_TIME)][row.finding.verdict] += 1
    rows = tuple(
        MatrixRow(zone.id, zone.name, tuple(Cell(day, counts[zone.id, day]) for day in days))
        for zone in sorted(zones, key=lambda zone: (zone.name, zone.id))
    )
    return Matrix(days=tuple(days), rows=rows, by_zone=True, counted_at=now)


def _by_station_and_day(
    store: Store, clock: Clock, person: Person, wanted: Wanted, after: Place | None
) -> Iterator[tuple[Place, Callable[[], list[Line]]]]:
    """Give the days of stations in which there may be something, each with a way to judge it."""
    _require_days(wanted.first, wanted.last, most=MOST_DAYS)
    now = clock.now()
    with store.reading() as uow:
        units = uow.places.units()
        require(units, person, wanted.unit, *ANY_ROLE)
        zones = [zone for zone in ever_below(units, uow.places.zones(), wanted.unit) if wanted.zone in (None, zone.id)]
        everywhere = {each for zone in zones for each in _stations(zone)}
        tallies = {(each.day, each.station): each for each in uow.tallies.inside(everywhere, wanted.first, wanted.last)}
    return _places(store, wanted, units, zones, tallies, after, now)


def _places(
    store: Store,
    wanted: Wanted,
    units: Units,
    zones: Sequence[Zone],
    tallies: Mapping[tuple[date, UnitId], Tally],
    after: Place | None,
    now: datetime,
) -> Iterator[tuple[Place, Callable[[], list[Line]]]]:
    begins = after is None
    for day in reversed([*_days(wanted.first, min(wanted.last, local_day(now, CIVIL_TIME)))]):
        by_station: dict[UnitId, list[Zone]] = defaultdict(list)
        for zone in zones:
            then = zone.on(day)
            if lies_in(units, then, wanted.unit):
                by_station[then.station].append(zone)
        for station in sorted(by_station, key=lambda each: (units.by_id[each].name, each)):
            place = Place(day, station)
            begins = begins or place == after
            if begins and not _has_none(tallies.get((day, station)), wanted, now):
                yield place, partial(_lines, store, wanted, units.by_id[station], by_station[station], day, now)


def _has_none(tally: Tally | None, wanted: Wanted, now: datetime) -> bool:
    """Tell whether a closed day that was counted has none of the verdicts that are looked for."""
    if tally is None or tally.doubtful or not wanted.verdicts or is_open(tally.day, now):
        return False
    return not any(tally.counts.get(verdict) for verdict in wanted.verdicts)


def _lines(store: Store, wanted: Wanted, station: Unit, zones: Sequence[Zone], day: date, now: datetime) -> list[Line]:
    with store.reading() as uow:
        rows = [row for row in judged(uow, zones, day_until(day, now), now) if _is_wanted(row, wanted)]
        ways = _ways(uow, rows)
        parts = parts_of(uow, (row.item for row in rows if row.item is not None))
    made_of = (parts.get((row.item.approval, row.item.programme), ()) if row.item else () for row in reversed(rows))
    lines = (
        Line(day, station, row, way, made)
        for row, way, made in zip(reversed(rows), reversed(ways), made_of, strict=True)
    )
    return [line for line in lines if not wanted.ways or line.way in wanted.ways]


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


def _stations(zone: Zone) -> frozenset[UnitId]:
    return zone.stations | {each.station for each in zone.stood}


def _days(first: date, last: date) -> Iterator[date]:
    return (first + number * DAY for number in range((last - first) // DAY + 1))


def _require_days(first: date, last: date, *, most: int) -> None:
    if last < first:
        raise Unacceptable("inspection.ends_before_start", "last", first=first, last=last)
    if last - first >= most * DAY:
        raise Unacceptable("inspection.too_many_days", "last", most=most)
