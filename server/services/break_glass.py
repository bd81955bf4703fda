"""Break-glass: one person alone, an approved text with typed gaps, a fresh second factor, a countdown, two people told.

The limits are `schedules.break_glass`, which the loudspeaker keeps as well. It must not send anything to anybody: who
is told sees it on every page.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from schedules.break_glass import COUNTDOWN, Use, break_glass_findings
from schedules.errors import Refused
from schedules.hours import Finding
from schedules.ids import EmergencyId, EmergencyTemplateId, PersonId, UnitId
from schedules.times import next_millisecond
from server.emergency_records import (
    Act,
    EmergencyAct,
    EmergencyRequest,
    Proposal,
    RequestState,
    StoredEmergency,
    Way,
)
from server.errors import NotAllowed, NotFound, Unacceptable
from server.ports import Clock, PasswordHashing, Store, UnitOfWork
from server.services.emergency_issue import (
    decide,
    emergency_of,
    note_issue,
    open_request,
    put,
    require_room,
    sum_of,
)
from server.services.emergency_rights import (
    TOLD_AT_ONCE,
    commune_of,
    holds_right,
    may_confirm,
    require_right,
    uses_of,
)
from server.services.emergency_texts import approved_text
from server.services.inputs import LONGEST_REASON, require_short
from server.services.new_ids import new_id
from server.services.trail import note
from server.values import Person


def begin(
    store: Store,
    clock: Clock,
    hashing: PasswordHashing,
    person: Person,
    *,
    template: EmergencyTemplateId,
    values: Mapping[str, str],
    password: str,
) -> EmergencyRequest:
    """Begin the countdown to an emergency in the person's own commune; two people are told now.

    Raises:
        NotAllowed: `break_glass.own_commune` for somebody above communes; `emergency.no_right`.
        NotFound: `emergency_template.unknown`.
        Unacceptable: `password.wrong` (field `password`); what a gap refuses (field of its name);
            `break_glass.too_often`, `break_glass.too_long`, `break_glass.too_few_told`; `emergency.list_full`. Nothing
            is kept then.
    """
    if not hashing.verify(person.password_hash, password):
        raise Unacceptable("password.wrong", "password")
    now = next_millisecond(clock.now())
    goes_at = now + COUNTDOWN
    with store.writing() as uow:
        commune = commune_of(uow.places.units(), person.unit)
        if commune is None:
            raise NotAllowed("break_glass.own_commune")
        require_right(uow, person, [commune], now)
        proposal = _proposal(uow, commune, template, values, goes_at)
        emergency = emergency_of(proposal, uow.places.units(), by=person.id, now=goes_at, break_glass=True)
        require_room(uow, emergency, goes_at)
        _refuse(_findings(uow, proposal, goes_at))
        request = EmergencyRequest(
            id=new_id(now),
            state=RequestState.COUNTING_DOWN,
            proposal=proposal,
            asked_by=person.id,
            asked_at=now,
            goes_at=goes_at,
            template=template,
            told=_told(uow, commune, person.id),
        )
        uow.emergencies.put_request(request)
        told = list(request.told)
        note(uow, now, person, "break_glass.begun", subject=request.id, unit=commune, template=template, told=told)
        uow.commit()
    return request


def call_off(store: Store, clock: Clock, person: Person, request: str) -> None:
    """Stop a countdown: the one who began it, those who were told, and whoever may issue or approve there.

    Raises:
        NotFound: `emergency.request_over`.
        NotAllowed: `emergency.no_right`.
    """
    now = next_millisecond(clock.now())
    with store.writing() as uow:
        known = open_request(uow, request, RequestState.COUNTING_DOWN)
        if not _may_call_off(uow, person, known, now):
            require_right(uow, person, known.proposal.units, now)
        decide(uow, known, RequestState.CALLED_OFF, by=person.id, now=now)
        note(uow, now, person, "break_glass.called_off", subject=known.id, unit=known.proposal.sender)
        uow.commit()


def due(store: Store, clock: Clock) -> tuple[EmergencyId, ...]:
    """Issue what has counted down; what became forbidden meanwhile is refused with its reason."""
    now = next_millisecond(clock.now())
    with store.reading() as uow:
        if not _counted_down(uow, now):
            return ()
    gone: list[EmergencyId] = []
    with store.writing() as uow:
        for request in _counted_down(uow, now):
            reason = _reason(uow, request, now)
            if reason:
                decide(uow, request, RequestState.REFUSED, by=None, now=now, reason=reason)
                note(
                    uow, now, None, "break_glass.refused", subject=request.id, unit=request.proposal.sender, why=reason
                )
                continue
            emergency = emergency_of(
                request.proposal, uow.places.units(), by=request.asked_by, now=now, break_glass=True
            )
            stored = StoredEmergency(
                emergency=emergency,
                way=Way.BREAK_GLASS,
                sha256=sum_of(emergency),
                template=request.template,
                told=request.told,
            )
            put(uow, stored, now)
            decide(uow, request, RequestState.ISSUED, by=None, now=now, emergency=emergency.id)
            note_issue(uow, stored, uow.people.get(request.asked_by), now)
            gone.append(emergency.id)
        uow.commit()
    return tuple(gone)


def review(store: Store, clock: Clock, person: Person, emergency: EmergencyId, *, finding: str) -> None:
    """Say what came of looking at a use; another person's word within 24 hours keeps the right.

    Raises:
        NotFound: `break_glass.nothing_to_review`.
        NotAllowed: `break_glass.own_review`; `emergency.no_right`.
        Unacceptable: `break_glass.no_finding` (field `finding`) for an empty one.
    """
    now = next_millisecond(clock.now())
    with store.writing() as uow:
        stored = uow.emergencies.get(emergency)
        use = next((each for each in uses_of(uow) if each.emergency == emergency), None)
        if stored is None or use is None or use.reviewed_at is not None:
            raise NotFound("break_glass.nothing_to_review")
        if person.id == stored.emergency.issued_by:
            raise NotAllowed("break_glass.own_review")
        if not may_confirm(uow, person, stored.emergency.units, now):
            require_right(uow, person, stored.emergency.units, now)
        if not finding.strip():
            raise Unacceptable("break_glass.no_finding", "finding")
        require_short(finding, "finding", LONGEST_REASON)
        act = EmergencyAct(emergency=emergency, act=Act.REVIEWED, by=person.id, at=now, note=finding.strip())
        uow.emergencies.add_act(act)
        note(uow, now, person, "break_glass.reviewed", subject=emergency, unit=use.station, finding=finding.strip())
        uow.commit()


def _proposal(
    uow: UnitOfWork, commune: UnitId, template: EmergencyTemplateId, values: Mapping[str, str], goes_at: datetime
) -> Proposal:
    text = approved_text(uow, template, [commune])
    try:
        words = text.filled(values, places_of(uow, commune))
    except Refused as error:
        raise Unacceptable(error.code, f"gap_{error.values.pop('name')}", **error.values) from error
    return Proposal(
        sender=commune,
        units=(commune,),
        event=text.event,
        severity=text.severity,
        urgency=text.urgency,
        certainty=text.certainty,
        headline=text.headline,
        words=words,
        times=text.times,
        pause_s=text.pause_s,
        ends_at=goes_at + timedelta(minutes=text.minutes),
    )


def places_of(uow: UnitOfWork, commune: UnitId) -> tuple[str, ...]:
    """Give the names that may stand in a gap for a place: the commune's units and zones."""
    units = uow.places.units()
    names = {units.by_id[each].name for each in units.below(commune)}
    return tuple(sorted(names | {zone.name for zone in uow.places.zones() if zone.station == commune}))


