"""One-time links to an approver's phone: asked for, opened, and used with a PIN; bound to what was submitted.

A link releases nothing that its approver could not release at the desk, and shows nothing but its one programme. It is
sent by people, never from here.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise, takewhile

from schedules.approval import require_other_person
from schedules.ids import PersonId, ProgrammeId
from schedules.programme import State
from schedules.times import DAY
from server.approving_records import ApprovalLink, ApproverPin, LinkState
from server.errors import NotFound, Stale, Unacceptable
from server.ports import Clock, PasswordHashing, Store, UnitOfWork
from server.services.approvals import release
from server.services.changes import known
from server.services.delegations import approves_for, handed_to
from server.services.inputs import as_input
from server.services.new_ids import new_id
from server.services.programmes import returned
from server.services.rights import WRITERS, require
from server.services.schedule import schedule_of_programme
from server.services.trail import note
from server.services.waiting import ToApprove, seen_of, waiting_for
from server.values import ApprovalWay, Person, Role, StoredProgramme

LASTS = DAY
TRIES = 5
"""Wrong PINs that burn a link."""
WRONG_AT_MOST = 15
"""Wrong PINs on links one person asked for from one approver, with no right one between: then they ask for no more.

Who asks is held back and not the approver, whom anybody who submits could else lock out; the approver is told.
"""
ASKED_AT_MOST = 20
ASKED_WITHIN = timedelta(hours=1)
SHORTEST_PIN, LONGEST_PIN = 6, 12

_WAITING = (State.SUBMITTED, State.APPROVED)
_OVER = {
    LinkState.USED: "approval_link.used",
    LinkState.BURNT: "approval_link.burnt",
    LinkState.REPLACED: "approval_link.replaced",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An approver a link may be made for.

    Attributes:
        has_pin: they set a PIN, which they need to answer.
    """

    person: Person
    has_pin: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a link shows."""

    link: ApprovalLink
    waiting: ToApprove
    approver: Person


def set_pin(store: Store, clock: Clock, hashing: PasswordHashing, person: Person, *, password: str, pin: str) -> None:
    """Give an approver a PIN, in the place of an earlier one; it opens no session.

    Raises:
        Unacceptable: `approver_pin.no_approver`; `password.wrong` (field `password`); `approver_pin.digits`,
            `approver_pin.too_easy` (field `pin`).
    """
    if not may_set_pin(store, clock, person):
        raise Unacceptable("approver_pin.no_approver")
    if not hashing.verify(person.password_hash, password):
        raise Unacceptable("password.wrong", "password")
    if not (pin.isascii() and pin.isdigit() and SHORTEST_PIN <= len(pin) <= LONGEST_PIN):
        raise Unacceptable("approver_pin.digits", "pin", least=SHORTEST_PIN, most=LONGEST_PIN)
    if len({int(after) - int(before) for before, after in pairwise(pin)}) == 1:
        raise Unacceptable("approver_pin.too_easy", "pin")
    hashed, now = hashing.hash(pin), clock.now()
    with store.writing() as uow:
        uow.approving.put_pin(ApproverPin(person=person.id, pin_hash=hashed, set_at=now))
        note(uow, now, person, "approver_pin.set", subject=person.id, unit=person.unit)
        uow.commit()


def may_set_pin(store: Store, clock: Clock, person: Person) -> bool:
    """Tell whether somebody approves anywhere today, of their own right or in an approver's place."""
    with store.reading() as uow:
        return Role.APPROVER in person.roles or bool(handed_to(uow, person, clock.now()))


def has_pin(store: Store, person: Person) -> bool:
    """Tell whether somebody set a PIN."""
    with store.reading() as uow:
        return uow.approving.pin(person.id) is not None


