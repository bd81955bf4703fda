"""One-time links to an approver's phone: who may be asked by one, and the asking; `phone_approvals` is what one does.

A link is bound to what was submitted, to one approver and to their PIN. It is sent by people, never from here.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import takewhile

from schedules.approval import require_other_person
from schedules.ids import PersonId, ProgrammeId
from schedules.programme import State
from schedules.times import DAY
from server.approving_records import ApprovalLink, ApproverPin, LinkState
from server.errors import Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.changes import known
from server.services.delegations import approves_for
from server.services.inputs import as_input
from server.services.new_ids import new_id
from server.services.rights import WRITERS, require
from server.services.trail import note
from server.services.waiting import waiting_for
from server.values import Person, StoredProgramme

LASTS = DAY
WRONG_AT_MOST = 15
"""Wrong PINs on links one person asked for from one approver, with no right one between: then they ask for no more.

Who asks is held back and not the approver, whom anybody who submits could else lock out; the approver is told.
"""
ASKED_AT_MOST = 20
ASKED_WITHIN = timedelta(hours=1)

WAITING = (State.SUBMITTED, State.APPROVED)
"""States in which something of a programme may wait for an approver."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An approver a link may be made for.

    Attributes:
        has_pin: they set a PIN, which they need to answer.
    """

    person: Person
    has_pin: bool


def candidates(store: Store, clock: Clock, person: Person, programme: ProgrammeId) -> tuple[Candidate, ...]:
    """Give who may approve a programme today, by name: those of its owner and of the units above, without its makers.

    Raises:
        NotFound: `programme.unknown`.
        NotAllowed: `rights.missing` for who may not submit it.
    """
    with store.reading() as uow:
        stored = _of_writer(uow, person, programme)
        makers = _makers(uow, stored)
        units = uow.places.units()
        found = [
            Candidate(person=each, has_pin=uow.approving.pin(each.id) is not None)
            for unit in units.above(stored.programme.owner)
            for each in uow.people.of_unit(unit)
            if each.id not in makers and approves(uow, each, stored, clock.now())
        ]
    return tuple(sorted(found, key=lambda each: (each.person.name, each.person.id)))


def links_of(store: Store, person: Person, programme: ProgrammeId) -> tuple[tuple[ApprovalLink, str], ...]:
    """Give the links that were asked for a programme, the newest first, each with its approver's name."""
    with store.reading() as uow:
        _of_writer(uow, person, programme)
        return tuple((each, _name(uow, each.approver)) for each in uow.approving.links_of(programme))


def ask(
    store: Store, clock: Clock, person: Person, programme: ProgrammeId, *, approver: PersonId
) -> tuple[str, ApprovalLink]:
    """Make a link for one approver; give its token, which is kept nowhere. An earlier one of theirs ends.

    Raises:
        NotFound: `programme.unknown`.
        NotAllowed: `rights.missing` for who may not submit it.
        Unacceptable: `approval.nothing_waits`; `approval_link.no_approver`, `approval_link.no_pin`,
            `approval.own_work`, `approval_link.wrong_pins` (field `approver`); `approval_link.too_many`.
    """
    now = clock.now()
    with store.writing() as uow:
        stored = _of_writer(uow, person, programme)
        found = uow.people.get(approver)
        if found is None or not approves(uow, found, stored, now):
            raise Unacceptable("approval_link.no_approver", "approver")
        with as_input({"approval.own_work": "approver"}):
            require_other_person(approver, _makers(uow, stored))
        pin = uow.approving.pin(approver)
        if pin is None:
            raise Unacceptable("approval_link.no_pin", "approver", name=found.name)
        if _wrong_pins(uow, person.id, pin) >= WRONG_AT_MOST:
            raise Unacceptable("approval_link.wrong_pins", "approver", name=found.name)
        if uow.approving.links_asked(person.id, since=now - ASKED_WITHIN) >= ASKED_AT_MOST:
            raise Unacceptable("approval_link.too_many", "", most=ASKED_AT_MOST)
        waiting = waiting_for(uow, found, programme, now)
        if not waiting.seen or stored.programme.state not in WAITING:
            raise Unacceptable("approval.nothing_waits")
        for each in uow.approving.links_of(programme):
            if each.approver == approver and each.state is LinkState.OPEN:
                uow.approving.put_link(replace(each, state=LinkState.REPLACED, settled_at=now))
        token = secrets.token_urlsafe(32)
        ends = [now + LASTS, *([] if waiting.deadline is None else [waiting.deadline])]
        link = ApprovalLink(
            id=new_id(now),
            token_sha256=digest(token),
            programme=programme,
            seen=waiting.seen,
            approver=approver,
            asked_by=person.id,
            asked_at=now,
            expires_at=min(ends),
        )
        uow.approving.put_link(link)
        owner = stored.programme.owner
        note(uow, now, person, "approval_link.asked", subject=programme, unit=owner, link=link.id, approver=approver)
        uow.commit()
    return token, link


def _wrong_pins(uow: UnitOfWork, asked_by: PersonId, pin: ApproverPin) -> int:
    """Count the PINs on a person's links since the approver last answered one of them, or set the PIN."""
    links = uow.approving.links_between(asked_by, pin.person)
    since = takewhile(lambda link: link.state is not LinkState.USED and link.asked_at >= pin.set_at, links)
    return sum(link.tries for link in since)


def approves(uow: UnitOfWork, person: Person, stored: StoredProgramme, now: datetime) -> bool:
    """Tell whether somebody approves for a programme; an account whose password was given to it waits for its owner."""
    return not person.must_change_password and approves_for(uow, person, stored.programme.owner, now)


def _makers(uow: UnitOfWork, stored: StoredProgramme) -> frozenset[PersonId]:
    slots = uow.programmes.slots_of(stored.programme.id)
    return stored.changed_by.union(*(each.changed_by for each in slots))


def _of_writer(uow: UnitOfWork, person: Person, programme: ProgrammeId) -> StoredProgramme:
    stored = known(uow, programme)
    require(uow.places.units(), person, stored.programme.owner, *WRITERS)
    return stored


def _name(uow: UnitOfWork, person: PersonId) -> str:
    found = uow.people.get(person)
    return "" if found is None else found.name


def digest(token: str) -> str:
    """Give what is kept of a token."""
    return sha256(token.encode()).hexdigest()