def _findings(
    uow: UnitOfWork, proposal: Proposal, at: datetime, *, besides: EmergencyRequest | None = None
) -> tuple[Finding, ...]:
    history = [*uses_of(uow), *(_as_use(each) for each in _counting(uow) if each != besides)]
    sound_s = max(each.lasts_s for each in proposal.words) * proposal.times
    return break_glass_findings(history, at, station=proposal.sender, sound_s=sound_s)


def _as_use(request: EmergencyRequest) -> Use:
    proposal = request.proposal
    return Use(
        emergency=EmergencyId(request.id),
        station=proposal.sender,
        person=request.asked_by,
        at=request.goes_at or request.asked_at,
        until=proposal.ends_at,
        sound_s=max(each.lasts_s for each in proposal.words) * proposal.times,
    )


def _refuse(findings: tuple[Finding, ...]) -> None:
    for finding in findings:
        raise Unacceptable(finding.code, "", **dict(finding.values))


def _reason(uow: UnitOfWork, request: EmergencyRequest, now: datetime) -> str:
    """Give the code of what forbids a request that has counted down; empty when nothing does."""
    asked_by = uow.people.get(request.asked_by)
    if asked_by is None or not holds_right(uow, asked_by, request.proposal.units, now):
        return "emergency.right_lost"
    try:  # nobody may have been there to issue it in time, and the list may be full meanwhile
        units = uow.places.units()
        require_room(uow, emergency_of(request.proposal, units, by=asked_by.id, now=now, break_glass=True), now)
    except Unacceptable as error:
        return error.code
    found = _findings(uow, request.proposal, now, besides=request)
    return found[0].code if found else ""


def _told(uow: UnitOfWork, commune: UnitId, asking: PersonId) -> tuple[PersonId, ...]:
    named = next((each.people for each in uow.emergencies.watches() if each.unit == commune), ())
    known = [uow.people.get(each) for each in named if each != asking]
    told = tuple(each.id for each in known if each is not None and each.active)[:TOLD_AT_ONCE]
    if len(told) < TOLD_AT_ONCE:
        raise Unacceptable("break_glass.too_few_told", "", least=TOLD_AT_ONCE)
    return told


def _may_call_off(uow: UnitOfWork, person: Person, request: EmergencyRequest, now: datetime) -> bool:
    return person.id in (request.asked_by, *request.told) or may_confirm(uow, person, request.proposal.units, now)


def _counting(uow: UnitOfWork) -> list[EmergencyRequest]:
    return [each for each in uow.emergencies.requests() if each.state is RequestState.COUNTING_DOWN]


def _counted_down(uow: UnitOfWork, now: datetime) -> list[EmergencyRequest]:
    return [each for each in _counting(uow) if each.goes_at is not None and each.goes_at <= now]
