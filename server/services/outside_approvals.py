"""Approved outside the system: entered by who submits, heard within the hours, confirmed or refused by its approver.

Only where the station's regulation has an article for it. What was entered is a claim about somebody else: it is listed
until that very person confirms it here, to the units above after a day; a refusal takes the programme off the air.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from schedules.ids import PersonId, Sha256, UnitId
from schedules.override import granted_to
from schedules.schedule import Schedule
from schedules.times import DAY
from schedules.unit import Zone
from server.approving_records import Matter, Means, OutsideApproval, OutsideState
from server.errors import NotAllowed, NotFound, Unacceptable
from server.ports import Clock, Store, UnitOfWork
from server.services.delegations import approves_for, require_release
from server.services.inputs import LONGEST_REASON, one_line, require_short
from server.services.matters import put, records_waiting, released, seen_now, taken_off, zones_waiting
from server.services.new_ids import new_id
from server.services.rights import WRITERS, require
from server.services.schedule import regulation_on, schedule_of
from server.services.trail import note
from server.values import ApprovalWay, Person, Role

LARGEST_PAPER = 5 * 1024 * 1024
LONGEST_AGO = 30 * DAY
LONGEST_DOCUMENT = 200
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What the form says: who approved, when, how; the photograph is empty where there is none."""

    approver: PersonId
    approved_at: datetime
    means: Means
    document: str
    paper: bytes


def enter(store: Store, clock: Clock, person: Person, matter: Matter, *, claim: Claim) -> OutsideApproval:
    """Release what waits because its approver is said to have approved it outside the system.

    Args:
        store: written to, with one audit line.
        clock: dates the release, and what was entered.
        person: an editor or officer of its unit, its author too.
        matter: a submitted programme or a session template that waits, or one whose target has grown.
        claim: as entered; its approver keeps to every rule of an approver.

    Raises:
        NotFound: `programme.unknown`, `template.unknown`.
        NotAllowed: `rights.missing`.
        Unacceptable: `outside.not_allowed`; `outside.emergency`; `outside.only_in_hours`; `outside.no_approver` (field
            `approver`); `outside.in_the_future`, `outside.too_long_ago` (field `approved_at`);
            `outside.no_document`, `form.too_long` (field `document`);
            `outside.no_paper`, `outside.paper_kind`, `outside.paper_size` (field `paper`); what refuses an approval.
    """
    now = clock.now()
    document = one_line(claim.document)
    _require_credible(claim, document, now)
    with store.writing() as uow:
        before, schedule = put(uow, matter), schedule_of(uow)
        require(schedule.units, person, before.unit, *WRITERS)
        if before.emergency:
            raise Unacceptable("outside.emergency")
        approver = uow.people.get(claim.approver)
        if approver is None or not all(approves_for(uow, approver, before.unit, at) for at in (claim.approved_at, now)):
            raise Unacceptable("outside.no_approver", "approver")
        zones = zones_waiting(schedule, matter)
        for station, article in sorted(articles(schedule, zones, now).items()):
            if not article:
                raise Unacceptable("outside.not_allowed", "", station=schedule.units.by_id[station].name)
        records = records_waiting(schedule, matter)
        _require_no_widening(schedule, zones, records, now)
        seen = seen_now(schedule, matter)
        released(uow, now, approver, matter, seen=seen, way=ApprovalWay.OUTSIDE, entered_by=person)
        paper = Sha256(sha256(claim.paper).hexdigest()) if claim.paper else None
        if paper is not None:
            uow.approving.put_paper(paper, claim.paper)
        approval = OutsideApproval(
            id=new_id(now),
            matter=matter,
            unit=before.unit,
            title=before.title,
            version=before.version,
            records=tuple(sorted(records)),
            approver=approver.id,
            approved_at=claim.approved_at,
            means=claim.means,
            document=document,
            paper=paper,
            entered_by=person.id,
            entered_at=now,
        )
        uow.approving.put_outside(approval)
        uow.commit()
    return approval


def confirm(store: Store, clock: Clock, person: Person, approval: str) -> OutsideApproval:
    """Stand by what somebody entered: only the approver it names can.

    Raises:
        NotFound: `outside.unknown`.
        NotAllowed: `outside.not_named`; `rights.missing` for who is no approver there any more.
        Unacceptable: `outside.settled`.
    """
    now = clock.now()
    with store.writing() as uow:
        settled = replace(_to_settle(uow, person, approval), state=OutsideState.CONFIRMED, settled_at=now)
        uow.approving.put_outside(settled)
        subject, unit = settled.matter.subject, settled.unit
        note(uow, now, person, "outside_approval.confirmed", subject=subject, unit=unit, id=approval)
        uow.commit()
    return settled


