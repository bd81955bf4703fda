"""Tables of what was planned, issued and published: marks, rundowns, planned items, silence, trust lists."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from schedules.programme import Kind
from server.store.columns import Tree, Trees
from server.store.rows.base import AnyRow


class ZoneMarkRow(AnyRow):
    """How far a zone is; apart from the zone, because the conductor writes it and people write the zone."""

    __tablename__ = "zone_marks"

    zone: Mapped[str] = mapped_column(ForeignKey("zones.id"), primary_key=True)
    wanted: Mapped[int] = mapped_column(default=1)
    planned_from: Mapped[int] = mapped_column(default=0)
    issued_revision: Mapped[int] = mapped_column(default=0)
    published_revision: Mapped[int] = mapped_column(default=0)
    planned_for: Mapped[date | None]


class AssignmentMarkRow(AnyRow):
    """The number a loudspeaker's assignment should have, and the one the broker confirmed."""

    __tablename__ = "assignment_marks"

    loudspeaker: Mapped[str] = mapped_column(ForeignKey("loudspeakers.id"), primary_key=True)
    wanted: Mapped[int] = mapped_column(default=1)
    published: Mapped[int] = mapped_column(default=0)


class IssuedRow(AnyRow):
    """The rundown in force of a zone, as the signed bytes; its values are read from them."""

    __tablename__ = "issued"

    zone: Mapped[str] = mapped_column(ForeignKey("zones.id"), primary_key=True)
    revision: Mapped[int]
    envelope: Mapped[bytes]
    issued_at: Mapped[datetime]
    covers_from: Mapped[datetime]


class IssuedRevisionRow(AnyRow):
    """What is left of every rundown ever issued: its hash and what it changed. Append-only."""

    __tablename__ = "issued_revisions"

    zone: Mapped[str] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    issued_at: Mapped[datetime]
    sha256: Mapped[str]
    added: Mapped[int]
    withdrawn: Mapped[list[str]]
    changed: Mapped[Trees]


class InForceRecordingRow(AnyRow):
    """One recording, and at how many zones the rundown in force names it."""

    __tablename__ = "recordings_in_force"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    zones: Mapped[int]


class PlannedRow(AnyRow):
    """One item some issued rundown promised, as it was last said, that the rundown in force no longer holds."""

    __tablename__ = "planned"
    __table_args__ = (Index(None, "zone", "starts_at"),)

    zone: Mapped[str] = mapped_column(primary_key=True)
    occurrence: Mapped[str] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    title: Mapped[str]
    kind: Mapped[Kind]
    level: Mapped[int]
    language: Mapped[str]
    programme: Mapped[str]
    sound: Mapped[Tree]
    approval: Mapped[str]
    latest_start: Mapped[datetime | None]
    late_until: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    last_revision: Mapped[int]
    withdrawn_at: Mapped[datetime | None]


class MissedRow(AnyRow):
    """One occurrence that no loudspeaker of its zone played and that comes again. Append-only."""

    __tablename__ = "missed"

    zone: Mapped[str] = mapped_column(ForeignKey("zones.id"), primary_key=True)
    occurrence: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    known: Mapped[datetime] = mapped_column(index=True)


class SilenceRow(AnyRow):
    """An order about silence; older ones are kept as history."""

    __tablename__ = "silences"

    audience: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    ordered: Mapped[bool]
    until: Mapped[datetime | None]
    spares_emergencies: Mapped[bool]
    by: Mapped[str]
    at: Mapped[datetime]
    published: Mapped[bool]


class TrustListRow(AnyRow):
    """A signed trust list. Append-only."""

    __tablename__ = "trust_lists"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    envelope: Mapped[bytes]


class TrustFollowedRow(AnyRow):
    """A trust list under which everything in force was wanted again. Append-only."""

    __tablename__ = "trust_followed"

    number: Mapped[int] = mapped_column(ForeignKey("trust_lists.number"), primary_key=True, autoincrement=False)
