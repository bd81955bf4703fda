"""More rights for a person, or a way past what guards weighty ones: by two administrators, after a day, told.

One administrator asks, another agrees, and what was asked for holds a day later; in that day every administrator may
call it off. It must not know how rights are used.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from schedules.emergency_right import EmergencyRight
from schedules.ids import PersonId, UnitId
from schedules.times import next_millisecond
from server.errors import NotAllowed, NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.emergency_rights import end_all, holds_any, put_right, require_not_held
from server.services.new_ids import new_id
from server.services.rights import may, require
from server.services.signed_out import signed_out
from server.services.trail import note
from server.values import Grant, Person, Proposal, ProposalState, Reset, Role

WEIGHTY = frozenset({Role.APPROVER, Role.ADMINISTRATOR})
"""Roles that put something on the air, or say who may; beside them stands the right to issue emergencies."""

WAIT = timedelta(hours=24)
"""From the second administrator's word until it holds: time for the holder to ask who they have to thank."""

TOLD_FOR = timedelta(days=7)
"""How long the holder's pages say what was changed."""

OPEN = (ProposalState.WAITING, ProposalState.ACCEPTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What was asked for, as people see it.

    Attributes:
        holds_from: when it holds; None while it waits for a second administrator.
        may_agree: whoever looks is that second administrator.
    """

    proposal: Proposal
    grant: Grant
    holder: str
    where: str
    asked_by: str
    agreed_by: str
    holds_from: datetime | None
    may_agree: bool


def ask(uow: UnitOfWork, by: Person, grant: Grant, now: datetime) -> Proposal:
    """Ask for it within a change; rights to ask are the caller's to check. What waits already is not asked for twice.

    Raises:
        NotFound: `person.unknown`.
        NotAllowed: `grant.own` for oneself.
        Unacceptable: `grant.asked_already`; `grant.contracted` for an account that ends.
    """
    holder = _holder(uow, grant)
    if by.id == grant.person:
        raise NotAllowed("grant.own")
    if holder.ends is not None and grant.reset is None:
        raise Unacceptable("grant.contracted", "roles", name=holder.name)
    if any(each.content == grant for each in uow.proposals.grants(*OPEN)):
        raise Unacceptable("grant.asked_already", "roles", name=holder.name)
    unit = grant.emergency or holder.unit
    asked = Proposal(id=new_id(now), station=unit, content=grant, asked_by=by.id, asked_at=now)
    uow.proposals.put(asked)
    note(uow, now, by, "grant.asked", subject=grant.person, unit=unit, proposal=asked.id, **_told(grant))
    return asked


def ask_emergency(store: Store, clock: Clock, by: Person, *, person: PersonId, unit: UnitId) -> Proposal:
    """Ask for the right to issue emergencies for a person.

    Raises:
        NotAllowed: `rights.missing` unless `by` administers the unit.
        NotFound, Unacceptable: as for `ask`.
    """
    now = clock.now()
    with store.writing() as uow:
        require(uow.places.units(), by, unit, Role.ADMINISTRATOR)
        require_not_held(uow, person, unit, now)
        asked = ask(uow, by, Grant(person=person, emergency=unit), now)
        uow.commit()
    return asked


def ask_reset(store: Store, clock: Clock, by: Person, *, person: PersonId, reset: Reset) -> Proposal:
    """Ask for a new password or a new second factor for somebody with weighty rights.

    Raises:
        NotAllowed: `rights.missing` unless `by` administers the person's unit.
        NotFound, Unacceptable: as for `ask`.
    """
    now = clock.now()
    with store.writing() as uow:
        grant = Grant(person=person, reset=reset)
        require(uow.places.units(), by, _holder(uow, grant).unit, Role.ADMINISTRATOR)
        asked = ask(uow, by, grant, now)
        uow.commit()
    return asked


def agree(store: Store, clock: Clock, by: Person, proposal: str) -> Proposal:
    """Agree as the second administrator; it holds a day later.

    Raises:
        NotFound: `proposal.unknown`.
        NotAllowed: `rights.missing`; `grant.own` for whom it is about.
        Unacceptable: `proposal.own` for who asked; `proposal.settled`.
    """
    now = clock.now()
    with store.writing() as uow:
        asked, grant = _open(uow, proposal)
        require(uow.places.units(), by, asked.station, Role.ADMINISTRATOR)
        if asked.state is not ProposalState.WAITING:
            raise Unacceptable("proposal.settled")
        if by.id == asked.asked_by:
            raise Unacceptable("proposal.own")
        if by.id == grant.person:
            raise NotAllowed("grant.own")
        agreed = replace(asked, state=ProposalState.ACCEPTED, settled_by=by.id, settled_at=now)
        uow.proposals.put(agreed)
        note(uow, now, by, "grant.agreed", subject=grant.person, unit=asked.station, proposal=proposal, **_told(grant))
        uow.commit()
    return agreed


def call_off(store: Store, clock: Clock, by: Person, proposal: str) -> Proposal:
    """Call off what does not hold yet: any administrator there may, whoever asked and agreed.

    Raises:
        NotFound: `proposal.unknown`.
        NotAllowed: `rights.missing`.
        Unacceptable: `grant.holds` once its day is over; `proposal.settled`.
    """
    now = clock.now()
    with store.writing() as uow:
        asked, grant = _open(uow, proposal)
        require(uow.places.units(), by, asked.station, Role.ADMINISTRATOR)
        if due(asked, now):
            raise Unacceptable("grant.holds")
        off = replace(asked, state=ProposalState.REFUSED, note=by.name)
        uow.proposals.put(off)
        note(uow, now, by, "grant.called_off", subject=grant.person, unit=asked.station, proposal=proposal)
        uow.commit()
    return off


def carry_out_due(store: Store, clock: Clock) -> int:
    """Carry out what its day has come for, and close accounts whose end has come; tell how many of both."""
    now = next_millisecond(clock.now())
    with store.reading() as uow:
        if not any(_ripe(each, now) for each in uow.proposals.grants(ProposalState.ACCEPTED)) and not _ended(uow, now):
            return 0
    with store.writing() as uow:
        ripe = [each for each in uow.proposals.grants(ProposalState.ACCEPTED) if _ripe(each, now)]
        for each in ripe:
            _carry_out(uow, each, now)
        ended = _ended(uow, now)
        for person in ended:
            uow.people.put(replace(signed_out(uow, person, now), active=False))
            end_all(uow, person.id, now)
            note(uow, now, None, "person.ended", subject=person.id, unit=person.unit)
        uow.commit()
    return len(ripe) + len(ended)


def waiting(store: Store, by: Person) -> tuple[Asked, ...]:
    """Give what does not hold yet, the newest first, where somebody administers."""
    with store.reading() as uow:
        units = uow.places.units()
        found = [each for each in uow.proposals.grants(*OPEN) if may(units, by, each.station, Role.ADMINISTRATOR)]
        return tuple(_asked(uow, each, by) for each in found)


def about(uow: UnitOfWork, person: Person, now: datetime) -> tuple[Asked, ...]:
    """Give what a person's own pages say: what will hold for them, and what holds since a few days."""
    found = uow.proposals.grants(ProposalState.ACCEPTED, ProposalState.CARRIED_OUT)
    own = [each for each in found if isinstance(each.content, Grant) and each.content.person == person.id]
    return tuple(
        _asked(uow, each, person) for each in own if each.settled_at is not None and now < each.settled_at + TOLD_FOR
    )


def weighty(uow: UnitOfWork, person: Person, now: datetime) -> bool:
    """Tell whether a person has rights that guard the air."""
    return not person.roles.isdisjoint(WEIGHTY) or holds_any(uow, person, now)


def first_days(uow: UnitOfWork) -> bool:
    """Tell whether there are not yet two administrators, so that nobody could agree to anything."""
    return sum(each.active and Role.ADMINISTRATOR in each.roles for each in uow.people.all()) < 2


def due(proposal: Proposal, now: datetime) -> bool:
    """Tell whether what two administrators agreed upon has waited its day."""
    agreed = proposal.settled_at
    return proposal.state is ProposalState.ACCEPTED and agreed is not None and agreed + WAIT <= now


def take_factor(uow: UnitOfWork, person: Person, now: datetime) -> None:
    """Take a second factor away, and sign its owner out everywhere."""
    uow.factors.remove(person.id)
    uow.people.put(signed_out(uow, person, now))


def use_password_reset(uow: UnitOfWork, person: PersonId, now: datetime) -> None:
    """Use up the leave to give somebody with weighty rights a password.

    Raises:
        NotAllowed: `grant.by_two` without one.
    """
    wanted = Grant(person=person, reset=Reset.PASSWORD)
    ready = [each for each in uow.proposals.grants(ProposalState.ACCEPTED) if each.content == wanted and due(each, now)]
    if not ready:
        raise NotAllowed("grant.by_two")
    uow.proposals.put(replace(ready[0], state=ProposalState.CARRIED_OUT))


def _ripe(proposal: Proposal, now: datetime) -> bool:
    """A password is given by an administrator, who uses the leave up; the rest is carried out by itself."""
    return due(proposal, now) and isinstance(proposal.content, Grant) and proposal.content.reset is not Reset.PASSWORD


def _ended(uow: UnitOfWork, now: datetime) -> list[Person]:
    return [each for each in uow.people.all() if each.active and not each.serves(now)]


def _carry_out(uow: UnitOfWork, asked: Proposal, now: datetime) -> None:
    grant = asked.content
    assert isinstance(grant, Grant)  # noqa: S101 -- `_ripe` gives no other
    holder = _holder(uow, grant)
    if not holder.active or holder.ends is not None or (grant.roles and holder.also_units):
        uow.proposals.put(replace(asked, state=ProposalState.REFUSED))
        return
    if grant.roles:
        uow.people.put(replace(holder, roles=holder.roles | grant.roles))
    if grant.emergency is not None:
        put_right(uow, EmergencyRight(person=holder.id, unit=grant.emergency, given_by=asked.asked_by, since=now))
    if grant.reset is Reset.FACTOR:
        take_factor(uow, holder, now)
    uow.proposals.put(replace(asked, state=ProposalState.CARRIED_OUT))
    note(uow, now, None, "grant.holds", subject=holder.id, unit=asked.station, proposal=asked.id, **_told(grant))


def _open(uow: UnitOfWork, proposal: str) -> tuple[Proposal, Grant]:
    found = uow.proposals.get(proposal)
    if found is None or not isinstance(found.content, Grant):
        raise NotFound("proposal.unknown")
    if found.state not in OPEN:
        raise Unacceptable("proposal.settled")
    return found, found.content


def _holder(uow: UnitOfWork, grant: Grant) -> Person:
    holder = uow.people.get(grant.person)
    if holder is None:
        raise NotFound("person.unknown")
    return holder


def _asked(uow: UnitOfWork, proposal: Proposal, by: Person) -> Asked:
    grant = proposal.content
    assert isinstance(grant, Grant)  # noqa: S101 -- only grants are listed here
    where = uow.places.units().by_id[proposal.station]
    waits = proposal.state is ProposalState.WAITING
    return Asked(
        proposal=proposal,
        grant=grant,
        holder=_name(uow, grant.person),
        where=where.name,
        asked_by=_name(uow, proposal.asked_by),
        agreed_by=_name(uow, proposal.settled_by),
        holds_from=None if proposal.settled_at is None else proposal.settled_at + WAIT,
        may_agree=waits and by.id not in (proposal.asked_by, grant.person),
    )


def _name(uow: UnitOfWork, person: PersonId | None) -> str:
    known = None if person is None else uow.people.get(person)
    return known.name if known is not None else ""


def _told(grant: Grant) -> dict[str, object]:
    return dict(_details(grant))


def _details(grant: Grant) -> Iterator[tuple[str, object]]:
    if grant.roles:
        yield "roles", sorted(grant.roles)
    if grant.emergency is not None:
        yield "emergency", grant.emergency
    if grant.reset is not None:
        yield "reset", grant.reset
