"""Which station a page is about: read from its address, so that two windows never mix up two stations.

Every blueprint of a station's pages hangs below `/stations/<station_id>`. It must not decide what a person may change.
"""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Blueprint, g

from schedules.ids import UnitId
from schedules.regulation import in_force
from schedules.times import local_day
from schedules.unit import Unit, Zone
from server.errors import NotFound
from server.ports import UnitOfWork
from server.services.rights import ANY_ROLE, may
from server.values import Person
from server.web.centre import centre
from server.web.visitor import person


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """A commune's station as its pages need it.

    Attributes:
        above: the unit above it, whose name stands in the head of documents; None at the top.
        before: the stations its zones stood at before a merge or split, by name; their logs stay their own.
        zones: those that stand at it; those that stood there where the unit has ended.
        time: its civil time.
    """

    unit: Unit
    above: Unit | None
    before: tuple[Unit, ...]
    zones: tuple[Zone, ...]
    time: ZoneInfo

    @property
    def id(self) -> UnitId:
        """The unit's id."""
        return self.unit.id

    @property
    def name(self) -> str:
        """The unit's name."""
        return self.unit.name


def pages_of_a_station(name: str, import_name: str) -> Blueprint:
    """Make a blueprint whose views find their station in `station()` and take no `station_id`."""
    blueprint = Blueprint(name, import_name, url_prefix="/stations/<station_id>")
    blueprint.url_value_preprocessor(_take_station)
    blueprint.url_defaults(_same_station)
    blueprint.before_request(_look_up)
    return blueprint


def station() -> Station:
    """Give the station the page is about."""
    found = g.station
    assert isinstance(found, Station)  # noqa: S101 -- what `_look_up` put there
    return found


def stations_of(uow: UnitOfWork, known: Person) -> tuple[Unit, ...]:
    """Give the stations a person has any role for, by name."""
    units = uow.places.units()
    identifiers = {zone.station for zone in uow.places.zones()}
    seen = (units.by_id[each] for each in identifiers if may(units, known, each, *ANY_ROLE))
    return tuple(sorted(seen, key=lambda unit: unit.name))


def _take_station(_endpoint: str | None, values: dict[str, object] | None) -> None:
    g.station_id = UnitId(str((values or {}).pop("station_id", "")))


def _same_station(_endpoint: str, values: dict[str, object]) -> None:
    if "station_id" in g:
        values.setdefault("station_id", g.station_id)


def _look_up() -> None:
    """Find the station before its page is made.

    Raises:
        NotFound: `station.unknown` for what is no station, or none of this person's.
    """
    g.marks = centre().streams.marks(g.station_id)  # before anything is read: what changes meanwhile is news
    with centre().store.reading() as uow:
        units = uow.places.units()
        unit = units.by_id.get(g.station_id)
        everywhere = uow.places.zones()
        zones = tuple(zone for zone in everywhere if zone.station == g.station_id)
        if not zones:  # a station that was merged or split: its log is still read
            zones = tuple(zone for zone in everywhere if g.station_id in {left.station for left in zone.stood})
        if unit is None or not zones or not may(units, person(), unit.id, *ANY_ROLE):
            raise NotFound("station.unknown")
        of_station = uow.places.regulations(stations=[unit.id])
        above = units.by_id.get(unit.parent) if unit.parent is not None else None
        left = {stood.station for zone in zones for stood in zone.stood if zone.station == unit.id}
        before = sorted((units.by_id[each] for each in left - {unit.id}), key=lambda each: each.name)
    regulation = in_force(of_station, local_day(centre().clock.now(), centre().zone))
    time = regulation.zone if regulation is not None else centre().zone
    g.zone = time
    g.station = Station(
        unit=unit,
        above=above,
        before=tuple(before),
        zones=tuple(sorted(zones, key=lambda zone: zone.name)),
        time=time,
    )
