"""Tables of approving away from the desk: PINs, one-time links, approvals outside the system."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.approving_records import LinkState, Means, OutsideState
from server.store.rows.base import AnyRow


class ApproverPinRow(AnyRow):
    """An approver's PIN."""

    __tablename__ = "approver_pins"

    person: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    pin_hash: Mapped[str]
    set_at: Mapped[datetime]
    wrong: Mapped[int]


class ApprovalLinkRow(AnyRow):
    """A one-time link."""

    __tablename__ = "approval_links"
    __table_args__ = (Index(None, "asked_by", "asked_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    token_sha256: Mapped[str] = mapped_column(unique=True)
    programme: Mapped[str | None] = mapped_column(ForeignKey("programmes.id"), index=True)
    template: Mapped[str | None] = mapped_column(ForeignKey("templates.id"), index=True)
    seen: Mapped[list[str]]
    approver: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int]
    state: Mapped[LinkState]
    settled_at: Mapped[datetime | None]


class OutsideApprovalRow(AnyRow):
    """An approval outside the system."""

    __tablename__ = "outside_approvals"

    id: Mapped[str] = mapped_column(primary_key=True)
    programme: Mapped[str | None] = mapped_column(ForeignKey("programmes.id"), index=True)
    template: Mapped[str | None] = mapped_column(ForeignKey("templates.id"), index=True)
    unit: Mapped[str] = mapped_column(ForeignKey("units.id"), index=True)
    title: Mapped[str]
    version: Mapped[int]
    records: Mapped[list[str]]
    approver: Mapped[str]
    approved_at: Mapped[datetime]
    means: Mapped[Means]
    document: Mapped[str]
    paper: Mapped[str | None]
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]
    state: Mapped[OutsideState] = mapped_column(index=True)
    settled_at: Mapped[datetime | None]
    note: Mapped[str]


class SignedPaperRow(AnyRow):
    """A photograph of a signed paper, by the sum of its bytes."""

    __tablename__ = "signed_papers"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]
