"""Who may do what where: a role holds in the person's unit and everything below it. It must not load anything."""

from schedules.ids import UnitId
from schedules.unit import Units
from server.errors import NotAllowed
from server.values import Person, Role

WRITERS = (Role.EDITOR, Role.OFFICER)
"""Those who make programmes and book them: editors of a province or commune, officers of their own station."""

ANY_ROLE = tuple(Role)


def may(units: Units, person: Person, unit: UnitId, *roles: Role) -> bool:
    """Tell whether a person holds one of the roles for a unit."""
    return person.active and not person.roles.isdisjoint(roles) and _below(units, unit, person.unit)


def require(units: Units, person: Person, unit: UnitId, *roles: Role) -> None:
    """Refuse a person who holds none of the roles for a unit.

    Raises:
        NotAllowed: `rights.missing`, with the unit's name and the roles that would do.
    """
    if not may(units, person, unit, *roles):
        known = units.by_id.get(unit)
        raise NotAllowed("rights.missing", unit=known.name if known else unit, roles=tuple(roles))


def _below(units: Units, unit: UnitId, area: UnitId) -> bool:
    return unit in units.by_id and units.within(unit, area)
