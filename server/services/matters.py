"""What an approver is asked about, a programme or a session template: the same questions put to either.

Links and approvals outside the system know no difference between the two; it is made here alone.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from schedules.approval import record_of_programme, record_of_template
from schedules.errors import Refused
from schedules.ids import PersonId, ProgrammeId, TemplateId, UnitId
from schedules.programme import Action, Level, State
from schedules.schedule import Schedule
from schedules.unit import Zone
from server.approving_records import Matter, OutsideApproval
from server.ports import UnitOfWork
from server.services import programmes, template_returns
from server.services.approvals import release, release_template
from server.services.changes import known, known_template, moved
from server.services.schedule import places_not_released, released_for, zones_of_template
from server.services.waiting import (
    TemplateToApprove,
    ToApprove,
    seen_as,
    seen_of,
    template_waiting,
    waiting_for,
    waiting_slots,
)
from server.values import ApprovalWay, Person

_WAITING = (State.SUBMITTED, State.APPROVED)
"""States in which something of a programme may wait for an approver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A matter as it is put before an approver.

    Attributes:
        unit: the programme's owner; the template's station.
        makers: who made or changed anything of it, and may not approve it.
        may_wait: its state lets anything of it wait.
    """

    title: str
    version: int
    unit: UnitId
    makers: frozenset[PersonId]
    may_wait: bool
    emergency: bool = False


def put(uow: UnitOfWork, matter: Matter) -> Put:
    """Give a matter as it is now.

    Raises:
        NotFound: `programme.unknown`, `template.unknown`.
    """
    if matter.is_template:
        drawn = known_template(uow, TemplateId(matter.subject))
        template = drawn.template
        fixed = [uow.programmes.get(each.programme) for each in template.places if each.programme is not None]
        return Put(
            title=template.name,
            version=template.version,
            unit=template.station,
            makers=drawn.changed_by.union(*(each.changed_by for each in fixed if each is not None)),
            may_wait=not drawn.note,
        )
    stored = known(uow, ProgrammeId(matter.subject))
    content = stored.programme
    return Put(
        title=content.title,
        version=content.version,
        unit=content.owner,
        makers=stored.changed_by.union(*(each.changed_by for each in uow.programmes.slots_of(content.id))),
        may_wait=content.state in _WAITING,
        emergency=content.level is Level.EMERGENCY,
    )


def waiting_of(
    uow: UnitOfWork, approver: Person, matter: Matter, now: datetime
) -> ToApprove | TemplateToApprove | None:
    """Give what an approver would see of a matter; None when nothing of it waits. If they may is asked elsewhere."""
    if matter.is_template:
        return template_waiting(uow, approver, known_template(uow, TemplateId(matter.subject)), now)
    waiting = waiting_for(uow, approver, ProgrammeId(matter.subject), now)
    return waiting if waiting.seen and waiting.stored.programme.state in _WAITING else None


def seen_now(schedule: Schedule, matter: Matter) -> frozenset[str]:
    """Give what stands for all that waits of a matter, without looking when it sounds; nothing where nothing waits."""
    if not matter.is_template:
        return seen_of(schedule, schedule.programmes[ProgrammeId(matter.subject)])
    zones = zones_waiting(schedule, matter)
    return frozenset(seen_as(record, zones) for record in records_waiting(schedule, matter))


def zones_waiting(schedule: Schedule, matter: Matter) -> tuple[Zone, ...]:
    """Give the zones for which anything of a matter waits."""
    if matter.is_template:
        template = next(each for each in schedule.templates if each.id == matter.subject)
        released = released_for(schedule, template)
        return tuple(zone for zone in zones_of_template(schedule, template) if zone.id not in released)
    content = schedule.programmes[ProgrammeId(matter.subject)]
    named = [zone for _, _, zones in waiting_slots(schedule, content) for zone in zones]
    return (*named, *places_not_released(schedule, content))


def records_waiting(schedule: Schedule, matter: Matter) -> frozenset[str]:
    """Give the hashes of what waits of a matter."""
    if not zones_waiting(schedule, matter):
        return frozenset()
    if matter.is_template:
        template = next(each for each in schedule.templates if each.id == matter.subject)
        try:
            return frozenset({record_of_template(template, schedule.programmes).hash})
        except Refused:
            return frozenset()
    content = schedule.programmes[ProgrammeId(matter.subject)]
    of_places = {record_of_programme(content).hash} if places_not_released(schedule, content) else set()
    return frozenset({record.hash for _, record, _ in waiting_slots(schedule, content)} | of_places)


def released(
    uow: UnitOfWork,
    now: datetime,
    approver: Person,
    matter: Matter,
    *,
    seen: Collection[str],
    way: ApprovalWay,
    entered_by: Person | None = None,
) -> None:
    """Release what waits of a matter exactly as it was seen.

    Raises:
        NotAllowed, Unacceptable, Stale: as `approvals.approve` and `approvals.approve_template`.
    """
    if matter.is_template:
        (only,) = seen or ("",)
        release_template(uow, now, approver, TemplateId(matter.subject), seen=only, way=way, entered_by=entered_by)
    else:
        release(uow, now, approver, ProgrammeId(matter.subject), seen=seen, way=way, entered_by=entered_by)


def returned(
    uow: UnitOfWork, now: datetime, approver: Person, matter: Matter, *, reason: str, way: ApprovalWay
) -> None:
    """Send a matter back to who made it.

    Raises:
        NotAllowed, Unacceptable: as `programmes.send_back` and `template_returns.send_back`.
    """
    version = put(uow, matter).version
    if matter.is_template:
        template = TemplateId(matter.subject)
        template_returns.returned(uow, now, approver, template, version=version, reason=reason, way=way)
    else:
        programme = ProgrammeId(matter.subject)
        programmes.returned(uow, now, approver, programme, version=version, reason=reason, way=way)


def taken_off(uow: UnitOfWork, now: datetime, claim: OutsideApproval, *, reason: str) -> None:
    """Take off the air what a claim released, unless it is something else by now."""
    if claim.matter.is_template:
        template = TemplateId(claim.matter.subject)
        template_returns.denied(uow, template, records=claim.records, reason=reason, now=now)
        return
    stored = known(uow, ProgrammeId(claim.matter.subject))
    if stored.programme.state is not State.WITHDRAWN and stored.programme.version == claim.version:
        moved(uow, stored, Action.WITHDRAW, now, note_text=reason)
