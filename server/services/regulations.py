"""Changes of a station's rules: who asks, what widens, and who else must agree before it holds, from the next day on.

What widens nothing holds at once, by one person. The loudspeakers are told, and the zones planned anew.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from schedules.amendment import amended, lasting, on_day, require_issuable, widens
from schedules.hours import Finding
from schedules.ids import UnitId
from schedules.override import Override
from schedules.regulation import Opening, Regulation, Suspension, in_force
from schedules.times import DAY, local_day
from schedules.wire import codec
from server.errors import NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.inputs import LONGEST_REASON, as_input, require_short
from server.services.new_ids import new_id
from server.services.overrides import require_grantable
from server.services.rights import require
from server.services.trail import note
from server.values import Grant, Merge, Person, Proposal, ProposalState, Role, Split

PROPOSERS = (Role.OFFICER, Role.APPROVER, Role.ADMINISTRATOR)
"""Those who may ask for a change of a station's rules, or put in force what widens nothing."""

SECOND_PERSONS = (Role.APPROVER, Role.ADMINISTRATOR)
"""Those of the station or a unit above it who may accept what somebody else asked for."""

LONGEST_TOLD = codec.PAYLOAD_LIMIT // 2
"""Bytes of a station's rules in a message; overrides and channels need room beside them."""

FURTHEST = timedelta(days=100 * 366)
"""A slip of the pen lies further ahead, and days are counted from it."""

Change = Regulation | Opening | Suspension


def propose(store: Store, clock: Clock, person: Person, station: UnitId, change: Change) -> Proposal:
    """Ask for a change of a station's rules; one that widens nothing is in force at once.

    Args:
        store: written to, with one audit line.
        clock: what is over cannot be changed.
        person: an officer, approver or administrator of the station.
        station: whose rules.
        change: a new regulation, or a decision under those there are; one of a known number takes its place.

    Raises:
        NotAllowed: `rights.missing`.
        Unacceptable: `regulation.number_taken`, `regulation.no_number`, `regulation.in_the_past`,
            `regulation.too_far`, `regulation.too_soon`, `regulation.too_long`, `regulation.only_opened`,
            `regulation.no_minutes_a_day`, `station.no_regulation`.
    """
    now = clock.now()
    with store.writing() as uow:
        require(uow.places.units(), person, station, *PROPOSERS)
        proposal = Proposal(id=new_id(now), station=station, content=change, asked_by=person.id, asked_at=now)
        after = _require_possible(uow, station, change, now)
        details = {"number": change.number, "from": _first_day(change).isoformat(), "proposal": proposal.id}
        if widening(known_of(uow, station), change):
            uow.proposals.put(proposal)
            note(uow, now, person, "regulation.proposed", subject=change.number, unit=station, **details)
        else:
            proposal = replace(proposal, state=ProposalState.ACCEPTED, settled_by=person.id, settled_at=now)
            uow.proposals.put(proposal)
            _put_in_force(uow, station, after)
            note(uow, now, person, "regulation.narrowed", subject=change.number, unit=station, **details)
        uow.commit()
    return proposal


def foresee(store: Store, clock: Clock, person: Person, station: UnitId, change: Change) -> tuple[Finding, ...]:
    """Say what a change would widen, without storing it; nothing means that one person is enough.

    Raises:
        NotAllowed, Unacceptable: as for `propose`.
    """
    with store.reading() as uow:
        require(uow.places.units(), person, station, *PROPOSERS)
        _require_possible(uow, station, change, clock.now())
        return widening(known_of(uow, station), change)


def accept(store: Store, clock: Clock, person: Person, proposal: str) -> Proposal:
    """Agree, as the second person, to what somebody else asked for.

    Raises:
        NotFound: `proposal.unknown`.
        NotAllowed: `rights.missing` for who is no approver or administrator of the station.
        Unacceptable: `proposal.own` for who asked, or made what an override is for; `proposal.settled`;
            `override.stale` when that changed since; what `propose` refuses, as things are now.
    """
    now = clock.now()
    with store.writing() as uow:
        asked, change = _waiting(uow, proposal)
        station = asked.station
        require(uow.places.units(), person, station, *SECOND_PERSONS)
        if person.id == asked.asked_by:
            raise Unacceptable("proposal.own")
        settled = replace(asked, state=ProposalState.ACCEPTED, settled_by=person.id, settled_at=now)
        if isinstance(change, Override):
            require_grantable(uow, person, change, now)
            uow.proposals.put(settled)
            want_again(uow, station)
            note(uow, now, person, "override.granted", subject=change.slot, unit=station, proposal=proposal)
        else:
            after = _require_possible(uow, station, change, now)
            uow.proposals.put(settled)
            _put_in_force(uow, station, after)
            note(uow, now, person, "regulation.accepted", subject=change.number, unit=station, proposal=proposal)
        uow.commit()
    return settled


