"""The table of proposals about a station's rules."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.store.columns import Tree
from server.store.rows.base import AnyRow
from server.values import ProposalState


class ProposalRow(AnyRow):
    """What somebody asked for that takes two people, and what came of it; ids sort by time."""

    __tablename__ = "proposals"
    __table_args__ = (Index(None, "station", "id"), Index(None, "kind", "state"))

    id: Mapped[str] = mapped_column(primary_key=True)
    station: Mapped[str] = mapped_column(ForeignKey("units.id"))
    kind: Mapped[str]
    content: Mapped[Tree]
    state: Mapped[ProposalState]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    settled_by: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    note: Mapped[str]
