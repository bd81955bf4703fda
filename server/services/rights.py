"""Who may do what where: a role holds in the person's units and everything below. It must not load anything."""

from collections.abc import Collection, Sequence

from schedules.ids import UnitId
from schedules.unit import Units
from server.errors import NotAllowed
from server.values import Person, Role

WRITERS = (Role.EDITOR, Role.OFFICER)
"""Those who make programmes and book them: editors of a province or commune, officers of their own station."""

ANY_ROLE = tuple(role for role in Role if role is not Role.CONTRIBUTOR)
"""Who is asked for any role at all wants to read; somebody who only contributes reads nothing."""


def may(units: Units, person: Person, unit: UnitId, *roles: Role) -> bool:
    """Tell whether a person holds one of the roles for a unit."""
    if not person.active or person.roles.isdisjoint(roles):
        return False
    reads = frozenset(roles) == frozenset(ANY_ROLE)
    return any(_below(units, unit, area, reads=reads) for area in person.units)


def may_release(units: Units, person: Person, unit: UnitId, handed: Collection[UnitId]) -> bool:
    """Tell whether a person approves for a unit: by their own right, or in one of the units handed to them today."""
    own = may(units, person, unit, Role.APPROVER)
    return own or (person.active and any(_below(units, unit, area, reads=False) for area in handed))


def require(units: Units, person: Person, unit: UnitId, *roles: Role) -> None:
    """Refuse a person who holds none of the roles for a unit.

    Raises:
        NotAllowed: `rights.missing`, with the unit's name and the roles that would do.
    """
    if not may(units, person, unit, *roles):
        known = units.by_id.get(unit)
        raise NotAllowed("rights.missing", unit=known.name if known else unit, roles=tuple(roles))


def require_any(units: Units, person: Person, places: Sequence[UnitId], *roles: Role) -> None:
    """Refuse a person who holds none of the roles for any of some units: where a zone stands, and where it will.

    Raises:
        NotAllowed: as `require`, for the first of the units.
    """
    if not any(may(units, person, unit, *roles) for unit in places):
        require(units, person, places[0], *roles)


def _below(units: Units, unit: UnitId, area: UnitId, *, reads: bool) -> bool:
    """Tell whether a unit is an area or lies below it, now or in what became of either.

    What an old unit left behind is its successors' to end; until its day comes they only read it. A unit that is to be
    merged or split into new ones prepares those before their day.
    """
    if unit not in units.by_id or area not in units.by_id:
        return False
    if units.within(unit, area):
        return True
    if any(units.within(each, area) for each in (units.became(unit) if reads else units.has_become(unit))):
        return True
    ends = units.by_id[area].valid_to
    return any(units.within(unit, each) for each in units.became(area) if units.by_id[each].valid_from == ends)
