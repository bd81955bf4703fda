"""Emergencies: issued alone by an approved text, or asked for by one person and confirmed by another; and cancelled.

The lists of the units follow in the same transaction. It must not publish or sign; break-glass is `break_glass`.
"""

from collections.abc import Iterable
from datetime import datetime

from schedules.emergency_right import needs_two_people
from schedules.ids import EmergencyId, EmergencyTemplateId, UnitId
from schedules.times import next_millisecond
from server.emergency_records import (
    Act,
    EmergencyAct,
    EmergencyRequest,
    RequestState,
    StoredEmergency,
    Way,
)
from server.errors import NotAllowed, NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.emergency_issue import (
    Wanted,
    cancel_in_lists,
    checked,
    decide,
    emergency_of,
    is_live,
    note_issue,
    open_request,
    put,
    sum_of,
)
from server.services.emergency_rights import holds_right, may_confirm, require_right
from server.services.emergency_texts import approved_text
from server.services.inputs import LONGEST_REASON
from server.services.new_ids import new_id
from server.services.trail import note
from server.values import Person


def ask(store: Store, clock: Clock, person: Person, wanted: Wanted) -> EmergencyRequest:
    """Ask for an emergency with words of one's own; nothing sounds before a second person confirms it.

    Raises:
        NotAllowed: `emergency.no_right`.
        Unacceptable: what the rules refuse, with the form's field; nothing is kept then.
    """
    now = next_millisecond(clock.now())
    with store.writing() as uow:
        proposal = checked(uow, person, wanted, now)
        request = EmergencyRequest(
            id=new_id(now), state=RequestState.WAITING, proposal=proposal, asked_by=person.id, asked_at=now
        )
        uow.emergencies.put_request(request)
        note(uow, now, person, "emergency.asked", subject=request.id, unit=proposal.sender, headline=proposal.headline)
        uow.commit()
    return request


def confirm(store: Store, clock: Clock, person: Person, request: str) -> StoredEmergency:
    """Issue what somebody else asked for.

    Raises:
        NotFound: `emergency.request_over` when it is not waiting any more.
        NotAllowed: `emergency.own_request`; `emergency.no_right`, also when the one who asked has lost theirs.
        Unacceptable: `emergency.already_expired` when its end has passed meanwhile; `emergency.list_full`.
    """
    now = next_millisecond(clock.now())
    with store.writing() as uow:
        known = open_request(uow, request, RequestState.WAITING)
        _require_second(uow, person, known, now)
        asked_by = uow.people.get(known.asked_by)
        if asked_by is None or not holds_right(uow, asked_by, known.proposal.units, now):
            raise NotAllowed("emergency.right_lost")
        emergency = emergency_of(known.proposal, uow.places.units(), by=known.asked_by, now=now)
        stored = StoredEmergency(
            emergency=emergency, way=Way.TWO_PEOPLE, sha256=sum_of(emergency), confirmed_by=person.id
        )
        put(uow, stored, now)
        decide(uow, known, RequestState.ISSUED, by=person.id, now=now, emergency=emergency.id)
        note_issue(uow, stored, person, now)
        uow.commit()
    return stored


def refuse(store: Store, clock: Clock, person: Person, request: str) -> None:
    """Do not issue what somebody asked for; the one who asked may take it back, too.

    Raises:
        NotFound: `emergency.request_over`.
        NotAllowed: `emergency.no_right`.
    """
    now = next_millisecond(clock.now())
    with store.writing() as uow:
        known = open_request(uow, request, RequestState.WAITING)
        if person.id != known.asked_by:
            _require_second(uow, person, known, now)
        decide(uow, known, RequestState.REFUSED, by=person.id, now=now)
        note(uow, now, person, "emergency.refused", subject=known.id, unit=known.proposal.sender)
        uow.commit()


def issue(
    store: Store,
    clock: Clock,
    person: Person,
    *,
    template: EmergencyTemplateId,
    units: Iterable[UnitId],
    ends_at: datetime,
    references: tuple[EmergencyId, ...] = (),
) -> StoredEmergency:
    """Issue an approved text as it is, alone, inside one commune.

    Raises:
        NotFound: `emergency_template.unknown`.
        NotAllowed: `emergency.no_right`; `emergency.two_people` beyond one commune.
        Unacceptable: `emergency_template.has_gaps` for a text that must be filled in, which is a second person's
            to read; what the rules refuse, with the form's field.
    """
    now = next_millisecond(clock.now())
    with store.writing() as uow:
        text = approved_text(uow, template, tuple(units))
        if text.gaps:
            raise Unacceptable("emergency_template.has_gaps", "template")
        wanted = Wanted(
            units=units,
            event=text.event,
            severity=text.severity,
            urgency=text.urgency,
            certainty=text.certainty,
            headline=text.headline,
            texts={each.language: each.text for each in text.words},
            times=text.times,
            pause_s=text.pause_s,
            ends_at=ends_at,
            references=references,
        )
        proposal = checked(uow, person, wanted, now)
        if needs_two_people(proposal.units, uow.places.units()):
            raise NotAllowed("emergency.two_people")
        emergency = emergency_of(proposal, uow.places.units(), by=person.id, now=now)
        stored = StoredEmergency(
            emergency=emergency, way=Way.APPROVED_TEXT, sha256=sum_of(emergency), template=template
        )
        put(uow, stored, now)
        note_issue(uow, stored, person, now)
        uow.commit()
    return stored


def cancel(store: Store, clock: Clock, person: Person, emergency: EmergencyId, *, why: str = "") -> None:
    """End an emergency at once: whoever may issue there, issued it, confirmed it or was told of it.

    Raises:
        NotFound: `emergency.not_live`.
        NotAllowed: `emergency.no_right`.
    """
    now, why = next_millisecond(clock.now()), why.strip()[:LONGEST_REASON]  # nor is this refused for a word too many
    with store.writing() as uow:
        stored = uow.emergencies.get(emergency)
        if stored is None or not is_live(uow, stored, now):
            raise NotFound("emergency.not_live")
        near = {stored.emergency.issued_by, stored.confirmed_by, *stored.told}
        if person.id not in near:
            require_right(uow, person, stored.emergency.units, now)
        cancel_in_lists(uow, [stored], stored.emergency.units, now)
        act = EmergencyAct(emergency=emergency, act=Act.CANCELLED, by=person.id, at=now, note=why)
        uow.emergencies.add_act(act)
        note(uow, now, person, "emergency.cancelled", subject=emergency, unit=stored.emergency.sender, why=why)
        uow.commit()


def _require_second(uow: UnitOfWork, person: Person, request: EmergencyRequest, now: datetime) -> None:
    if person.id == request.asked_by:
        raise NotAllowed("emergency.own_request")
    if not may_confirm(uow, person, request.proposal.units, now):
        require_right(uow, person, request.proposal.units, now)
