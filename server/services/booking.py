"""Giving a programme its times: in places of sessions, or at exact seconds; changing and taking them away.

A wish is what a form holds; it becomes a slot only where the rules and the person's rights allow it. What it would
sound like before it is stored is `preview`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from schedules.ids import ProgrammeId, SlotId
from schedules.programme import Action, Programme, State, state_after
from schedules.schedule import Schedule
from schedules.series import excepted, without_day
from schedules.slot import Slot, SlotException
from schedules.unit import zones_meant
from server.errors import NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.changes import known
from server.services.edits import ALL, Part, edited, time_zone_of
from server.services.inputs import as_input
from server.services.new_ids import new_id
from server.services.obstacles import timing_obstacles
from server.services.rights import WRITERS, require
from server.services.schedule import released_as_it_is, schedule_of, schedule_of_programme, unapproved_zones
from server.services.slot_facts import slot_facts
from server.services.trail import note, require_newest
from server.services.wishes import Wish, WishAtTime, WishInPlaces, slot_of
from server.values import Person, StoredProgramme, StoredSlot

__all__ = [
    "Wish",
    "WishAtTime",
    "WishInPlaces",
    "book",
    "book_together",
    "cancel_occurrence",
    "change",
    "leave_out",
    "remove",
    "slot_to_edit",
]


def book(store: Store, clock: Clock, person: Person, programme: ProgrammeId, *, wish: Wish) -> StoredSlot:
    """Give a programme a slot; an approved one goes to the approvers again, what was approved goes on playing.

    Raises:
        NotAllowed: `rights.missing` for the programme's owner or any unit the wish names.
        Unacceptable: `target.*` and `slot.*` with their field; `programme.obstacles` when it is submitted or approved
            and the new time does not fit; `programme.not_now` for a withdrawn one.
    """
    (booked,) = book_together(store, clock, person, [(programme, wish)])
    return booked


def book_together(
    store: Store, clock: Clock, person: Person, wishes: Sequence[tuple[ProgrammeId, Wish]]
) -> tuple[StoredSlot, ...]:
    """Give programmes their slots, all of them or none; each has to fit beside those before it.

    Raises:
        NotAllowed, Unacceptable: as for `book`.
    """
    now = clock.now()
    made: list[Slot] = []
    with store.reading() as uow:
        schedule = schedule_of(uow)
        for programme, wish in wishes:
            stored = _bookable(uow, person, programme)
            slot = slot_of(schedule, person, stored.programme, wish, slot=SlotId(new_id(now)), now=now)
            _require_fits(schedule, stored.programme, [slot], now=now)
            schedule = replace(schedule, slots=(*schedule.slots, slot))
            made.append(slot)
    booked = tuple(StoredSlot(slot=slot, changed_by=frozenset({person.id}), changed_at=now) for slot in made)
    with store.writing() as uow:
        for each in booked:
            slot = each.slot
            stored = _bookable(uow, person, slot.programme)
            uow.programmes.put_slot(each, expected_version=0)
            _settle(uow, stored, now, [slot])
            owner = stored.programme.owner
            note(
                uow,
                now,
                person,
                "slot.booked",
                subject=slot.id,
                unit=owner,
                programme=slot.programme,
                slot=slot_facts(slot),
            )
        uow.commit()
    return booked


def change(
    store: Store, clock: Clock, person: Person, slot: SlotId, *, wish: Wish, version: int, part: Part = ALL
) -> StoredSlot:
    """Give a slot, or a part of its series, other times or another target; exceptions stay with their days.

    Of one occurrence only the day and the hour are changed. From a day on another slot goes on in this one's place:
    that one is given.

    Raises:
        Stale: `edit.stale`.
        NotAllowed, Unacceptable: as for `book`; `slot.only_exact`, `slot.no_such_occurrence`, `series.nothing_after`,
            `slot.day_past` for a part.
    """
    now = clock.now()
    with store.reading() as uow:
        stored, before = _changeable(uow, person, slot, version)
        schedule = schedule_of(uow)
        after = edited(
            schedule,
            person,
            stored.programme,
            wish,
            before=before.slot,
            part=part,
            new=SlotId(new_id(now)),
            now=now,
        )
        _require_fits(schedule, stored.programme, after, now=now)
    return _put(store, now, person, slot, version=version, after=after, action="slot.changed")


def cancel_occurrence(
    store: Store, clock: Clock, person: Person, slot: SlotId, *, version: int, original_start: datetime
) -> StoredSlot:
    """Leave one occurrence of an exact-second series out; what was approved stays approved.

    Raises:
        Unacceptable: `slot.only_exact`, `slot.no_such_occurrence`.
        Stale: `edit.stale`.
    """
    now = clock.now()
    with store.reading() as uow:
        _, before = _changeable(uow, person, slot, version)
        zone = time_zone_of(schedule_of(uow), before.slot, now)
        with as_input({}):
            after = excepted(before.slot, SlotException(original_start), zone)
    return _put(store, now, person, slot, version=version, after=[after], action="slot.occurrence_cancelled")


def leave_out(store: Store, clock: Clock, person: Person, slot: SlotId, *, version: int, day: date) -> StoredSlot:
    """Leave one day of a slot in places out; what was approved stays approved.

    Raises:
        Unacceptable: `slot.only_places`, `slot.no_such_occurrence`.
        Stale: `edit.stale`.
    """
    with store.reading() as uow:
        _, before = _changeable(uow, person, slot, version)
        with as_input({}):
            after = without_day(before.slot, day)
    return _put(store, clock.now(), person, slot, version=version, after=[after], action="slot.occurrence_cancelled")


def remove(store: Store, clock: Clock, person: Person, slot: SlotId, *, version: int) -> None:
    """Take a slot away; where it sounds it stops.

    Raises:
        Stale: `edit.stale`.
    """
    now = clock.now()
    with store.writing() as uow:
        stored, before = _changeable(uow, person, slot, version)
        removed = replace(
            before,
            slot=replace(before.slot, version=before.slot.version + 1),
            changed_by=before.changed_by | {person.id},
            changed_at=now,
            removed_at=now,
        )
        uow.programmes.put_slot(removed, expected_version=before.slot.version)
        _want(uow, before.slot)
        _settle(uow, stored, now, [])
        owner = stored.programme.owner
        note(uow, now, person, "slot.removed", subject=slot, unit=owner, programme=stored.programme.id)
        uow.commit()


def _require_fits(schedule: Schedule, programme: Programme, slots: Sequence[Slot], *, now: datetime) -> None:
    """What waits for approval, or has it, may only get times that could be submitted."""
    if programme.state not in (State.SUBMITTED, State.APPROVED):
        return
    given = {slot.id for slot in slots}
    others = [each for each in schedule.slots if each.programme == programme.id and each.id not in given]
    found = timing_obstacles(schedule, programme, [*others, *slots], now=now)
    if found:
        raise Unacceptable("programme.obstacles", obstacles=found)


def _put(
    store: Store, now: datetime, person: Person, slot: SlotId, *, version: int, after: Sequence[Slot], action: str
) -> StoredSlot:
    """Put a slot, and what goes on in its place; gives the last of them."""
    with store.writing() as uow:
        stored, before = _changeable(uow, person, slot, version)
        changed_by = before.changed_by | {person.id}
        puts = [replace(before, slot=each, changed_by=changed_by, changed_at=now) for each in after]
        for put in puts:
            uow.programmes.put_slot(put, expected_version=version if put.slot.id == slot else 0)
        _want(uow, before.slot)
        _settle(uow, stored, now, after)
        owner, shown = stored.programme.owner, [slot_facts(each) for each in after]
        note(uow, now, person, action, subject=slot, unit=owner, before=slot_facts(before.slot), after=shown)
        uow.commit()
    return puts[-1]


def _settle(uow: UnitOfWork, stored: StoredProgramme, now: datetime, slots: Sequence[Slot]) -> None:
    """Raise `wanted`, and send an approved programme to its approvers if one of its slots needs them, or back again.

    Nothing waits any more once everything booked is what they approved: the same record counts again.
    """
    for slot in slots:
        _want(uow, slot)
    programme = stored.programme
    schedule = schedule_of_programme(uow, programme.id)
    if programme.state is State.APPROVED and any(unapproved_zones(schedule, slot) for slot in slots):
        action = Action.SUBMIT
    elif programme.state is State.SUBMITTED and released_as_it_is(schedule, programme):
        action = Action.APPROVE
    else:
        return
    after = replace(programme, state=state_after(programme.state, action))
    uow.programmes.put(replace(stored, programme=after, changed_at=now), expected_version=programme.version)


def _want(uow: UnitOfWork, slot: Slot) -> None:
    places = uow.places
    uow.issue.want(zone.id for zone in zones_meant(slot.target, places.zones(), places.units(), places.groups()))


def _bookable(uow: UnitOfWork, person: Person, programme: ProgrammeId) -> StoredProgramme:
    stored = known(uow, programme)
    require(uow.places.units(), person, stored.programme.owner, *WRITERS)
    if stored.programme.state is State.WITHDRAWN:
        raise Unacceptable("programme.not_now", state=stored.programme.state, action=Action.EDIT)
    return stored


def _changeable(uow: UnitOfWork, person: Person, slot: SlotId, version: int) -> tuple[StoredProgramme, StoredSlot]:
    before = _slot(uow, slot)
    stored = _bookable(uow, person, before.slot.programme)
    owner = stored.programme.owner
    require_newest(uow, seen=version, stored=before.slot.version, subject=slot, unit=owner)
    return stored, before


def slot_to_edit(uow: UnitOfWork, person: Person, slot: SlotId) -> StoredSlot:
    """Give a slot to somebody who writes for its programme.

    Raises:
        NotFound: `slot.unknown`.
        NotAllowed: `rights.missing`.
        Unacceptable: `programme.not_now` where its programme was withdrawn.
    """
    stored = _slot(uow, slot)
    _bookable(uow, person, stored.slot.programme)
    return stored


def _slot(uow: UnitOfWork, slot: SlotId) -> StoredSlot:
    stored = uow.programmes.slot(slot)
    if stored is None or stored.removed_at is not None:
        raise NotFound("slot.unknown")
    return stored
