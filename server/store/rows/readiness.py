"""Tables of planned outages, alarms and digests."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.readiness_records import DigestKind
from server.store.columns import Tree, Trees
from server.store.rows.base import AnyRow


class OutageRow(AnyRow):
    """A planned outage."""

    __tablename__ = "outages"
    __table_args__ = (Index(None, "station", "since"), Index(None, "until"))

    id: Mapped[str] = mapped_column(primary_key=True)
    station: Mapped[str] = mapped_column(ForeignKey("units.id"))
    zones: Mapped[list[str]]
    since: Mapped[datetime]
    until: Mapped[datetime]
    by: Mapped[str]
    at: Mapped[datetime]
    programme: Mapped[str | None]
    reason: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]


class AlarmRow(AnyRow):
    """One cause of trouble."""

    __tablename__ = "alarms"
    __table_args__ = (Index(None, "ended"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    unit: Mapped[str | None] = mapped_column(ForeignKey("units.id"))
    subjects: Mapped[list[str]]
    named: Mapped[Trees]
    remedy: Mapped[str]
    began: Mapped[datetime]
    most: Mapped[int]
    well_since: Mapped[datetime | None]
    ended: Mapped[datetime | None]
    seen_by: Mapped[str | None]
    seen_at: Mapped[datetime | None]


class DigestRow(AnyRow):
    """What was said once about a session to come."""

    __tablename__ = "digests"
    __table_args__ = (Index(None, "starts"), Index(None, "made_at"))

    unit: Mapped[str] = mapped_column(ForeignKey("units.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[DigestKind]
    session: Mapped[str]
    starts: Mapped[datetime]
    made_at: Mapped[datetime]
    frozen: Mapped[Tree]
    mailed_at: Mapped[datetime | None]
