"""Tables of counted days and of saved views."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from server.store.columns import Tree
from server.store.rows.base import AnyRow


class TallyRow(AnyRow):
    """The verdicts of a station's day, counted."""

    __tablename__ = "tallies"

    day: Mapped[date] = mapped_column(primary_key=True)
    station: Mapped[str] = mapped_column(ForeignKey("units.id"), primary_key=True)
    counts: Mapped[Tree]
    zones: Mapped[Tree | None]
    leaves: Mapped[int] = mapped_column(server_default="0")
    counted_at: Mapped[datetime]
    doubtful: Mapped[bool]


class ViewRow(AnyRow):
    """A view that a person saved."""

    __tablename__ = "saved_views"

    person: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    query: Mapped[str]
