"""One-time links to an approver's phone: who may be asked by one, and the asking; `phone_approvals` is what one does.

A link is bound to what was submitted, to one approver and to their PIN. It is sent by people, never from here.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import takewhile

from schedules.approval import require_other_person
from schedules.ids import PersonId, UnitId
from schedules.times import DAY
from server.approving_records import ApprovalLink, ApproverPin, LinkState, Matter
from server.errors import Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.delegations import approves_for
from server.services.inputs import as_input
from server.services.matters import Put, put, waiting_of
from server.services.new_ids import new_id
from server.services.rights import WRITERS, require
from server.services.trail import note
from server.services.waiting import ToApprove
from server.values import Person

LASTS = DAY
WRONG_AT_MOST = 15
"""Wrong PINs on links one person asked for from one approver, with no right one between: then they ask for no more.

Who asks is held back and not the approver, whom anybody who submits could else lock out; the approver is told.
"""
ASKED_AT_MOST = 20
ASKED_WITHIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An approver a link may be made for.

    Attributes:
        has_pin: they set a PIN, which they need to answer.
    """

    person: Person
    has_pin: bool


def candidates(store: Store, clock: Clock, person: Person, matter: Matter) -> tuple[Candidate, ...]:
    """Give who may approve a matter today: those of its unit and of the units above, without its makers; PINs first.

    Raises:
        NotFound: `programme.unknown`, `template.unknown`.
        NotAllowed: `rights.missing` for who may not submit it.
    """
    with store.reading() as uow:
        before = _of_writer(uow, person, matter)
        units = uow.places.units()
        found = [
            Candidate(person=each, has_pin=uow.approving.pin(each.id) is not None)
            for unit in units.above(before.unit)
            for each in uow.people.of_unit(unit)
            if each.id not in before.makers and approves(uow, each, before.unit, clock.now())
        ]
    return tuple(sorted(found, key=lambda each: (not each.has_pin, each.person.name, each.person.id)))


def links_of(store: Store, person: Person, matter: Matter) -> tuple[tuple[ApprovalLink, str], ...]:
    """Give the links that were asked for a matter, the newest first, each with its approver's name."""
    with store.reading() as uow:
        _of_writer(uow, person, matter)
        return tuple((each, _name(uow, each.approver)) for each in uow.approving.links_of(matter))


def ask(store: Store, clock: Clock, person: Person, matter: Matter, *, approver: PersonId) -> tuple[str, ApprovalLink]:
    """Make a link for one approver; give its token, which is kept nowhere. An earlier one of theirs ends.

    Raises:
        NotFound: `programme.unknown`, `template.unknown`.
        NotAllowed: `rights.missing` for who may not submit it.
        Unacceptable: `approval.nothing_waits`; `approval_link.no_approver`, `approval_link.no_pin`,
            `approval.own_work`, `approval_link.wrong_pins` (field `approver`); `approval_link.too_many`.
    """
    now = clock.now()
    with store.writing() as uow:
        before = _of_writer(uow, person, matter)
        found = uow.people.get(approver)
        if found is None or not approves(uow, found, before.unit, now):
            raise Unacceptable("approval_link.no_approver", "approver")
        with as_input({"approval.own_work": "approver"}):
            require_other_person(approver, before.makers)
        pin = uow.approving.pin(approver)
        if pin is None:
            raise Unacceptable("approval_link.no_pin", "approver", name=found.name)
        if _wrong_pins(uow, person.id, pin) >= WRONG_AT_MOST:
            raise Unacceptable("approval_link.wrong_pins", "approver", name=found.name)
        if uow.approving.links_asked(person.id, since=now - ASKED_WITHIN) >= ASKED_AT_MOST:
            raise Unacceptable("approval_link.too_many", "", most=ASKED_AT_MOST)
        waiting = waiting_of(uow, found, matter, now)
        if waiting is None:
            raise Unacceptable("approval.nothing_waits")
        for each in uow.approving.links_of(matter):
            if each.approver == approver and each.state is LinkState.OPEN:
                uow.approving.put_link(replace(each, state=LinkState.REPLACED, settled_at=now))
        token = secrets.token_urlsafe(32)
        first = waiting.deadline if isinstance(waiting, ToApprove) else None  # a session comes again, a notice does not
        link = ApprovalLink(
            id=new_id(now),
            token_sha256=digest(token),
            matter=matter,
            seen=waiting.seen if isinstance(waiting, ToApprove) else frozenset({waiting.seen}),
            approver=approver,
            asked_by=person.id,
            asked_at=now,
            expires_at=min(now + LASTS, first or now + LASTS),
        )
        uow.approving.put_link(link)
        told = {"link": link.id, "approver": approver}
        note(uow, now, person, "approval_link.asked", subject=matter.subject, unit=before.unit, **told)
        uow.commit()
    return token, link


def _wrong_pins(uow: UnitOfWork, asked_by: PersonId, pin: ApproverPin) -> int:
    """Count the PINs on a person's links since the approver last answered one of them, or set the PIN."""
    links = uow.approving.links_between(asked_by, pin.person)
    since = takewhile(lambda link: link.state is not LinkState.USED and link.asked_at >= pin.set_at, links)
    return sum(link.tries for link in since)


def approves(uow: UnitOfWork, person: Person, unit: UnitId, now: datetime) -> bool:
    """Tell whether somebody approves for a unit; an account whose password was given to it waits for its owner."""
    return not person.must_change_password and approves_for(uow, person, unit, now)


def _of_writer(uow: UnitOfWork, person: Person, matter: Matter) -> Put:
    found = put(uow, matter)
    require(uow.places.units(), person, found.unit, *WRITERS)
    return found


def _name(uow: UnitOfWork, person: PersonId) -> str:
    found = uow.people.get(person)
    return "" if found is None else found.name


def digest(token: str) -> str:
    """Give what is kept of a token."""
    return sha256(token.encode()).hexdigest()
