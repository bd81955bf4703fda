"""Dated delegation: an approver hands approval in their unit to somebody by name, from a day to a day, by a document.

It counts for releasing and sending back programmes and session templates, on its days, while who gave it approves there
still; never for emergencies or a station's rules, and never for what the delegate made or changed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from schedules.ids import PersonId, UnitId
from schedules.times import local_day
from schedules.unit import Units
from server.account_records import Delegation
from server.errors import NotAllowed, NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.inputs import require_short
from server.services.new_ids import new_id
from server.services.rights import ANY_ROLE, may, may_release, require
from server.services.schedule import CIVIL_TIME
from server.services.trail import note
from server.values import Person, Role

LONGEST = timedelta(days=90)
"""A leave, a course, an illness; who stays away longer is replaced."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A delegation as people see it."""

    delegation: Delegation
    giver: str
    delegate: str
    holds: bool
    may_end: bool


def give(
    store: Store,
    clock: Clock,
    by: Person,
    *,
    unit: UnitId,
    to: PersonId,
    first_day: date,
    last_day: date,
    document: str,
) -> Delegation:
    """Hand approval in a unit and below to somebody for some days.

    Raises:
        NotAllowed: `rights.missing` unless `by` is an approver there.
        Unacceptable: `delegation.to` (field `to`) for oneself, a closed or contracted account, or no role there;
            `delegation.days`, `delegation.too_long` (`last_day`); `delegation.no_document` (`document`).
    """
    now = clock.now()
    with store.writing() as uow:
        units = uow.places.units()
        require(units, by, unit, Role.APPROVER)
        known = uow.people.get(to)
        if known is None or known.id == by.id or known.ends is not None or not may(units, known, unit, *ANY_ROLE):
            raise Unacceptable("delegation.to", "to")
        if last_day < first_day or last_day < local_day(now, CIVIL_TIME):
            raise Unacceptable("delegation.days", "last_day")
        if last_day - first_day >= LONGEST:
            raise Unacceptable("delegation.too_long", "last_day", most=LONGEST.days)
        if not document.strip():
            raise Unacceptable("delegation.no_document", "document")
        require_short(document, "document")
        made = Delegation(
            id=new_id(now),
            unit=unit,
            by=by.id,
            to=to,
            first_day=first_day,
            last_day=last_day,
            document=document.strip(),
            given_at=now,
        )
        uow.delegations.put(made)
        days = {"first_day": first_day, "last_day": last_day, "document": made.document}
        note(uow, now, by, "delegation.given", subject=made.id, unit=unit, to=to, **days)
        uow.commit()
    return made


def end(store: Store, clock: Clock, by: Person, delegation: str) -> None:
    """Take it back: who gave it, or an administrator of the unit.

    Raises:
        NotFound: `delegation.unknown`.
        NotAllowed: `rights.missing`.
    """
    now = clock.now()
    with store.writing() as uow:
        known = uow.delegations.get(delegation)
        if known is None:
            raise NotFound("delegation.unknown")
        if known.by != by.id:
            require(uow.places.units(), by, known.unit, Role.ADMINISTRATOR)
        if known.ended_at is None:
            uow.delegations.put(replace(known, ended_at=now))
            note(uow, now, by, "delegation.ended", subject=delegation, unit=known.unit)
            uow.commit()


def shown(store: Store, clock: Clock, by: Person, unit: UnitId) -> tuple[Shown, ...]:
    """Give a unit's delegations, the newest first, to its approvers, administrators and inspectors.

    Its officers see them too: they need to know who approves today.

    Raises:
        NotAllowed: `rights.missing`.
    """
    now = clock.now()
    with store.reading() as uow:
        units = uow.places.units()
        require(units, by, unit, Role.APPROVER, Role.ADMINISTRATOR, Role.INSPECTOR, Role.OFFICER)
        administers, today = may(units, by, unit, Role.ADMINISTRATOR), local_day(now, CIVIL_TIME)
        return tuple(
            Shown(
                delegation=each,
                giver=_name(uow, each.by),
                delegate=_name(uow, each.to),
                holds=_holds(uow, units, each, now),
                may_end=each.ended_at is None and each.last_day >= today and (each.by == by.id or administers),
            )
            for each in uow.delegations.of_unit(unit)
        )


def delegates(store: Store, by: Person, unit: UnitId) -> tuple[Person, ...]:
    """Give to whom an approver may hand approval in a unit: the people of it and of those above, by name."""
    with store.reading() as uow:
        units = uow.places.units()
        near = [each for area in units.above(unit) for each in uow.people.of_unit(area)]
        fit = (each for each in near if each.id != by.id and each.ends is None and may(units, each, unit, *ANY_ROLE))
        return tuple(sorted(fit, key=lambda each: each.name))


def handed_to(uow: UnitOfWork, person: Person, now: datetime) -> tuple[Delegation, ...]:
    """Give what a person may use today: in its days, not taken back, by somebody who approves there still."""
    units = uow.places.units()
    return tuple(each for each in uow.delegations.to(person.id) if _holds(uow, units, each, now))


def areas_of(handed: Collection[Delegation]) -> frozenset[UnitId]:
    """Give the units of some delegations."""
    return frozenset(each.unit for each in handed)


def approves_for(uow: UnitOfWork, person: Person, unit: UnitId, at: datetime) -> bool:
    """Tell whether somebody approves for a unit at an instant: of their own right, or by what was handed to them."""
    return may_release(uow.places.units(), person, unit, areas_of(handed_to(uow, person, at)))


def require_release(uow: UnitOfWork, person: Person, places: Sequence[Sequence[UnitId]], now: datetime) -> str:
    """Refuse who may not release for one of each group of units; give by which delegation, empty for one's own right.

    Raises:
        NotAllowed: `rights.missing`, for the first group that is out of reach.
    """
    units = uow.places.units()
    handed = ((each.id, frozenset({each.unit})) for each in handed_to(uow, person, now))
    for by, areas in (("", frozenset[UnitId]()), *handed):
        if all(any(may_release(units, person, unit, areas) for unit in group) for group in places):
            return by
    beyond = next(group for group in places if not any(may(units, person, unit, Role.APPROVER) for unit in group))
    known = units.by_id.get(beyond[0])
    raise NotAllowed("rights.missing", unit=known.name if known else beyond[0], roles=(Role.APPROVER,))


def _holds(uow: UnitOfWork, units: Units, delegation: Delegation, now: datetime) -> bool:
    if not delegation.holds_on(local_day(now, CIVIL_TIME)):
        return False
    giver = uow.people.get(delegation.by)
    return giver is not None and giver.serves(now) and may(units, giver, delegation.unit, Role.APPROVER)


def _name(uow: UnitOfWork, person: PersonId) -> str:
    known = uow.people.get(person)
    return known.name if known is not None else ""
