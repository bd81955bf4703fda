"""Places by days: how the plays of each station, or of each zone of one, came out on each day.

Stations as they were counted, zones judged as they stand. It must not judge by itself.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from schedules.ids import UnitId, ZoneId
from schedules.reconciliation import OUTSIDE_THE_PLAN, Verdict
from schedules.times import DAY, Span, local_day
from schedules.unit import Zone
from server.errors import Unacceptable
from server.inspection_records import Tally
from server.ports import Clock, Store, UnitOfWork
from server.services.judged_plays import judged
from server.services.rights import ANY_ROLE, require
from server.services.schedule import CIVIL_TIME, ever_below, lies_in
from server.services.tallies import day_until
from server.values import Person

MOST_DAYS = 31


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


def matrix(store: Store, clock: Clock, person: Person, unit: UnitId, *, first: date, last: date) -> Matrix:
    """Give the stations below a unit, or the zones of one station, by days.

    Raises:
        NotAllowed: `rights.missing`.
        Unacceptable: as `require_days`, of at most a month.
    """
    require_days(first, last, most=MOST_DAYS)
    days, now = tuple(days_between(first, last)), clock.now()
    with store.reading() as uow:
        units = uow.places.units()
        require(units, person, unit, *ANY_ROLE)
        zones = ever_below(units, uow.places.zones(), unit)
        stations = {each for zone in zones for each in stations_ever(zone) if units.within(each, unit)}
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


def stations_ever(zone: Zone) -> frozenset[UnitId]:
    """Give every station a zone belongs, belonged or will belong to."""
    return zone.stations | {each.station for each in zone.stood}


def days_between(first: date, last: date) -> Iterator[date]:
    """Give the days from one to another, both included."""
    return (first + number * DAY for number in range((last - first) // DAY + 1))


def require_days(first: date, last: date, *, most: int) -> None:
    """Refuse days that end before they begin, or are too many.

    Raises:
        Unacceptable: `inspection.ends_before_start`, `inspection.too_many_days` with the field `last`.
    """
    if last < first:
        raise Unacceptable("inspection.ends_before_start", "last", first=first, last=last)
    if last - first >= most * DAY:
        raise Unacceptable("inspection.too_many_days", "last", most=most)
