"""The table of faults that people see to."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.fault_records import FaultKind, FaultOutcome
from server.store.rows.base import AnyRow


class FaultRow(AnyRow):
    """A fault of a loudspeaker; the last five say how it ended."""

    __tablename__ = "faults"
    __table_args__ = (Index(None, "loudspeaker"), Index(None, "ended_at"))

    id: Mapped[str] = mapped_column(primary_key=True)
    loudspeaker: Mapped[str] = mapped_column(ForeignKey("loudspeakers.id"))
    kind: Mapped[FaultKind]
    note: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    alarm: Mapped[str | None]
    outcome: Mapped[FaultOutcome | None]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    done: Mapped[str]
    parts: Mapped[str]