def refuse(store: Store, clock: Clock, person: Person, proposal: str, *, reason: str = "") -> Proposal:
    """Turn down what somebody asked for, or take back what one asked for oneself.

    Raises:
        NotFound: `proposal.unknown`.
        NotAllowed: `rights.missing`.
        Unacceptable: `proposal.settled`; `proposal.no_reason` for turning down without a word (field `reason`).
    """
    now = clock.now()
    with store.writing() as uow:
        asked, _ = _waiting(uow, proposal)
        if person.id != asked.asked_by:
            require(uow.places.units(), person, asked.station, *SECOND_PERSONS)
            if not reason.strip():
                raise Unacceptable("proposal.no_reason", "reason")
        require_short(reason, "reason", LONGEST_REASON)
        settled = replace(asked, state=ProposalState.REFUSED, settled_by=person.id, settled_at=now, note=reason.strip())
        uow.proposals.put(settled)
        note(uow, now, person, "proposal.refused", subject=proposal, unit=asked.station, reason=reason.strip())
        uow.commit()
    return settled


def widening(known: Sequence[Regulation], change: Change) -> tuple[Finding, ...]:
    """Say what a change lets sound that the rules so far do not, each once."""
    first = _first_day(change)
    if isinstance(change, Regulation):
        before = in_force(known, change.valid_from)
        return widens(before and lasting(before, first), lasting(_inherits(known, change), first))
    found = (widens(each, amended(each, change)) for each in known)
    return tuple(dict.fromkeys(finding for findings in found for finding in findings))


def about_rules(proposal: Proposal) -> Change | Override | None:
    """Give what a proposal asks for about a station's rules; None where it is about something else."""
    return None if isinstance(proposal.content, Merge | Split | Grant) else proposal.content


def known_of(uow: UnitOfWork, station: UnitId) -> list[Regulation]:
    """Give every regulation of a station, the earliest first."""
    return [each for each in uow.places.regulations() if each.station == station]


def want_again(uow: UnitOfWork, station: UnitId) -> None:
    """Let a station's zones, those on their way to it included, be planned and told their rules once more."""
    zones = {zone.id for zone in uow.places.zones() if station in zone.stations}
    uow.issue.want(zones)
    uow.issue.want_assignment(each.id for each in uow.places.loudspeakers() if each.zone in zones)


def _require_possible(uow: UnitOfWork, station: UnitId, change: Change, now: datetime) -> tuple[Regulation, ...]:
    """Refuse what cannot be put in force as things are; give the regulations that would be written."""
    known = known_of(uow, station)
    if not change.number.strip():
        raise Unacceptable("regulation.no_number", "number")
    if isinstance(change, Regulation):
        with as_input({}):
            require_issuable(change)
        if any(each.number == change.number for each in known):
            raise Unacceptable("regulation.number_taken", "number", number=change.number)
        today = local_day(now, change.zone)
        _require_ahead("valid_from", change.valid_from, today)
        written: tuple[Regulation, ...] = (_inherits(known, change),)
    else:
        if not known:
            raise Unacceptable("station.no_regulation", unit=station)
        today = local_day(now, known[0].zone)
        _require_ahead("last_day", change.last_day, today)
        lasts = in_force(known, today)
        written = tuple(amended(each, change) for each in known if each is lasts or each.valid_from > today)
    afterwards = (*_without(known, written), *written)
    _require_told(afterwards, today)
    before, after = in_force(known, today), in_force(afterwards, today)
    if after is not None and widens(before and on_day(before, today), on_day(after, today)):
        field = "valid_from" if isinstance(change, Regulation) else "first_day"
        raise Unacceptable("regulation.too_soon", field, earliest=today + DAY)
    return written


def _require_told(regulations: Sequence[Regulation], today: date) -> None:
    """Refuse rules whose text is so long that no message to a loudspeaker could hold them."""
    lasts = in_force(regulations, today)
    told = (lasting(each, today) for each in regulations if each is lasts or each.valid_from > today)
    if sum(len(codec.written(each)) for each in told) > LONGEST_TOLD:
        raise Unacceptable("regulation.too_long", "number")


def _require_ahead(field: str, day: date, today: date) -> None:
    if day < today:
        raise Unacceptable("regulation.in_the_past", field, day=day)
    if day - today > FURTHEST:
        raise Unacceptable("regulation.too_far", field, day=day)


def _put_in_force(uow: UnitOfWork, station: UnitId, regulations: Iterable[Regulation]) -> None:
    for regulation in regulations:
        uow.places.put_regulation(regulation)
    want_again(uow, station)


def _inherits(known: Sequence[Regulation], change: Regulation) -> Regulation:
    """Give a new regulation with the decisions that last longer than the one it follows."""
    before = in_force(known, change.valid_from)
    if before is None:
        return change
    kept = lasting(before, change.valid_from)
    return replace(change, openings=kept.openings, suspensions=kept.suspensions)


def _without(known: Iterable[Regulation], written: Iterable[Regulation]) -> list[Regulation]:
    numbers = {each.number for each in written}
    return [each for each in known if each.number not in numbers]


def _first_day(change: Change) -> date:
    return change.valid_from if isinstance(change, Regulation) else change.first_day


def _waiting(uow: UnitOfWork, proposal: str) -> tuple[Proposal, Change | Override]:
    found = uow.proposals.get(proposal)
    change = None if found is None else about_rules(found)
    if found is None or change is None:
        raise NotFound("proposal.unknown")
    if found.state is not ProposalState.WAITING:
        raise Unacceptable("proposal.settled")
    return found, change
