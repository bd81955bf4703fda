"""Merging and splitting units: shown before it is done, decided by two for a day to come, carried out on that day.

The facts are stored at once, with their day: planning crosses it. On the day zones and people move. What was planned,
approved and heard before stays under the old unit.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256

from schedules.ids import SuccessionId, UnitId, ZoneId
from schedules.schedule import Schedule
from schedules.succession import Part, Succession, merge, split
from schedules.succession_effect import Effect, effect
from schedules.times import local_day
from schedules.unit import Unit
from server.errors import Stale, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.inputs import as_input, one_line, require_short
from server.services.new_ids import new_id
from server.services.rights import require
from server.services.schedule import CIVIL_TIME, schedule_of
from server.services.trail import note
from server.values import Merge, Person, Proposal, Role, Split, StoredSuccession, StoredTemplate

_CODE = re.compile(r"[0-9A-Za-z.-]{1,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What a merge or split would do.

    Attributes:
        names: of every unit, those it would make included.
        titles: of the programmes in the slots that change.
        people: who moves, with the unit they move to.
        seen: stands for exactly this; what is decided must be what was shown.
    """

    succession: Succession
    effect: Effect
    names: Mapping[UnitId, str]
    titles: Mapping[str, str]
    people: tuple[tuple[Person, UnitId], ...]
    seen: str


def foresee(store: Store, clock: Clock, person: Person, wish: Merge | Split) -> Foreseen:
    """Say what a merge or split would do; nothing is changed.

    Raises:
        NotAllowed: `rights.missing` unless the person administers the unit above.
        Unacceptable: `succession.*` and `unit.*`, with the field where there is one.
    """
    with store.reading() as uow:
        schedule = schedule_of(uow)
        made = _made(schedule, person, wish, clock.now())
        changed = effect(schedule, made)
        return Foreseen(
            succession=made,
            effect=changed,
            names={unit.id: unit.name for unit in (*schedule.units.by_id.values(), *made.units)},
            seen=_seen_as(made),
            titles={each.slot.id: schedule.programmes[each.slot.programme].title for each in changed.slots},
            people=tuple((each, heirs[0]) for unit, heirs in made.ends.items() for each in uow.people.of_unit(unit)),
        )


def decide(uow: UnitOfWork, person: Person, asked: Proposal, wish: Merge | Split, now: datetime, *, seen: str) -> None:
    """Store a merge or split with its day, whole or not at all; zones concerned are planned anew at once.

    Two people stand behind it (`succession_proposals`): who asked for it, and this one.

    Raises:
        NotAllowed, Unacceptable: as for `foresee`.
        Stale: `succession.stale` when it would change something else than was shown.
    """
    schedule = schedule_of(uow)
    made = require_seen(schedule, person, wish, now, seen=seen)
    uow.places.put_units(made.units)
    for zone in made.zones:
        uow.places.put_zone(zone)
    for regulation in made.regulations:
        uow.places.put_regulation(regulation)
    for template in made.templates:
        drawn_up = StoredTemplate(template=template, changed_by=frozenset({asked.asked_by, person.id}), changed_at=now)
        uow.programmes.put_template(drawn_up, expected_version=0)
    _keep_voices(uow, made)
    decided = StoredSuccession(
        id=SuccessionId(new_id(now)),
        on=made.on,
        basis=wish.basis.strip(),
        ends=made.ends,
        decided_by=person.id,
        decided_at=now,
    )
    uow.places.put_succession(decided)
    _plan_anew(uow, (zone.id for zone in made.zones))
    for unit, successors in made.ends.items():
        note(
            uow,
            now,
            person,
            "unit.succession_decided",
            subject=unit,
            unit=schedule.units.by_id[unit].parent,
            on=made.on.isoformat(),
            basis=decided.basis,
            successors=list(successors),
            proposal=asked.id,
        )


def require_seen(schedule: Schedule, person: Person, wish: Merge | Split, now: datetime, *, seen: str) -> Succession:
    """Give what a merge or split changes, and refuse it unless it is what was shown.

    Raises:
        NotAllowed, Unacceptable: as for `foresee`.
        Stale: `succession.stale`.
    """
    made = _made(schedule, person, wish, now)
    if _seen_as(made) != seen:
        raise Stale("succession.stale")
    return made


