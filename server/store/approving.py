"""PINs, one-time links and approvals outside the system in the database. It must not judge them."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schedules.ids import PersonId, ProgrammeId, Sha256, TemplateId, UnitId
from server.approving_records import ApprovalLink, ApproverPin, Matter, OutsideApproval, OutsideState
from server.store.rows import ApprovalLinkRow, ApproverPinRow, OutsideApprovalRow, SignedPaperRow


class SqlApproving:
    """See `approving_port.Approving`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def pin(self, person: PersonId) -> ApproverPin | None:
        """Give a person's PIN."""
        row = self._session.get(ApproverPinRow, person)
        if row is None:
            return None
        return ApproverPin(person=PersonId(row.person), pin_hash=row.pin_hash, set_at=row.set_at, wrong=row.wrong)

    def put_pin(self, pin: ApproverPin) -> None:
        """Insert or replace a PIN."""
        self._session.merge(ApproverPinRow(**asdict(pin)))
        self._session.flush()

    def link(self, token_sha256: str) -> ApprovalLink | None:
        """Give the link of a token."""
        row = self._session.scalar(select(ApprovalLinkRow).where(ApprovalLinkRow.token_sha256 == token_sha256))
        return None if row is None else _link(row)

    def links_of(self, matter: Matter) -> Sequence[ApprovalLink]:
        """Give the links for a matter, the newest first."""
        row = ApprovalLinkRow
        query = select(row).filter_by(**_named(matter)).order_by(row.asked_at.desc(), row.id.desc())
        return [_link(each) for each in self._session.scalars(query)]

    def links_asked(self, by: PersonId, *, since: datetime) -> int:
        """Give how many links a person asked for from an instant on."""
        row = ApprovalLinkRow
        asked = select(func.count()).select_from(row).where(row.asked_by == by, row.asked_at >= since)
        return self._session.scalar(asked) or 0

    def links_between(self, by: PersonId, approver: PersonId) -> Sequence[ApprovalLink]:
        """Give the links one person asked for from one approver, the newest first."""
        row = ApprovalLinkRow
        query = select(row).where(row.asked_by == by, row.approver == approver)
        return [_link(each) for each in self._session.scalars(query.order_by(row.asked_at.desc(), row.id.desc()))]

    def put_link(self, link: ApprovalLink) -> None:
        """Insert or replace a link."""
        self._session.merge(ApprovalLinkRow(**{**_columns(link), "seen": sorted(link.seen)}))
        self._session.flush()

    def outside(self, approval: str) -> OutsideApproval | None:
        """Give an approval outside the system."""
        row = self._session.get(OutsideApprovalRow, approval)
        return None if row is None else _outside(row)

    def outside_of(self, matter: Matter) -> Sequence[OutsideApproval]:
        """Give the approvals outside the system of a matter, the newest first."""
        row = OutsideApprovalRow
        query = select(row).filter_by(**_named(matter)).order_by(row.entered_at.desc(), row.id.desc())
        return [_outside(each) for each in self._session.scalars(query)]

    def outside_in(self, units: Iterable[UnitId], *, limit: int) -> Sequence[OutsideApproval]:
        """Give those of some units: what waits first, then the newest."""
        row = OutsideApprovalRow
        order = ((row.state != OutsideState.WAITING), row.entered_at.desc(), row.id.desc())
        query = select(row).where(row.unit.in_(list(units))).order_by(*order).limit(limit)
        return [_outside(each) for each in self._session.scalars(query)]

    def outside_waiting(self) -> Sequence[OutsideApproval]:
        """Give all that wait for their approver, the oldest first."""
        row = OutsideApprovalRow
        query = select(row).where(row.state == OutsideState.WAITING).order_by(row.entered_at, row.id)
        return [_outside(each) for each in self._session.scalars(query)]

    def put_outside(self, approval: OutsideApproval) -> None:
        """Insert or replace an approval outside the system."""
        self._session.merge(OutsideApprovalRow(**{**_columns(approval), "records": list(approval.records)}))
        self._session.flush()

    def paper(self, sha256: Sha256) -> bytes | None:
        """Give the photograph of a signed paper."""
        row = self._session.get(SignedPaperRow, sha256)
        return None if row is None else row.content

    def put_paper(self, sha256: Sha256, content: bytes) -> None:
        """Keep the photograph of a signed paper."""
        self._session.merge(SignedPaperRow(sha256=sha256, content=content))
        self._session.flush()


def _named(matter: Matter) -> dict[str, str]:
    """Give the column that names a matter."""
    return {"template" if matter.is_template else "programme": matter.subject}


def _columns(record: ApprovalLink | OutsideApproval) -> dict[str, object]:
    columns = asdict(record)
    del columns["matter"]
    return {**columns, **_named(record.matter)}


def _matter(row: ApprovalLinkRow | OutsideApprovalRow) -> Matter:
    if row.programme is not None:
        return Matter(ProgrammeId(row.programme))
    return Matter(TemplateId(row.template or ""), is_template=True)


def _link(row: ApprovalLinkRow) -> ApprovalLink:
    return ApprovalLink(
        id=row.id,
        token_sha256=row.token_sha256,
        matter=_matter(row),
        seen=frozenset(row.seen),
        approver=PersonId(row.approver),
        asked_by=PersonId(row.asked_by),
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        tries=row.tries,
        state=row.state,
        settled_at=row.settled_at,
    )


def _outside(row: OutsideApprovalRow) -> OutsideApproval:
    return OutsideApproval(
        id=row.id,
        matter=_matter(row),
        unit=UnitId(row.unit),
        title=row.title,
        version=row.version,
        records=tuple(row.records),
        approver=PersonId(row.approver),
        approved_at=row.approved_at,
        means=row.means,
        document=row.document,
        paper=None if row.paper is None else Sha256(row.paper),
        entered_by=PersonId(row.entered_by),
        entered_at=row.entered_at,
        state=row.state,
        settled_at=row.settled_at,
        note=row.note,
    )
