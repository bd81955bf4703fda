"""Overrides: what is booked outside a station's hours, asking to let one occurrence of it sound, and what forbids that.

Granting it is the second person's (`regulations.accept`). It widens the hours for one slot as it is now, and nothing
else: any change of the programme or the slot voids it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from schedules.approval import record_of_slot, require_other_person
from schedules.candidate import Candidate
from schedules.candidates import Candidates
from schedules.hours import findings
from schedules.ids import SlotId, UnitId
from schedules.override import Override, granted_to, opened_by
from schedules.programme import Programme, State
from schedules.schedule import Schedule
from schedules.slot import AtTime, Slot
from schedules.times import DAY, Span, local_day
from server.approving_records import Matter, OutsideState
from server.errors import NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.inputs import LONGEST_REASON, as_input, require_short
from server.services.new_ids import new_id
from server.services.rights import WRITERS, require
from server.services.schedule import assumed, narrowed, regulation_on, schedule_of
from server.services.trail import note
from server.values import Person, Proposal, Role

LOOKED_AHEAD = timedelta(days=31)
"""How far occurrences outside the hours are looked for."""
_LESS_THAN_A_MINUTE = timedelta(minutes=1) - timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutsideHours:
    """One occurrence at an exact second that lies outside a station's hours, on the programme's way to the air.

    Attributes:
        record: hash of what would be approved; the override is for exactly this.
        span: from its start to its end, however long it may wait.
    """

    programme: Programme
    slot: SlotId
    record: str
    span: Span


def outside_hours(schedule: Schedule, station: UnitId, now: datetime) -> tuple[OutsideHours, ...]:
    """Give what is booked outside a station's hours in the coming weeks and has no override, in order of start.

    A place in a running order has its hours from the session; only exact seconds can lie outside.
    """
    zones = [zone for zone in schedule.zones if zone.station == station]
    regulation = regulation_on(schedule, station, now)
    if regulation is None:
        return ()
    exact = {slot.id: slot for slot in schedule.slots if isinstance(slot.timing, AtTime)}
    bare = replace(schedule, slots=tuple(exact.values()), templates=())
    whole = assumed(narrowed(bare, zones), now, lambda programme: programme.state is not State.WITHDRAWN)
    records = {_record(schedule, each): each.id for each in exact.values() if each.programme in schedule.programmes}
    candidates = Candidates(whole, Span(now, now + LOOKED_AHEAD))
    found: dict[tuple[SlotId, datetime], OutsideHours] = {}
    for zone in zones:
        for each in candidates.of(zone, regulation)[0]:
            span = Span(each.claim.start, each.claim.latest_start + each.claim.length)
            if each.claim.start >= now and _is_outside(schedule, station, each, span):
                slot = records[each.approval]
                found[slot, span.start] = OutsideHours(
                    programme=each.programme, slot=slot, record=each.approval, span=span
                )
    return tuple(sorted(found.values(), key=lambda each: (each.span.start, each.slot)))


def ask(
    store: Store, clock: Clock, person: Person, station: UnitId, *, slot: SlotId, start: datetime, reason: str
) -> Proposal:
    """Ask that one occurrence outside the hours may sound at a station.

    Args:
        store: written to, with one audit line.
        clock: nothing before now can be asked for.
        person: an editor or officer of the station.
        station: at which it would sound.
        slot: of the programme, at exact seconds.
        start: of the occurrence.
        reason: why it cannot wait for the permitted hours.

    Raises:
        NotAllowed: `rights.missing`.
        NotFound: `override.not_needed`: no such occurrence outside the hours.
        Unacceptable: `override.no_reason` (field `reason`); `override.across_midnight`; what suspends the kind.
    """
    now = clock.now()
    require_short(reason, "reason", LONGEST_REASON)
    with store.writing() as uow:
        schedule = schedule_of(uow)
        require(schedule.units, person, station, *WRITERS)
        known = outside_hours(schedule, station, now)
        wanted = next((each for each in known if (each.slot, each.span.start) == (slot, start)), None)
        if wanted is None:
            raise NotFound("override.not_needed")
        override = _override(schedule, station, wanted, reason)
        proposal = Proposal(id=new_id(now), station=station, content=override, asked_by=person.id, asked_at=now)
        uow.proposals.put(proposal)
        note(uow, now, person, "override.asked", subject=slot, unit=station, start=start.isoformat(), reason=reason)
        uow.commit()
    return proposal


def require_grantable(uow: UnitOfWork, person: Person, override: Override, now: datetime) -> None:
    """Refuse to grant what is over, has changed, is suspended, or is the granting person's own work.

    Raises:
        NotAllowed: `rights.missing` for who is no approver.
        Unacceptable: `override.over`, `override.stale`, `approval.own_work`, `regulation.kind_suspended`;
            `outside.only_in_hours` while its approval outside the system is not confirmed.
    """
    schedule = schedule_of(uow)
    require(schedule.units, person, override.station, Role.APPROVER)
    regulation = regulation_on(schedule, override.station, now)
    if regulation is None or override.window(regulation.zone).end <= now:
        raise Unacceptable("override.over")
    slot = next((each for each in schedule.slots if each.id == override.slot), None)
    if slot is None or _record(schedule, slot) != override.record:
        raise Unacceptable("override.stale")
    claimed = uow.approving.outside_of(Matter(slot.programme))
    if any(each.state is OutsideState.WAITING and override.record in each.records for each in claimed):
        raise Unacceptable("outside.only_in_hours")
    programme, booked = uow.programmes.get(slot.programme), uow.programmes.slot(slot.id)
    makers = frozenset().union(*(each.changed_by for each in (programme, booked) if each is not None))
    with as_input({}):
        require_other_person(person.id, makers)
    _require_not_suspended(
        schedule, override.station, schedule.programmes[slot.programme], override.window(regulation.zone)
    )


def _is_outside(schedule: Schedule, station: UnitId, candidate: Candidate, span: Span) -> bool:
    regulation = regulation_on(schedule, station, span.start)
    if regulation is None:
        return False
    granted = granted_to(schedule.overrides, station, candidate.approval)
    return not opened_by(regulation, granted).permits(span, candidate.approval)


def _override(schedule: Schedule, station: UnitId, wanted: OutsideHours, reason: str) -> Override:
    regulation = regulation_on(schedule, station, wanted.span.start)
    if regulation is None:
        raise NotFound("override.not_needed")
    _require_not_suspended(schedule, station, wanted.programme, wanted.span)
    starts = wanted.span.start.astimezone(regulation.zone)
    ends = (wanted.span.end + _LESS_THAN_A_MINUTE).astimezone(regulation.zone).replace(second=0, microsecond=0)
    day = local_day(wanted.span.start, regulation.zone)
    if ends.date() > day and (ends.date() > day + DAY or ends.time() != time(0)):
        raise Unacceptable("override.across_midnight")
    with as_input({"override.no_reason": "reason"}):
        return Override(
            station=station,
            slot=wanted.slot,
            record=wanted.record,
            day=day,
            earliest=starts.time(),
            latest=ends.time(),
            reason=reason.strip(),
        )


def _require_not_suspended(schedule: Schedule, station: UnitId, programme: Programme, span: Span) -> None:
    regulation = regulation_on(schedule, station, span.start)
    for finding in () if regulation is None else findings(regulation, span, programme.kind):
        if finding.code != "regulation.outside_hours":
            raise Unacceptable(finding.code, "", **dict(finding.values))


def _record(schedule: Schedule, slot: Slot) -> str:
    return record_of_slot(schedule.programmes[slot.programme], slot).hash
