"""Approval by a second person: what waits, exactly what it is, and the release of just that.

What the approver saw is named by its records and their zones; anything else is refused. Planning follows by itself.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from schedules.approval import Approval, Record, Subject, record_of_programme, record_of_template, require_other_person
from schedules.ids import PersonId, ProgrammeId, SlotId, TemplateId
from schedules.programme import Action, State, state_after
from schedules.unit import Zone
from server.errors import Stale, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.changes import known, known_template
from server.services.delegations import require_release
from server.services.inputs import as_input
from server.services.obstacles import machine_voice
from server.services.schedule import (
    places_not_released,
    released_for,
    schedule_of,
    schedule_of_programme,
    zones_concerned,
    zones_of_template,
)
from server.services.trail import note
from server.services.waiting import (
    Queue,
    SlotToApprove,
    TemplateToApprove,
    ToApprove,
    fixed_programmes,
    how_many,
    queue,
    seen_as,
    to_approve,
    waiting_slots,
)
from server.values import ApprovalWay, Person, StoredApproval, StoredProgramme, StoredTemplate

__all__ = [
    "Queue",
    "SlotToApprove",
    "TemplateToApprove",
    "ToApprove",
    "approve",
    "approve_template",
    "how_many",
    "queue",
    "release",
    "release_template",
    "to_approve",
]


def approve(
    store: Store, clock: Clock, person: Person, programme: ProgrammeId, *, seen: Collection[str]
) -> StoredProgramme:
    """Release a programme in all of its slots that wait, and for places filled by rule, exactly as the approver saw it.

    Args:
        store: written to, with one audit line and the zones wanted.
        clock: dates the approval.
        person: an approver of the programme's owner and of every zone, none of those who made or changed it.
        programme: a submitted one, or an approved one whose target has grown.
        seen: what the page showed, `ToApprove.seen`.

    Raises:
        NotAllowed: `rights.missing`.
        Unacceptable: `approval.own_work`; `programme.not_now`; `programme.expired`;
            `programme.machine_voice`; `approval.nothing_waits`.
        Stale: `approval.stale`: what waits is no longer what was seen.
    """
    now = clock.now()
    with store.writing() as uow:
        released = release(uow, now, person, programme, seen=seen)
        uow.commit()
    return released


def release(
    uow: UnitOfWork,
    now: datetime,
    person: Person,
    programme: ProgrammeId,
    *,
    seen: Collection[str],
    way: ApprovalWay = ApprovalWay.DESK,
    entered_by: Person | None = None,
) -> StoredProgramme:
    """Do what `approve` does within a transaction, whichever way the approver came.

    `entered_by` is who says so of what was approved outside the system.

    Raises:
        NotAllowed, Unacceptable, Stale: as `approve`.
    """
    schedule = schedule_of_programme(uow, programme)
    stored = known(uow, programme)
    content = stored.programme
    require_release(uow, person, [[content.owner]], now)
    with as_input({}):
        state = content.state if content.state is State.APPROVED else state_after(content.state, Action.APPROVE)
    if content.valid_until is not None and content.valid_until <= now:
        raise Unacceptable("programme.expired", valid_until=content.valid_until)
    waiting: list[tuple[Subject, Record, tuple[Zone, ...]]] = [
        (slot.id, record, zones) for slot, record, zones in waiting_slots(schedule, content)
    ]
    slots = [slot.id for slot, _, _ in waiting_slots(schedule, content)]
    places = places_not_released(schedule, content)
    if places:
        waiting.append((content.id, record_of_programme(content), places))
    if not waiting:
        raise Unacceptable("approval.nothing_waits")
    _require_second_person(uow, person, stored.changed_by, slots)
    _require_voices(uow, stored)
    if {seen_as(record.hash, zones) for _, record, zones in waiting} != set(seen):
        raise Stale("approval.stale", title=content.title)
    stations = [(zone.station, *(move.station for move in zone.moves)) for _, _, zones in waiting for zone in zones]
    delegation = require_release(uow, person, [[content.owner], *stations], now)
    for subject, record, zones in waiting:
        approval = Approval(record.hash, frozenset(zone.id for zone in zones), person.id, now)
        uow.programmes.add_approval(
            StoredApproval(
                subject=subject,
                approval=approval,
                canonical=record.canonical,
                way=way,
                texts=dict(stored.texts),
                delegation=delegation,
            )
        )
    released = replace(stored, programme=replace(content, state=state), note="", changed_at=now)
    uow.programmes.put(released, expected_version=content.version)
    uow.issue.want(zones_concerned(uow, programme))
    note(
        uow,
        now,
        entered_by or person,
        "programme.approved",
        subject=programme,
        unit=content.owner,
        records=sorted({record.hash for _, record, _ in waiting}),
        zones=sorted({zone.id for _, _, zones in waiting for zone in zones}),
        way=way.value,
        approver=person.id,
        delegation=delegation,
    )
    return released


def approve_template(store: Store, clock: Clock, person: Person, template: TemplateId, *, seen: str) -> StoredTemplate:
    """Release a session template, its fixed programmes, relays and repeats, for every zone of its station.

    Raises:
        NotAllowed: `rights.missing`.
        NotFound: `template.unknown`.
        Unacceptable: `approval.own_work`; `approval.programme_missing`; `programme.machine_voice`;
            `approval.nothing_waits`.
        Stale: `approval.stale`.
    """
    now = clock.now()
    with store.writing() as uow:
        released = release_template(uow, now, person, template, seen=seen)
        uow.commit()
    return released


def release_template(
    uow: UnitOfWork,
    now: datetime,
    person: Person,
    template: TemplateId,
    *,
    seen: str,
    way: ApprovalWay = ApprovalWay.DESK,
    entered_by: Person | None = None,
) -> StoredTemplate:
    """Do what `approve_template` does within a transaction, whichever way the approver came.

    `entered_by` is who says so of what was approved outside the system.

    Raises:
        NotAllowed, NotFound, Unacceptable, Stale: as `approve_template`.
    """
    schedule = schedule_of(uow)
    stored = known_template(uow, template)
    content = stored.template
    delegation = require_release(uow, person, [[content.station]], now)
    with as_input({}):
        present = record_of_template(content, schedule.programmes)
    meant, released = zones_of_template(schedule, content), released_for(schedule, content)
    waiting = tuple(zone for zone in meant if zone.id not in released)
    if waiting and seen_as(present.hash, waiting) != seen:
        raise Stale("approval.stale", title=content.name)
    fixed = [known(uow, each.id) for each in fixed_programmes(schedule, content)]
    makers = frozenset().union(stored.changed_by, *(each.changed_by for each in fixed))
    _require_second_person(uow, person, makers, [])
    for each in fixed:
        _require_voices(uow, each)
    if not waiting or stored.note:
        raise Unacceptable("approval.nothing_waits")
    zones = {zone.id for zone in meant}
    approval = Approval(present.hash, frozenset(zones), person.id, now)
    uow.programmes.add_approval(
        StoredApproval(subject=template, approval=approval, canonical=present.canonical, way=way, delegation=delegation)
    )
    uow.issue.want(zones)
    note(
        uow,
        now,
        entered_by or person,
        "template.approved",
        subject=template,
        unit=content.station,
        record=present.hash,
        way=way.value,
        approver=person.id,
        delegation=delegation,
    )
    return stored


def _require_second_person(
    uow: UnitOfWork, person: Person, makers: frozenset[PersonId], slots: Collection[SlotId]
) -> None:
    stored = [uow.programmes.slot(slot) for slot in slots]
    booked = frozenset().union(*(each.changed_by for each in stored if each is not None))
    with as_input({}):
        require_other_person(person.id, makers | booked)


def _require_voices(uow: UnitOfWork, stored: StoredProgramme) -> None:
    """Refuse a machine voice nobody allowed: fixed programmes of a session are never submitted by themselves."""
    found = machine_voice(uow, stored)
    if found:
        raise Unacceptable("programme.machine_voice", "", title=stored.programme.title, **dict(found[0].values))
