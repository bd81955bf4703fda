"""The zones of a station: made, named, and who lives there.

A new zone inside the target of something approved gets nothing until a supplementary approval. Where a zone stands is
fixed when it is made: merges and splits move zones, and loudspeakers are moved between them. It must not plan.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from schedules.ids import UnitId, ZoneId
from schedules.times import local_day
from schedules.unit import Unit, UnitLevel, Zone
from server.errors import NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.inputs import one_line
from server.services.loudspeakers import KEEPERS
from server.services.new_ids import new_id
from server.services.rights import may, require
from server.services.schedule import CIVIL_TIME
from server.services.trail import note, require_newest
from server.values import Person, Role

FOUNDERS = (*KEEPERS, Role.OFFICER)
"""Those who look after loudspeakers, and who runs the station."""

LONGEST_NAME = 80
MOST_PEOPLE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Inhabited:
    """What is said of a zone, whatever its place.

    Attributes:
        languages: of its people, best first, as tags.
        households, residents: 0 when not known.
    """

    name: str
    languages: tuple[str, ...]
    households: int = 0
    residents: int = 0


def may_found(store: Store, clock: Clock, person: Person, station: UnitId) -> bool:
    """Tell whether a person may make zones of a unit, which a commune alone has."""
    with store.reading() as uow:
        units = uow.places.units()
        here = units.by_id.get(station)
        return here is not None and may(units, person, station, *FOUNDERS) and _has_zones(here, clock.now())


def make(store: Store, clock: Clock, person: Person, station: UnitId, *, unit: UnitId, inhabited: Inhabited) -> Zone:
    """Make a zone of a station, for the station's whole commune or one unit below it.

    Raises:
        NotFound: `unit.unknown`.
        NotAllowed: `rights.missing` for somebody who neither looks after the station's loudspeakers nor runs it.
        Unacceptable: `zone.*` with the field.
    """
    with store.writing() as uow:
        zone = made(uow, clock.now(), person, station, unit=unit, inhabited=inhabited)
        uow.commit()
    return zone


def made(
    uow: UnitOfWork, now: datetime, person: Person, station: UnitId, *, unit: UnitId, inhabited: Inhabited
) -> Zone:
    """Do what `make` does within a transaction.

    Raises:
        NotFound, NotAllowed, Unacceptable: as `make`.
    """
    units, today = uow.places.units(), local_day(now, CIVIL_TIME)
    here, there = units.by_id.get(station), units.by_id.get(unit)
    if here is None:
        raise NotFound("unit.unknown")
    require(units, person, station, *FOUNDERS)
    if not _has_zones(here, now):
        raise Unacceptable("zone.not_a_commune", "unit", unit=here.name)
    if there is None or not there.exists_on(today) or not units.within(unit, station):
        raise Unacceptable("zone.not_below", "unit", unit=here.name)
    empty = Zone(id=ZoneId(new_id(now)), station=station, unit=unit, name="")
    zone = _as_inhabited(uow, empty, inhabited)
    uow.places.put_zone(zone)
    note(uow, now, person, "zone.made", subject=zone.id, unit=station, standing=unit, **_shown(zone))
    return zone


def change(store: Store, clock: Clock, person: Person, zone: ZoneId, *, inhabited: Inhabited, seen: str) -> Zone:
    """Say anew what a zone is called and who lives there; its programme is planned anew.

    Raises:
        NotFound: `zone.unknown`.
        NotAllowed: `rights.missing`.
        Stale: `edit.stale` unless `seen` is what `seen_as` gave for the zone.
        Unacceptable: `zone.*` with the field.
    """
    with store.writing() as uow:
        known = uow.places.zone(zone)
        if known is None:
            raise NotFound("zone.unknown")
        require(uow.places.units(), person, known.station, *FOUNDERS)
        after = _as_inhabited(uow, known, inhabited)
        if after != known:
            require_newest(uow, seen=seen, stored=seen_as(known), subject=zone, unit=known.station)
            uow.places.put_zone(after)
            uow.issue.want([zone])
            if after.languages != known.languages:  # what says that an exercise is one may be another recording
                uow.issue.want_assignment(each.id for each in uow.places.loudspeakers() if each.zone == zone)
            details = {"before": _shown(known), "after": _shown(after)}
            note(uow, clock.now(), person, "zone.changed", subject=zone, unit=known.station, **details)
            uow.commit()
    return after


def seen_as(zone: Zone) -> str:
    """Give what stands for what is said of a zone."""
    return sha256(repr(_shown(zone)).encode()).hexdigest()


def _has_zones(unit: Unit, now: datetime) -> bool:
    return unit.level is UnitLevel.COMMUNE and unit.exists_on(local_day(now, CIVIL_TIME))


def _as_inhabited(uow: UnitOfWork, zone: Zone, inhabited: Inhabited) -> Zone:
    name, known = one_line(inhabited.name), {each.tag for each in uow.languages.all()}
    if not name:
        raise Unacceptable("zone.no_name", "name")
    if len(name) > LONGEST_NAME:
        raise Unacceptable("zone.name_too_long", "name", most=LONGEST_NAME)
    if not inhabited.languages or not known.issuperset(set(inhabited.languages) - set(zone.languages)):
        raise Unacceptable("zone.languages", "languages")
    for field, count in (("households", inhabited.households), ("residents", inhabited.residents)):
        if not 0 <= count <= MOST_PEOPLE:
            raise Unacceptable("zone.people", field, most=MOST_PEOPLE)
    others = (each for each in uow.places.zones() if each.station == zone.station and each.id != zone.id)
    if any(each.name.casefold() == name.casefold() for each in others):
        raise Unacceptable("zone.name_taken", "name", name=name)
    return replace(
        zone,
        name=name,
        languages=tuple(dict.fromkeys(inhabited.languages)),
        households=inhabited.households,
        residents=inhabited.residents,
    )


def _shown(zone: Zone) -> dict[str, object]:
    return {
        "name": zone.name,
        "languages": list(zone.languages),
        "households": zone.households,
        "residents": zone.residents,
    }