def wrong_pins(store: Store, person: Person) -> int:
    """Give how often an approver's PIN was entered wrongly since they last entered or set it, if it burnt a link."""
    with store.reading() as uow:
        pin = uow.approving.pin(person.id)
    return pin.wrong if pin is not None and pin.wrong >= TRIES else 0


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
            if each.id not in makers and _approves(uow, each, stored, clock.now())
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
        if found is None or not _approves(uow, found, stored, now):
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
        if not waiting.seen or stored.programme.state not in _WAITING:
            raise Unacceptable("approval.nothing_waits")
        for each in uow.approving.links_of(programme):
            if each.approver == approver and each.state is LinkState.OPEN:
                uow.approving.put_link(replace(each, state=LinkState.REPLACED, settled_at=now))
        token = secrets.token_urlsafe(32)
        ends = [now + LASTS, *([] if waiting.deadline is None else [waiting.deadline])]
        link = ApprovalLink(
            id=new_id(now),
            token_sha256=_digest(token),
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


def opened(store: Store, clock: Clock, token: str) -> Opened:
    """Give what a link shows, as long as it serves.

    Raises:
        NotFound: `approval_link.unknown`.
        Unacceptable: `approval_link.used`, `approval_link.burnt`, `approval_link.replaced`,
            `approval_link.expired`; `approval_link.no_approver` when its approver may not approve any more.
        Stale: `approval_link.changed`, when anything of what it is bound to did.
    """
    now = clock.now()
    with store.reading() as uow:
        link, approver = _serving(uow, token, now)
        waiting = waiting_for(uow, approver, link.programme, now)
    if waiting.seen != link.seen:
        raise Stale("approval_link.changed", title=waiting.stored.programme.title)
    return Opened(link=link, waiting=waiting, approver=approver)


def approve(store: Store, clock: Clock, hashing: PasswordHashing, token: str, *, pin: str) -> StoredProgramme:
    """Approve what a link is bound to, as its approver, with their PIN.

    Raises:
        NotFound, Unacceptable, Stale: as `opened`; as `approvals.approve`.
        Unacceptable: `approver_pin.wrong` (field `pin`).
    """
    _require_pin(store, clock, hashing, token, pin)
    now = clock.now()
    with store.writing() as uow:
        link, approver = _bound(uow, token, now)
        released = release(uow, now, approver, link.programme, seen=link.seen, way=ApprovalWay.LINK)
        _use(uow, link, now)
        uow.commit()
    return released


def send_back(
    store: Store, clock: Clock, hashing: PasswordHashing, token: str, *, pin: str, reason: str
) -> StoredProgramme:
    """Return what a link is bound to, as its approver, with their PIN and a reason.

    Raises:
        NotFound, Unacceptable, Stale: as `approve`; `send_back.no_reason` (field `reason`), before a PIN counts.
    """
    if not reason.strip():
        raise Unacceptable("send_back.no_reason", "reason")
    _require_pin(store, clock, hashing, token, pin)
    now = clock.now()
    with store.writing() as uow:
        link, approver = _bound(uow, token, now)
        version = known(uow, link.programme).programme.version
        after = returned(uow, now, approver, link.programme, version=version, reason=reason, way=ApprovalWay.LINK)
        _use(uow, link, now)
        uow.commit()
    return after


def _require_pin(store: Store, clock: Clock, hashing: PasswordHashing, token: str, pin: str) -> None:
    """Count the try before it is judged, so that many at once are not more than five."""
    now = clock.now()
    with store.writing() as uow:
        link, approver = _bound(uow, token, now)
        if link.tries >= TRIES:
            raise Unacceptable("approval_link.burnt")
        known_pin = uow.approving.pin(approver.id)
        if known_pin is None:
            raise Unacceptable("approval_link.no_pin", "pin", name=approver.name)
        counted = replace(link, tries=link.tries + 1)
        uow.approving.put_link(counted)
        uow.approving.put_pin(replace(known_pin, wrong=known_pin.wrong + 1))
        uow.commit()
    right = hashing.verify(known_pin.pin_hash, pin)
    with store.writing() as uow:
        owner = known(uow, link.programme).programme.owner
        if right:
            now_known = uow.approving.pin(approver.id)
            if now_known is not None and now_known.set_at == known_pin.set_at:
                uow.approving.put_pin(replace(now_known, wrong=0))
            uow.commit()
            return
        note(uow, now, None, "approval_link.wrong_pin", subject=link.programme, unit=owner, link=link.id)
        if counted.tries >= TRIES:
            uow.approving.put_link(replace(counted, state=LinkState.BURNT, settled_at=now))
            note(uow, now, None, "approval_link.burnt", subject=link.programme, unit=owner, link=link.id)
        uow.commit()
    if counted.tries >= TRIES:
        raise Unacceptable("approval_link.burnt")
    raise Unacceptable("approver_pin.wrong", "pin", left=TRIES - counted.tries)


def _wrong_pins(uow: UnitOfWork, asked_by: PersonId, pin: ApproverPin) -> int:
    """Count the PINs on a person's links since the approver last answered one of them, or set the PIN."""
    links = uow.approving.links_between(asked_by, pin.person)
    since = takewhile(lambda link: link.state is not LinkState.USED and link.asked_at >= pin.set_at, links)
    return sum(link.tries for link in since)


def _bound(uow: UnitOfWork, token: str, now: datetime) -> tuple[ApprovalLink, Person]:
    link, approver = _serving(uow, token, now)
    stored = known(uow, link.programme)
    if seen_of(schedule_of_programme(uow, link.programme), stored.programme) != link.seen:
        raise Stale("approval_link.changed", title=stored.programme.title)
    return link, approver


def _serving(uow: UnitOfWork, token: str, now: datetime) -> tuple[ApprovalLink, Person]:
    link = uow.approving.link(_digest(token))
    if link is None:
        raise NotFound("approval_link.unknown")
    if link.state is not LinkState.OPEN:
        raise Unacceptable(_OVER[link.state], "", at=link.settled_at)
    if now >= link.expires_at:
        raise Unacceptable("approval_link.expired", "", at=link.expires_at)
    approver, stored = uow.people.get(link.approver), known(uow, link.programme)
    if approver is None or not _approves(uow, approver, stored, now):
        raise Unacceptable("approval_link.no_approver")
    if stored.programme.state not in _WAITING:
        raise Stale("approval_link.changed", title=stored.programme.title)
    return link, approver


def _use(uow: UnitOfWork, link: ApprovalLink, now: datetime) -> None:
    """End a link in the transaction of what it did."""
    uow.approving.put_link(replace(link, state=LinkState.USED, settled_at=now))


def _approves(uow: UnitOfWork, person: Person, stored: StoredProgramme, now: datetime) -> bool:
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


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