def refuse(store: Store, clock: Clock, person: Person, approval: str, *, reason: str) -> OutsideApproval:
    """Say that it was not approved: it is taken off the air, unless another version was made of it since.

    Raises:
        NotFound, NotAllowed: as `confirm`.
        Unacceptable: `outside.no_reason`, `form.too_long` (field `reason`); `outside.settled`.
    """
    now, why = clock.now(), reason.strip()
    if not why:
        raise Unacceptable("outside.no_reason", "reason")
    require_short(why, "reason", LONGEST_REASON)
    with store.writing() as uow:
        waiting = _to_settle(uow, person, approval)
        settled = replace(waiting, state=OutsideState.REFUSED, settled_at=now, note=why)
        uow.approving.put_outside(settled)
        taken_off(uow, now, settled, reason=why)
        told = {"id": approval, "reason": why}
        note(uow, now, person, "outside_approval.refused", subject=settled.matter.subject, unit=settled.unit, **told)
        uow.commit()
    return settled


def _require_credible(claim: Claim, document: str, now: datetime) -> None:
    require_short(document, "document", LONGEST_DOCUMENT)
    if claim.approved_at > now:
        raise Unacceptable("outside.in_the_future", "approved_at")
    if claim.approved_at < now - LONGEST_AGO:
        raise Unacceptable("outside.too_long_ago", "approved_at", days=LONGEST_AGO.days)
    if claim.means is Means.PAPER and not document:
        raise Unacceptable("outside.no_document", "document")
    if claim.means is Means.PAPER and not claim.paper:
        raise Unacceptable("outside.no_paper", "paper")
    if len(claim.paper) > LARGEST_PAPER:
        raise Unacceptable("outside.paper_size", "paper", megabytes=LARGEST_PAPER // 1024**2)
    if claim.paper and kind_of_picture(claim.paper) is None:
        raise Unacceptable("outside.paper_kind", "paper")


def kind_of_picture(content: bytes) -> str | None:
    """Give the media type of a photograph by its first bytes; None for what is neither JPEG nor PNG."""
    if content.startswith(_JPEG):
        return "image/jpeg"
    return "image/png" if content.startswith(_PNG) else None


def _require_no_widening(schedule: Schedule, zones: Iterable[Zone], records: Iterable[str], now: datetime) -> None:
    """Refuse a record to which hours were opened by a decision: those take an approver who was here."""
    for station in stations_of(zones):
        regulation = regulation_on(schedule, station, now)
        opened = {each.approval for each in regulation.openings} if regulation is not None else set()
        for record in records:
            if record in opened or tuple(granted_to(schedule.overrides, station, record)):
                raise Unacceptable("outside.only_in_hours")


def stations_of(zones: Iterable[Zone]) -> frozenset[UnitId]:
    """Give the stations that some zones stand at, and those they are on their way to."""
    return frozenset[UnitId]().union(*(zone.stations for zone in zones))


def articles(schedule: Schedule, zones: Iterable[Zone], now: datetime) -> dict[UnitId, str]:
    """Give each station with the article of its regulation of today; empty where it has none."""
    found = {each: regulation_on(schedule, each, now) for each in stations_of(zones)}
    return {station: "" if each is None else each.outside_approval for station, each in found.items()}


def _to_settle(uow: UnitOfWork, person: Person, approval: str) -> OutsideApproval:
    found = known_outside(uow, approval)
    if person.id != found.approver:
        require(uow.places.units(), person, found.unit, Role.APPROVER)
        raise NotAllowed("outside.not_named")
    require_release(uow, person, [[found.unit]], found.approved_at)
    if found.state is not OutsideState.WAITING:
        raise Unacceptable("outside.settled")
    return found


def known_outside(uow: UnitOfWork, approval: str) -> OutsideApproval:
    """Give an approval outside the system.

    Raises:
        NotFound: `outside.unknown`.
    """
    found = uow.approving.outside(approval)
    if found is None:
        raise NotFound("outside.unknown")
    return found
