"""PINs of approvers and one-time links in the database. It must not judge either."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from schedules.ids import PersonId, ProgrammeId
from server.approving_records import ApprovalLink, ApproverPin
from server.store.rows import ApprovalLinkRow, ApproverPinRow


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

    def links_of(self, programme: ProgrammeId) -> Sequence[ApprovalLink]:
        """Give the links for a programme, the newest first."""
        row = ApprovalLinkRow
        query = select(row).where(row.programme == programme).order_by(row.asked_at.desc(), row.id.desc())
        return [_link(each) for each in self._session.scalars(query)]

    def links_asked(self, by: PersonId, *, since: datetime) -> int:
        """Give how many links a person asked for from an instant on."""
        row = ApprovalLinkRow
        asked = select(func.count()).select_from(row).where(row.asked_by == by, row.asked_at >= since)
        return self._session.scalar(asked) or 0

    def put_link(self, link: ApprovalLink) -> None:
        """Insert or replace a link."""
        self._session.merge(ApprovalLinkRow(**{**asdict(link), "seen": sorted(link.seen)}))
        self._session.flush()


def _link(row: ApprovalLinkRow) -> ApprovalLink:
    return ApprovalLink(
        id=row.id,
        token_sha256=row.token_sha256,
        programme=ProgrammeId(row.programme),
        seen=frozenset(row.seen),
        approver=PersonId(row.approver),
        asked_by=PersonId(row.asked_by),
        asked_at=row.asked_at,
        expires_at=row.expires_at,
        tries=row.tries,
        state=row.state,
        settled_at=row.settled_at,
    )
