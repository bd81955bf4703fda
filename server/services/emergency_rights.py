"""The right to issue emergencies: who gives it, who has it where, and who is told when somebody breaks the glass.

It must not issue anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from schedules.break_glass import Use
from schedules.emergency_right import EmergencyRight, may_issue, needs_two_people
from schedules.ids import EmergencyId, PersonId, UnitId
from schedules.times import next_millisecond
from schedules.unit import UnitLevel, Units
from server.emergency_records import Act, StoredEmergency, Watch, Way
from server.errors import NotAllowed, NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.rights import may, require
from server.services.trail import note
from server.values import Person, Role

TOLD_AT_ONCE = 2
"""People beside the one who breaks the glass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A right as the administrator sees it.

    Attributes:
        holds: it is in force now.
        lapsed_by: the use nobody reviewed in time, by which it lapsed.
    """

    right: EmergencyRight
    person: Person
    holds: bool
    lapsed_by: Use | None


def give(store: Store, clock: Clock, by: Person, *, person: PersonId, unit: UnitId) -> EmergencyRight:
    """Give a person the right for a unit and all below it; one that had lapsed begins anew.

    Raises:
        NotAllowed: `rights.missing` unless `by` administers the unit; `emergency_right.own` for oneself.
        NotFound: `person.unknown`.
        Unacceptable: `emergency_right.held` (field `person`) when the person has it already.
    """
    now = next_millisecond(clock.now())
    if person == by.id:
        raise NotAllowed("emergency_right.own")
    with store.writing() as uow:
        require(uow.places.units(), by, unit, Role.ADMINISTRATOR)
        if uow.people.get(person) is None:
            raise NotFound("person.unknown")
        require_not_held(uow, person, unit, now)
        right = EmergencyRight(person=person, unit=unit, given_by=by.id, since=now)
        put_right(uow, right)
        note(uow, now, by, "emergency_right.given", subject=person, unit=unit)
        uow.commit()
    return right


def require_not_held(uow: UnitOfWork, person: PersonId, unit: UnitId, now: datetime) -> None:
    """Refuse to give what somebody has.

    Raises:
        Unacceptable: `emergency_right.held` (field `person`).
    """
    uses = uses_of(uow)
    if any(each.holds(uses, now) for each in _of(uow, person, unit, now)):
        raise Unacceptable("emergency_right.held", "person")


def put_right(uow: UnitOfWork, right: EmergencyRight) -> None:
    """Put a right in place of the one for the same unit that the person has or had."""
    for known in _of(uow, right.person, right.unit, right.since):
        uow.emergencies.put_right(replace(known, until=right.since))
    uow.emergencies.put_right(right)


def end_all(uow: UnitOfWork, person: PersonId, now: datetime) -> None:
    """Take back every right of a person whose account is closed."""
    for each in uow.emergencies.rights():
        if each.person == person and (each.until is None or now < each.until):
            uow.emergencies.put_right(replace(each, until=now))


def end(store: Store, clock: Clock, by: Person, *, person: PersonId, unit: UnitId) -> None:
    """Take the right back.

    Raises:
        NotAllowed: `rights.missing` unless `by` administers the unit.
        NotFound: `emergency_right.none`.
    """
    now = next_millisecond(clock.now())
    with store.writing() as uow:
        require(uow.places.units(), by, unit, Role.ADMINISTRATOR)
        own = _of(uow, person, unit, now)
        if not own:
            raise NotFound("emergency_right.none")
        for known in own:
            uow.emergencies.put_right(replace(known, until=now))
        note(uow, now, by, "emergency_right.ended", subject=person, unit=unit)
        uow.commit()


def watch(store: Store, clock: Clock, by: Person, *, unit: UnitId, people: Iterable[PersonId]) -> Watch:
    """Name who is told at once, in this order, when somebody of a unit breaks the glass.

    Raises:
        NotAllowed: `rights.missing` unless `by` administers the unit.
        Unacceptable: `break_glass.too_few_told` (field `people`) for fewer than two known people.
    """
    now = clock.now()
    with store.writing() as uow:
        require(uow.places.units(), by, unit, Role.ADMINISTRATOR)
        named = tuple(each for each in dict.fromkeys(people) if uow.people.get(each) is not None)
        if len(named) < TOLD_AT_ONCE:
            raise Unacceptable("break_glass.too_few_told", "people", least=TOLD_AT_ONCE)
        kept = Watch(unit=unit, people=named)
        uow.emergencies.put_watch(kept)
        note(uow, now, by, "break_glass.watch_set", subject=unit, unit=unit, people=list(named))
        uow.commit()
    return kept


def holders(store: Store, clock: Clock, by: Person, unit: UnitId) -> tuple[Holder, ...]:
    """Give the rights that reach a unit, to whoever administers it; ended ones are not among them."""
    now = clock.now()
    with store.reading() as uow:
        units = uow.places.units()
        require(units, by, unit, Role.ADMINISTRATOR)
        uses = uses_of(uow)
        found = []
        for right in uow.emergencies.rights():
            person = uow.people.get(right.person)
            if person is not None and units.within(unit, right.unit) and (right.until is None or now < right.until):
                lapsed_by = right.lapsed_by(uses, now)
                found.append(Holder(right=right, person=person, holds=right.holds(uses, now), lapsed_by=lapsed_by))
    return tuple(sorted(found, key=lambda each: (each.person.name, each.right.since)))


def holds_any(uow: UnitOfWork, person: Person, now: datetime) -> bool:
    """Tell whether a person may issue anywhere now."""
    own = [each for each in uow.emergencies.rights() if each.person == person.id]
    return bool(own) and any(each.holds(uses_of(uow), now) for each in own)


def holds_right(uow: UnitOfWork, person: Person, areas: Iterable[UnitId], now: datetime) -> bool:
    """Tell whether a person may issue for all of some units now."""
    units = uow.places.units()
    known = tuple(areas)
    if not person.active or any(area not in units.by_id for area in known):
        return False
    return may_issue(uow.emergencies.rights(), person.id, known, units=units, uses=uses_of(uow), now=now)


def require_right(uow: UnitOfWork, person: Person, areas: Iterable[UnitId], now: datetime) -> None:
    """Refuse a person who may not issue for all of some units.

    Raises:
        NotAllowed: `emergency.no_right`, with the names of the units.
    """
    known = tuple(areas)
    if not holds_right(uow, person, known, now):
        raise NotAllowed("emergency.no_right", units=names_of(uow.places.units(), known))


def may_confirm(uow: UnitOfWork, person: Person, areas: Iterable[UnitId], now: datetime) -> bool:
    """Tell whether somebody may be the second person: who may issue there, or inside one commune an approver."""
    known = tuple(areas)
    units = uow.places.units()
    if holds_right(uow, person, known, now):
        return True
    return not needs_two_people(known, units) and all(may(units, person, area, Role.APPROVER) for area in known)


def uses_of(uow: UnitOfWork) -> tuple[Use, ...]:
    """Give every use of break-glass there was, with what became of it."""
    ended: dict[EmergencyId, datetime] = {}
    reviewed: dict[EmergencyId, datetime] = {}
    broken = uow.emergencies.issued(way=Way.BREAK_GLASS)
    for act in uow.emergencies.acts(each.emergency.id for each in broken):
        (ended if act.act is Act.CANCELLED else reviewed).setdefault(act.emergency, act.at)
    return tuple(_use(each, ended.get(each.emergency.id), reviewed.get(each.emergency.id)) for each in broken)


def commune_of(units: Units, unit: UnitId) -> UnitId | None:
    """Give the commune a unit is or lies in; None above communes."""
    return next((each for each in units.above(unit) if units.by_id[each].level is UnitLevel.COMMUNE), None)


def names_of(units: Units, areas: Iterable[UnitId]) -> tuple[str, ...]:
    """Give the names of some units; the id of one that is not known."""
    return tuple(units.by_id[area].name if area in units.by_id else str(area) for area in areas)


def _of(uow: UnitOfWork, person: PersonId, unit: UnitId, now: datetime) -> list[EmergencyRight]:
    return [
        right
        for right in uow.emergencies.rights()
        if (right.person, right.unit) == (person, unit) and (right.until is None or now < right.until)
    ]


def _use(stored: StoredEmergency, ended: datetime | None, reviewed: datetime | None) -> Use:
    emergency = stored.emergency
    return Use(
        emergency=emergency.id,
        station=emergency.sender,
        person=emergency.issued_by,
        at=emergency.sent,
        until=emergency.expires if ended is None else min(ended, emergency.expires),
        sound_s=emergency.lasts_s * emergency.times,
        reviewed_at=reviewed,
    )
