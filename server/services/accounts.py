"""The accounts of a tree of units, as its administrator keeps them: found by name, changed, opened again.

It must not check a password. What takes two administrators is asked for in `grants`.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from schedules.ids import PersonId, UnitId
from schedules.times import next_millisecond
from server.errors import NotAllowed, NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services import api_tokens, grants, people
from server.services.emergency_rights import end_all
from server.services.folded import folded
from server.services.rights import may, require
from server.services.signed_out import signed_out
from server.services.trail import note
from server.values import Grant, Person, Proposal, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What the form of an account holds."""

    name: str
    roles: frozenset[Role]
    also_units: frozenset[UnitId] = frozenset()
    ends: datetime | None = None
    active: bool = True


def listed(store: Store, by: Person, unit: UnitId, *, text: str = "", closed: bool = False) -> tuple[Person, ...]:
    """Give the accounts of a unit and all below it, by name, to its administrator.

    Args:
        store: read from.
        by: who looks.
        unit: where.
        text: a part of a name or login, with or without tone marks.
        closed: closed ones too.

    Raises:
        NotAllowed: `rights.missing`.
    """
    sought = folded(text.strip())
    with store.reading() as uow:
        units = uow.places.units()
        require(units, by, unit, Role.ADMINISTRATOR)
        there = [each for each in uow.people.all() if any(units.within(area, unit) for area in each.units)]
        found = [each for each in there if each.active or closed]
    return tuple(sorted((each for each in found if sought in folded(f"{each.name} {each.login}")), key=_by_given_name))


def one(store: Store, by: Person, person: PersonId) -> Person:
    """Give an account to an administrator of one of its units.

    Raises:
        NotFound: `person.unknown`, also for an account out of reach.
    """
    with store.reading() as uow:
        return _reached(uow, by, person)


def change(
    store: Store, clock: Clock, by: Person, person: PersonId, *, wanted: Changes
) -> tuple[Person, Proposal | None]:
    """Change an account; weighty roles it does not hold in use yet are asked for, see `grants`.

    Returns:
        The account as it is now, and what waits for a second administrator.

    Raises:
        NotFound: `person.unknown`.
        NotAllowed: `person.own_roles` for oneself.
        Unacceptable: `person.no_role`, `unit.unknown`, and those of `people.good_name`, `people.require_fitting` and
            `grants.ask`.
    """
    now = next_millisecond(clock.now())
    name = people.good_name(wanted.name)
    if not wanted.roles and wanted.active:
        raise Unacceptable("person.no_role", "roles")
    with store.writing() as uow:
        known = _reached(uow, by, person)
        if person == by.id:
            raise NotAllowed("person.own_roles")
        people.require_fitting(wanted.roles, wanted.also_units - {known.unit}, wanted.ends, now)
        _require_units(uow, by, known, wanted.also_units)
        more = (wanted.roles - (known.roles if known.active else frozenset())) & grants.WEIGHTY
        held = wanted.roles - more
        changed = replace(
            known,
            name=name,
            roles=held,
            also_units=wanted.also_units - {known.unit},
            ends=wanted.ends,
            active=wanted.active,
        )
        if known.active and not changed.active:
            changed = signed_out(uow, changed, now)
        uow.people.put(changed)
        api_tokens.end_beyond(uow, changed, now)
        asked = grants.ask(uow, by, Grant(person=person, roles=more), now) if more else None
        if not wanted.active:
            end_all(uow, person, now)
        before, after = _facts(known), _facts(changed)
        note(uow, now, by, "person.changed", subject=person, unit=known.unit, before=before, after=after)
        uow.commit()
    return changed, asked


def _require_units(uow: UnitOfWork, by: Person, known: Person, wanted: frozenset[UnitId]) -> None:
    """Refuse units that `by` does not administer; those the account has already stay."""
    units = uow.places.units()
    for unit in wanted - known.also_units:
        if unit not in units.by_id or not may(units, by, unit, Role.ADMINISTRATOR):
            raise Unacceptable("unit.unknown", "also_units")


def _reached(uow: UnitOfWork, by: Person, person: PersonId) -> Person:
    known = uow.people.get(person)
    if known is None or not may(uow.places.units(), by, known.unit, Role.ADMINISTRATOR):
        raise NotFound("person.unknown")
    return known


def _by_given_name(person: Person) -> tuple[str, str, str]:
    """Sort as people here do: by the given name, which stands last."""
    given = person.name.split()[-1:] or [""]
    return folded(given[0]), folded(person.name), person.id


def _facts(person: Person) -> dict[str, object]:
    return {
        "name": person.name,
        "roles": sorted(person.roles),
        "also_units": sorted(person.also_units),
        "ends": person.ends,
        "active": person.active,
    }
