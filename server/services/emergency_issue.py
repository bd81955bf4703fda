"""What every way of issuing an emergency shares: the checks, the emergency itself, and the lists of its units.

It must not decide which way is open to whom, nor commit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from schedules.emergency import Certainty, Emergency, Event, Severity, Urgency, Words
from schedules.emergency_list import EmergencyList, cancelled, issued
from schedules.errors import InvalidValue, Refused
from schedules.ids import EmergencyId, PersonId, Sha256, UnitId
from schedules.programme import Origin
from schedules.times import next_millisecond
from schedules.unit import UnitLevel, Units
from schedules.wire.codec import written
from server.emergency_records import (
    EmergencyRequest,
    Proposal,
    RequestState,
    StoredEmergency,
)
from server.errors import NotFound
from server.ports import UnitOfWork
from server.services.emergency_rights import holds_right, require_right
from server.services.inputs import as_input, require_short
from server.services.machine_voice import forbidden_at
from server.services.new_ids import new_id, unix_milliseconds
from server.services.trail import note
from server.values import Person

FIELDS = {
    "emergency.already_expired": "ends",
    "emergency.lives_too_long": "ends",
    "emergency.times": "times",
    "emergency.pause": "pause",
    "emergency.headline": "headline",
    "emergency.no_area": "units",
    "emergency.no_words": "text",
    "emergency.text": "text",
    "emergency.too_long": "text",
    "emergency.not_spoken": "text",
    "emergency.list_full": "units",
    "exercise.too_many": "units",
}
"""Code to the form's field."""
SPOKEN = "vi"
"""The language that is spoken; a voice for others there is none."""
MOST_SPOKEN_S = 80
"""Seconds of words that surely fit what an announcement may carry, at its lowest rate."""
LIST_BYTES = 4096
"""Of a list: it reaches every loudspeaker before any sound does."""
_ORIGINS = {UnitLevel.PROVINCE: Origin.PROVINCE, UnitLevel.HAMLET: Origin.HAMLET}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a form about an emergency holds.

    Attributes:
        texts: by language; empty ones do not count.
        references: the emergencies it replaces, for an update.
    """

    units: Iterable[UnitId]
    event: Event
    severity: Severity
    urgency: Urgency
    certainty: Certainty
    headline: str
    texts: Mapping[str, str]
    times: int
    pause_s: int
    ends_at: datetime
    instruction: str = ""
    references: tuple[EmergencyId, ...] = ()


def checked(uow: UnitOfWork, person: Person, wanted: Wanted, now: datetime) -> Proposal:
    """Give what a form asks for, after every rule that can be judged before it is issued.

    Raises:
        NotAllowed, Unacceptable, NotFound: see `ask`; `emergency.not_live` for a reference to nothing;
            `emergency.list_full`.
    """
    units = tuple(sorted(set(wanted.units)))
    require_short(wanted.instruction, "instruction")
    with as_input(FIELDS):
        words = tuple(Words(language, text.strip()) for language, text in wanted.texts.items() if text.strip())
    if units:
        require_right(uow, person, units, now)
    replaced = [uow.emergencies.get(each) for each in wanted.references]
    for each in replaced:
        if each is None or not is_live(uow, each, now):
            raise NotFound("emergency.not_live")
        require_right(uow, person, each.emergency.units, now)
    proposal = Proposal(
        sender=_sender(uow, person, units, now),
        units=units,
        event=wanted.event,
        severity=wanted.severity,
        urgency=wanted.urgency,
        certainty=wanted.certainty,
        headline=wanted.headline.strip(),
        words=words,
        times=wanted.times,
        pause_s=wanted.pause_s,
        ends_at=next_millisecond(wanted.ends_at),
        instruction=wanted.instruction.strip(),
        references=wanted.references,
    )
    require_room(uow, emergency_of(proposal, uow.places.units(), by=person.id, now=now), now)
    return proposal


def emergency_of(
    proposal: Proposal, units: Units, *, by: PersonId, now: datetime, break_glass: bool = False
) -> Emergency:
    """Give the emergency a proposal becomes now.

    Raises:
        Unacceptable: what the rules refuse, with the form's field.
    """
    with as_input(FIELDS):
        require_speakable(proposal.words)
        return Emergency(
            id=EmergencyId(new_id(now)),
            sender=proposal.sender,
            origin=_ORIGINS.get(units.by_id[proposal.sender].level, Origin.COMMUNE),
            issued_by=by,
            sent=now,
            expires=proposal.ends_at,
            units=proposal.units,
            event=proposal.event,
            severity=proposal.severity,
            urgency=proposal.urgency,
            certainty=proposal.certainty,
            headline=proposal.headline,
            words=proposal.words,
            times=proposal.times,
            pause_s=proposal.pause_s,
            instruction=proposal.instruction,
            references=proposal.references,
            break_glass=break_glass,
        )


def require_speakable(words: tuple[Words, ...]) -> None:
    """Refuse words of which no voice can make an announcement.

    Raises:
        InvalidValue: `emergency.not_spoken`, `emergency.too_long`.
    """
    spoken = next((each for each in words if each.language == SPOKEN), None)
    if words and spoken is None:
        raise InvalidValue("emergency.not_spoken")
    if spoken is not None and spoken.lasts_s > MOST_SPOKEN_S:
        raise InvalidValue("emergency.too_long", seconds=spoken.lasts_s, limit=MOST_SPOKEN_S)


def put(uow: UnitOfWork, stored: StoredEmergency, now: datetime) -> None:
    """Keep an emergency and let the lists of its units name it; what it references is no longer live.

    Raises:
        Unacceptable: `emergency.list_full`, `emergency.already_expired`.
    """
    emergency = stored.emergency
    uow.emergencies.add(stored)
    replaced = [each for each in map(uow.emergencies.get, emergency.references) if each is not None]
    elsewhere = {unit for each in replaced for unit in each.emergency.units} - set(emergency.units)
    cancel_in_lists(uow, replaced, elsewhere, now)
    for unit in emergency.units:
        known = uow.emergencies.list_of(unit)
        with as_input(FIELDS):
            put_list(uow, known, _with(known, emergency, stored.sha256, now), now)


def require_room(uow: UnitOfWork, emergency: Emergency, now: datetime) -> None:
    """Refuse an emergency for which the list of one of its units has no place, before anybody clicks.

    Raises:
        Unacceptable: `emergency.list_full`, `emergency.already_expired`.
    """
    with as_input(FIELDS):
        for unit in emergency.units:
            _with(uow.emergencies.list_of(unit), emergency, sum_of(emergency), now)


def _with(known: EmergencyList, emergency: Emergency, sha256: Sha256, now: datetime) -> EmergencyList:
    following = issued(known, emergency, sha256=sha256, now=now)
    if len(written(following)) > LIST_BYTES:
        raise Refused("emergency.list_full", limit=len(known.live))
    return following


def is_live(uow: UnitOfWork, stored: StoredEmergency, now: datetime) -> bool:
    """Tell whether an emergency may still sound: not expired, not cancelled, not replaced."""
    emergency = stored.emergency
    return now < emergency.expires and uow.emergencies.list_of(emergency.units[0]).holds(emergency.id)


def open_request(uow: UnitOfWork, request: str, state: RequestState) -> EmergencyRequest:
    """Give a request that stands in a state.

    Raises:
        NotFound: `emergency.request_over`.
    """
    known = uow.emergencies.request(request)
    if known is None or known.state is not state:
        raise NotFound("emergency.request_over")
    return known


def decide(
    uow: UnitOfWork,
    request: EmergencyRequest,
    state: RequestState,
    *,
    by: PersonId | None,
    now: datetime,
    emergency: EmergencyId | None = None,
    reason: str = "",
) -> None:
    """Close a request."""
    decided = replace(request, state=state, decided_by=by, decided_at=now, emergency=emergency, reason=reason)
    uow.emergencies.put_request(decided)


def sum_of(emergency: Emergency) -> Sha256:
    """Give the SHA-256 of an emergency's content, by which a list names it."""
    return Sha256(sha256(written(emergency)).hexdigest())


