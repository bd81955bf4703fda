"""The table of contributions."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.contribution_records import ContributionState
from server.store.columns import Tree
from server.store.rows.base import AnyRow


class ContributionRow(AnyRow):
    """What was handed in to a station."""

    __tablename__ = "contributions"
    __table_args__ = (Index(None, "station", "state"), Index(None, "by", "sent_at"))

    id: Mapped[str] = mapped_column(primary_key=True)
    station: Mapped[str] = mapped_column(ForeignKey("units.id"))
    zones: Mapped[list[str]]
    by: Mapped[str] = mapped_column(ForeignKey("people.id"))
    sent_at: Mapped[datetime]
    title: Mapped[str]
    text: Mapped[str]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    file_name: Mapped[str]
    recording: Mapped[Tree | None]
    state: Mapped[ContributionState]
    settled_by: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    reason: Mapped[str]
    programme: Mapped[str | None] = mapped_column(ForeignKey("programmes.id"))