def carry_out_due(store: Store, clock: Clock) -> int:
    """Move the zones and people of every merge and split whose day has come, once.

    Returns:
        How many were carried out.
    """
    now = clock.now()
    today = local_day(now, CIVIL_TIME)
    with store.reading() as uow:
        if not _due(uow, today):
            return 0
    with store.writing() as uow:
        due = _due(uow, today)
        moved = [(zone, zone.moved(today)) for zone in uow.places.zones() if zone.moves]
        for before, after in moved:
            if after != before:
                uow.places.put_zone(after)
        _plan_anew(uow, (after.id for before, after in moved if after != before))
        for succession in due:
            for unit, heirs in succession.ends.items():
                for each in uow.people.of_unit(unit):
                    uow.people.put(replace(each, unit=heirs[0]))
                    note(uow, now, None, "person.moved", subject=each.id, unit=heirs[0], before=unit, after=heirs[0])
            uow.places.put_succession(replace(succession, carried_out_at=now))
            note(uow, now, None, "unit.succession_carried_out", subject=succession.id, unit=None)
        uow.commit()
    return len(due)


def decided_below(store: Store, person: Person, unit: UnitId) -> tuple[StoredSuccession, ...]:
    """Give the merges and splits of units right below a unit, the latest first, to its administrator.

    Raises:
        NotAllowed: `rights.missing`.
    """
    with store.reading() as uow:
        units = uow.places.units()
        require(units, person, unit, Role.ADMINISTRATOR)
        own = [
            each
            for each in uow.places.successions()
            if any(unit in units.above(ended) for ended in each.ends if ended in units.by_id)
        ]
    return tuple(sorted(own, key=lambda each: (each.on, each.id), reverse=True))


def _made(schedule: Schedule, person: Person, wish: Merge | Split, now: datetime) -> Succession:
    for unit in wish.of:
        known = schedule.units.by_id.get(unit)
        if known is None or known.parent is None:
            raise Unacceptable("succession.ended", "of", unit=unit, day=wish.on)
        require(schedule.units, person, known.parent, Role.ADMINISTRATOR)
    if wish.on <= local_day(now, CIVIL_TIME):
        raise Unacceptable("succession.day_past", "on", day=wish.on)
    if not wish.basis.strip():
        raise Unacceptable("succession.no_basis", "basis")
    require_short(wish.basis, "basis")
    if not wish.of:
        raise Unacceptable("succession.too_few", "of")
    pattern = schedule.units.by_id[wish.of[0]]
    with as_input({"succession.too_few": "of", "succession.ended": "of", "succession.unlike": "of"}):
        if isinstance(wish, Split):
            parts = [
                Part(_new(part.name, part.code, pattern, wish.on), part.hamlets, part.zones) for part in wish.parts
            ]
            return split(schedule, unit=wish.unit, parts=parts, on=wish.on)
        into = None if wish.into is None else schedule.units.by_id.get(wish.into)
        return merge(schedule, into=into or _new(wish.name, wish.code, pattern, wish.on), of=wish.of, on=wish.on)


def _new(name: str, code: str, pattern: Unit, on: date) -> Unit:
    """Make a new unit beside an old one; its id is the one the official list would give it."""
    name, code = one_line(name), code.strip()
    if not name or not code:
        raise Unacceptable("succession.no_name", "name")
    require_short(name, "name")
    if not _CODE.fullmatch(code):  # it names the unit in addresses and topics
        raise Unacceptable("succession.code", "code")
    return replace(
        pattern, id=UnitId(f"{code}@{on}"), code=code, name=name, valid_from=on, valid_to=None, successors=()
    )


def _seen_as(made: Succession) -> str:
    """Give what stands for the facts of a succession: the same facts give the same in every process."""
    facts = (
        made.on,
        sorted(made.ends.items()),
        [(unit.id, unit.name, unit.code, unit.parent) for unit in made.units],
        [(zone.id, zone.moves) for zone in made.zones],
        [(each.station, each.number, each.valid_from) for each in made.regulations],
        [(template.id, template.valid_from, len(template.places)) for template in made.templates],
    )
    return sha256(repr(facts).encode()).hexdigest()


def _due(uow: UnitOfWork, today: date) -> list[StoredSuccession]:
    return [each for each in uow.places.successions() if each.carried_out_at is None and each.on <= today]


def _keep_voices(uow: UnitOfWork, made: Succession) -> None:
    """Where a unit's programmes may be spoken by the machine, so may those of the units that follow it."""
    allowed = uow.places.machine_voice_units()
    for unit, successors in made.ends.items():
        if unit in allowed:
            for successor in successors:
                uow.places.allow_machine_voice(successor, allowed=True)


def _plan_anew(uow: UnitOfWork, zones: Iterable[ZoneId]) -> None:
    wanted = set(zones)
    uow.issue.want(wanted)
    uow.issue.want_assignment(each.id for each in uow.places.loudspeakers() if each.zone in wanted)
