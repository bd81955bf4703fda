"""What a one-time link does: it shows its one matter, and approves it or sends it back with its approver's PIN.

A link releases nothing that its approver could not release at the desk.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from schedules.ids import ProgrammeId
from server.approving_records import ApprovalLink, LinkState, Matter
from server.errors import NotFound, Stale, Unacceptable
from server.ports import Clock, PasswordHashing, Store, UnitOfWork
from server.services.approval_links import approves, digest
from server.services.approver_pins import TRIES
from server.services.matters import Put, put, released, returned, seen_now, waiting_of
from server.services.schedule import schedule_of, schedule_of_programme
from server.services.trail import note
from server.services.waiting import TemplateToApprove, ToApprove
from server.values import ApprovalWay, Person

_OVER = {
    LinkState.USED: "approval_link.used",
    LinkState.BURNT: "approval_link.burnt",
    LinkState.REPLACED: "approval_link.replaced",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a link shows."""

    link: ApprovalLink
    waiting: ToApprove | TemplateToApprove
    approver: Person


def opened(store: Store, clock: Clock, token: str) -> Opened:
    """Give what a link shows, as long as it serves.

    Raises:
        NotFound: `approval_link.unknown`.
        Unacceptable: `approval_link.used`, `approval_link.burnt`, `approval_link.replaced`,
            `approval_link.expired`; `approval_link.no_approver` when its approver may not approve any more;
            `approval.nothing_waits` once a session template has no day left.
        Stale: `approval_link.changed`, when anything of what it is bound to did.
    """
    now = clock.now()
    with store.reading() as uow:
        link, approver, _ = _bound(uow, token, now)
        waiting = waiting_of(uow, approver, link.matter, now)
    if waiting is None:  # the last day of a session template is over
        raise Unacceptable("approval.nothing_waits")
    return Opened(link=link, waiting=waiting, approver=approver)


def approve(store: Store, clock: Clock, hashing: PasswordHashing, token: str, *, pin: str) -> str:
    """Approve what a link is bound to, as its approver, with their PIN; give its title.

    Raises:
        NotFound, Unacceptable, Stale: as `opened`; as `matters.released`.
        Unacceptable: `approver_pin.wrong` (field `pin`).
    """
    _require_pin(store, clock, hashing, token, pin)
    now = clock.now()
    with store.writing() as uow:
        link, approver, before = _bound(uow, token, now)
        released(uow, now, approver, link.matter, seen=link.seen, way=ApprovalWay.LINK)
        _use(uow, link, now)
        uow.commit()
    return before.title


def send_back(store: Store, clock: Clock, hashing: PasswordHashing, token: str, *, pin: str, reason: str) -> str:
    """Return what a link is bound to, as its approver, with their PIN and a reason; give its title.

    Raises:
        NotFound, Unacceptable, Stale: as `approve`; `send_back.no_reason` (field `reason`), before a PIN counts.
    """
    if not reason.strip():
        raise Unacceptable("send_back.no_reason", "reason")
    _require_pin(store, clock, hashing, token, pin)
    now = clock.now()
    with store.writing() as uow:
        link, approver, before = _bound(uow, token, now)
        returned(uow, now, approver, link.matter, reason=reason, way=ApprovalWay.LINK)
        _use(uow, link, now)
        uow.commit()
    return before.title


def _require_pin(store: Store, clock: Clock, hashing: PasswordHashing, token: str, pin: str) -> None:
    """Count the try before it is judged, so that many at once are not more than five."""
    now = clock.now()
    with store.writing() as uow:
        link, approver, before = _bound(uow, token, now)
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
        now_known, now_link = uow.approving.pin(approver.id), uow.approving.link(link.token_sha256)
        same = now_known is not None and now_known.set_at == known_pin.set_at
        if right and same and now_known is not None and now_link is not None:
            uow.approving.put_pin(replace(now_known, wrong=0))
            uow.approving.put_link(replace(now_link, tries=now_link.tries - 1))
            uow.commit()
            return
        note(uow, now, None, "approval_link.wrong_pin", subject=link.matter.subject, unit=before.unit, link=link.id)
        if counted.tries >= TRIES:
            uow.approving.put_link(replace(counted, state=LinkState.BURNT, settled_at=now))
            note(uow, now, None, "approval_link.burnt", subject=link.matter.subject, unit=before.unit, link=link.id)
        uow.commit()
    if counted.tries >= TRIES:
        raise Unacceptable("approval_link.burnt")
    raise Unacceptable("approver_pin.wrong", "pin", left=TRIES - counted.tries)


def _bound(uow: UnitOfWork, token: str, now: datetime) -> tuple[ApprovalLink, Person, Put]:
    """Give a link that serves still, and whose matter is what it was."""
    link = uow.approving.link(digest(token))
    if link is None:
        raise NotFound("approval_link.unknown")
    if link.state is not LinkState.OPEN:
        raise Unacceptable(_OVER[link.state], "", at=link.settled_at)
    if now >= link.expires_at:
        raise Unacceptable("approval_link.expired", "", at=link.expires_at)
    approver, before = uow.people.get(link.approver), put(uow, link.matter)
    if approver is None or not approves(uow, approver, before.unit, now):
        raise Unacceptable("approval_link.no_approver")
    if not before.may_wait or _seen(uow, link.matter) != link.seen:
        raise Stale("approval_link.changed", title=before.title)
    return link, approver, before


def _seen(uow: UnitOfWork, matter: Matter) -> frozenset[str]:
    whole = schedule_of(uow) if matter.is_template else schedule_of_programme(uow, ProgrammeId(matter.subject))
    return seen_now(whole, matter)


def _use(uow: UnitOfWork, link: ApprovalLink, now: datetime) -> None:
    """End a link in the transaction of what it did."""
    uow.approving.put_link(replace(link, state=LinkState.USED, settled_at=now))
