"""Tables of what loudspeakers said and people did.

They have no foreign keys: what is said about something unknown is kept all the same.
"""

from datetime import datetime

import sqlalchemy
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from schedules.asrun import Outcome
from schedules.mark import MarkKind
from server.store.columns import Tree
from server.store.rows.base import AnyRow


class HeardRow(AnyRow):
    """An as-run entry, whole, as it was kept. Append-only."""

    __tablename__ = "heard"
    __table_args__ = (Index(None, "zone", "planned_start"),)

    loudspeaker: Mapped[str] = mapped_column(primary_key=True)
    journal: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(primary_key=True)
    zone: Mapped[str]
    previous: Mapped[str]
    occurrence: Mapped[str]
    programme: Mapped[str]
    title: Mapped[str]
    sha256: Mapped[list[str]]
    approval: Mapped[str]
    revision: Mapped[int]
    planned_start: Mapped[datetime]
    planned_end: Mapped[datetime]
    outcome: Mapped[Outcome]
    reason: Mapped[str]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    played_ms: Mapped[int]
    received_ms: Mapped[int | None]
    level_dbfs: Mapped[float | None]
    clock_error_ms: Mapped[int]
    recorded_at: Mapped[datetime]
    received_at: Mapped[datetime]
    flags: Mapped[list[str]]


class MarkRow(AnyRow):
    """A mark of a journal, whole, as it was kept. Append-only."""

    __tablename__ = "marks"
    __table_args__ = (Index(None, "loudspeaker", "kind", "received_at"),)

    loudspeaker: Mapped[str] = mapped_column(primary_key=True)
    journal: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(primary_key=True)
    previous: Mapped[str]
    kind: Mapped[MarkKind]
    recorded_at: Mapped[datetime]
    clock_error_ms: Mapped[int | None]
    covers_until: Mapped[datetime | None]
    after_journal: Mapped[str | None]
    after_sequence: Mapped[int | None]
    after_head: Mapped[str]
    lost_from: Mapped[int | None]
    lost_to: Mapped[int | None]
    rundown: Mapped[int | None]
    trust: Mapped[int | None]
    ledger_size: Mapped[int | None]
    ledger_root: Mapped[str]
    ledger_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    flags: Mapped[list[str]]


class JournalRow(AnyRow):
    """Up to where a journal is known to have no gap. What is behind it is never deleted, so it is never too far."""

    __tablename__ = "journals"

    loudspeaker: Mapped[str] = mapped_column(primary_key=True)
    journal: Mapped[str] = mapped_column(primary_key=True)
    through: Mapped[int]


class CoversRow(AnyRow):
    """Up to when a loudspeaker has reported everything, per journal."""

    __tablename__ = "covers"

    loudspeaker: Mapped[str] = mapped_column(primary_key=True)
    journal: Mapped[str] = mapped_column(primary_key=True)
    covers_until: Mapped[datetime]


class SeenRow(AnyRow):
    """The newest presence and receipt of a loudspeaker, as wire payloads."""

    __tablename__ = "seen"

    loudspeaker: Mapped[str] = mapped_column(primary_key=True)
    presence: Mapped[bytes | None]
    presence_at: Mapped[datetime | None]
    receipt: Mapped[bytes | None]
    receipt_at: Mapped[datetime | None]
    twins_at: Mapped[datetime | None]


class PresenceRow(AnyRow):
    """A change in what a loudspeaker said about itself. Append-only."""

    __tablename__ = "presence_history"
    __table_args__ = (Index(None, "loudspeaker", "at"),)

    id: Mapped[int] = mapped_column(sqlalchemy.Integer, primary_key=True)
    loudspeaker: Mapped[str]
    at: Mapped[datetime]
    presence: Mapped[bytes]


class AuditRow(AnyRow):
    """A line of the audit trail. Append-only."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "unit", "id"), Index(None, "by", "action"), Index(None, "subject", "action"))

    id: Mapped[int] = mapped_column(sqlalchemy.Integer, primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str | None]
    action: Mapped[str]
    subject: Mapped[str]
    unit: Mapped[str | None]
    details: Mapped[Tree]
