"""The table of what stations answered to offers."""

from datetime import datetime

import sqlalchemy
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from server.store.rows.base import AnyRow


class AnswerRow(AnyRow):
    """One answer; the newest of a station to a slot counts. Append-only."""

    __tablename__ = "answers"

    id: Mapped[int] = mapped_column(sqlalchemy.Integer, primary_key=True)
    slot: Mapped[str] = mapped_column(ForeignKey("slots.id"), index=True)
    station: Mapped[str] = mapped_column(ForeignKey("units.id"), index=True)
    record: Mapped[str]
    accepted: Mapped[bool]
    reason: Mapped[str]
    places: Mapped[list[str]]
    by: Mapped[str]
    at: Mapped[datetime]
