"""What the card on the wall of a station says: its sessions, and the people to be called. It knows no telephone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from schedules.ids import UnitId
from schedules.regulation import Regulation, in_force
from schedules.times import local_day
from schedules.unit import Units
from server.ports import Clock, Store
from server.services.emergency_rights import holds_right
from server.services.rights import ANY_ROLE, may, require
from server.values import Person, Role

CALLED = (Role.OFFICER, Role.APPROVER, Role.TECHNICIAN)
NAMED_AT_MOST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """The facts of one station.

    Attributes:
        day: the local date they hold on.
        regulation: in force then; None while there is none.
        called: by role, the station's own people before those above it; no more than the card has room for.
        issuers: who may issue an emergency there.
    """

    day: date
    regulation: Regulation | None
    called: tuple[tuple[Role, tuple[Person, ...]], ...]
    issuers: tuple[Person, ...]


def card(store: Store, clock: Clock, by: Person, station: UnitId) -> Card:
    """Give the card of a station to anybody with a role there.

    Raises:
        NotAllowed: `rights.missing`.
    """
    now = clock.now()
    with store.reading() as uow:
        units = uow.places.units()
        require(units, by, station, *ANY_ROLE)
        known = uow.places.regulations(stations=(station,))
        day = local_day(now, known[0].zone) if known else now.date()
        people = [each for each in uow.people.all() if each.serves(now)]
        issuers = [each for each in people if holds_right(uow, each, (station,), now)]
    return Card(
        day=day,
        regulation=in_force(known, day),
        called=tuple((role, _nearest(units, people, station, role)) for role in CALLED),
        issuers=_first(units, issuers, station),
    )


def _nearest(units: Units, people: Sequence[Person], station: UnitId, role: Role) -> tuple[Person, ...]:
    return _first(units, (each for each in people if may(units, each, station, role)), station)


def _first(units: Units, people: Iterable[Person], station: UnitId) -> tuple[Person, ...]:
    """Sort by how far above the station somebody belongs: whoever is near comes sooner."""
    above = tuple(units.above(station))
    distance = {unit: steps for steps, unit in enumerate(above)}

    def near(person: Person) -> tuple[int, str]:
        return min(distance.get(unit, len(above)) for unit in person.units), person.name

    return tuple(sorted(people, key=near)[:NAMED_AT_MOST])
