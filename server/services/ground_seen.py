"""What a person sees of the ground: units, zones, loudspeakers. It must not judge who is ready: `readiness` does."""

from schedules.ids import LoudspeakerId, UnitId, ZoneId
from schedules.unit import Unit, Zone
from server.errors import NotFound
from server.ports import Clock, Store
from server.services.loudspeakers import find
from server.services.next_sessions import timetables
from server.services.presence import loudspeakers_of
from server.services.readiness import Ready, judged
from server.services.rights import ANY_ROLE, may, require
from server.values import Loudspeaker, Person


def units(store: Store, person: Person) -> tuple[Unit, ...]:
    """Give the units where a person has a role, in order of id."""
    with store.reading() as uow:
        tree = uow.places.units()
    seen = (unit for unit in tree.by_id.values() if may(tree, person, unit.id, *ANY_ROLE))
    return tuple(sorted(seen, key=lambda unit: unit.id))


def zones(store: Store, person: Person, unit: UnitId) -> tuple[Zone, ...]:
    """Give the zones of a station, or that stand in a unit, in order of id.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    with store.reading() as uow:
        tree = uow.places.units()
        require(tree, person, unit, *ANY_ROLE)
        return tuple(
            zone for zone in uow.places.zones() if tree.within(zone.unit, unit) or tree.within(zone.station, unit)
        )


def ready(store: Store, clock: Clock, person: Person, loudspeaker: LoudspeakerId) -> Ready:
    """Say of one loudspeaker whether it is ready.

    Raises:
        NotFound: `loudspeaker.unknown`, also for one that is retired.
        NotAllowed: `rights.missing`.
    """
    now = clock.now()
    with store.reading() as uow:
        _, zone = find(uow, person, loudspeaker, *ANY_ROLE)
        sessions = {each: known.next_session(now) for each, known in timetables(uow, {zone.station}).items()}
        found = judged(uow, [zone], sessions, now)
    own = next((each for each in found if each.loudspeaker.id == loudspeaker), None)
    if own is None:
        raise NotFound("loudspeaker.unknown")
    return own


def zone(store: Store, person: Person, zone: ZoneId) -> Zone:
    """Give one zone.

    Raises:
        NotFound: `zone.unknown`.
        NotAllowed: `rights.missing` for somebody without a role at its station.
    """
    with store.reading() as uow:
        known = uow.places.zone(zone)
        if known is None:
            raise NotFound("zone.unknown")
        require(uow.places.units(), person, known.station, *ANY_ROLE)
    return known


def loudspeakers_of_station(store: Store, person: Person, station: UnitId) -> tuple[Loudspeaker, ...]:
    """Give the loudspeakers in use of a station, by name.

    Raises:
        NotAllowed: `rights.missing` for somebody without a role there.
    """
    with store.reading() as uow:
        require(uow.places.units(), person, station, *ANY_ROLE)
        return loudspeakers_of(uow, {zone.id for zone in uow.places.zones() if zone.station == station})