def _sender(uow: UnitOfWork, person: Person, areas: tuple[UnitId, ...], now: datetime) -> UnitId:
    """Give the lowest unit that a person may speak for and that holds the whole area."""
    units = uow.places.units()
    if not areas:
        return person.unit
    common = [each for each in units.above(areas[0]) if all(units.within(area, each) for area in areas)]
    return next((each for each in common if holds_right(uow, person, [each], now)), areas[0])


def cancel_in_lists(uow: UnitOfWork, stored: Iterable[StoredEmergency], units: Iterable[UnitId], now: datetime) -> None:
    """Let the lists of some units name some emergencies as cancelled."""
    gone = [each.emergency.id for each in stored]
    for unit in sorted(units):
        known = uow.emergencies.list_of(unit)
        put_list(uow, known, cancelled(known, [each for each in gone if each in known.ids], now=now), now)


def put_list(uow: UnitOfWork, before: EmergencyList, after: EmergencyList, now: datetime) -> None:
    """Keep the next list of a unit; one that says the same is none."""
    if after != before:
        # Above every number an agent can hold, also after the database was restored from an old backup.
        number = max(after.number, unix_milliseconds(now))
        uow.emergencies.put_list(replace(after, number=number), now)


def note_issue(uow: UnitOfWork, stored: StoredEmergency, person: Person | None, now: datetime) -> None:
    """Tell the audit trail of an issue."""
    emergency = stored.emergency
    note(
        uow,
        now,
        person,
        "emergency.issued",
        subject=emergency.id,
        unit=emergency.sender,
        way=stored.way,
        headline=emergency.headline,
        units=list(emergency.units),
        expires=emergency.expires,
        voice_allowed_this_once=list(forbidden_at(uow, emergency.units)),
    )
