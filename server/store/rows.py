"""The tables, as typed rows. They mirror the values of the centre field by field, yet are not the values.

Nothing outside `server.store` sees a row. Evidence has no foreign keys: what a loudspeaker says about
something unknown is kept all the same.
"""

from datetime import date, datetime, time
from enum import Enum

import sqlalchemy
from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from schedules.asrun import Outcome
from schedules.programme import Kind, Origin, State
from schedules.regulation import SessionName
from schedules.slot import StartPolicy
from schedules.unit import UnitLevel
from server.store.columns import Instant, Json, Tree, Trees
from server.values import LoudspeakerKind, TakeOrigin, TakeState


class AnyRow(DeclarativeBase):
    """Any row."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads it from the class
        datetime: Instant,
        int: BigInteger,
        str: Text,
        bytes: LargeBinary,
        Enum: sqlalchemy.Enum(
            Enum, native_enum=False, length=32, values_callable=lambda kinds: [each.value for each in kinds]
        ),
        list[str]: Json,
        list[int]: Json,
        Tree: Json,
        Trees: Json,
    }


class PersonRow(AnyRow):
    """An account."""

    __tablename__ = "people"

    id: Mapped[str] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    unit: Mapped[str] = mapped_column(ForeignKey("units.id"))
    roles: Mapped[list[str]]
    password_hash: Mapped[str]
    language: Mapped[str]
    active: Mapped[bool]
    must_change_password: Mapped[bool]
    session_key: Mapped[int]


class UnitRow(AnyRow):
    """An administrative unit."""

    __tablename__ = "units"

    id: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str]
    name: Mapped[str]
    level: Mapped[UnitLevel]
    parent: Mapped[str | None] = mapped_column(ForeignKey("units.id"))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    successors: Mapped[list[str]]
    machine_voice: Mapped[bool] = mapped_column(default=False)


class ZoneRow(AnyRow):
    """A zone."""

    __tablename__ = "zones"

    id: Mapped[str] = mapped_column(primary_key=True)
    station: Mapped[str] = mapped_column(ForeignKey("units.id"))
    unit: Mapped[str] = mapped_column(ForeignKey("units.id"))
    name: Mapped[str]
    languages: Mapped[list[str]]
    households: Mapped[int]
    residents: Mapped[int]


class ZoneMarkRow(AnyRow):
    """How far a zone is; apart from the zone, because the conductor writes it and people write the zone."""

    __tablename__ = "zone_marks"

    zone: Mapped[str] = mapped_column(ForeignKey("zones.id"), primary_key=True)
    wanted: Mapped[int] = mapped_column(default=1)
    planned_from: Mapped[int] = mapped_column(default=0)
    issued_revision: Mapped[int] = mapped_column(default=0)
    published_revision: Mapped[int] = mapped_column(default=0)
    planned_for: Mapped[date | None]


class RegulationRow(AnyRow):
    """A station's operating regulation."""

    __tablename__ = "regulations"

    station: Mapped[str] = mapped_column(ForeignKey("units.id"), primary_key=True)
    number: Mapped[str] = mapped_column(primary_key=True)
    signed_on: Mapped[date]
    signer: Mapped[str]
    valid_from: Mapped[date]
    time_zone: Mapped[str]
    sessions: Mapped[Trees]
    max_minutes_a_day: Mapped[int]
    kinds: Mapped[list[str]]
    volume: Mapped[Trees]


class ChannelRow(AnyRow):
    """A relay source of the signed list."""

    __tablename__ = "channels"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    address: Mapped[str]
    fallback: Mapped[Tree | None]


class LoudspeakerRow(AnyRow):
    """A loudspeaker, retired ones included."""

    __tablename__ = "loudspeakers"

    id: Mapped[str] = mapped_column(primary_key=True)
    zone: Mapped[str] = mapped_column(ForeignKey("zones.id"))
    name: Mapped[str]
    public_key: Mapped[str]
    kind: Mapped[LoudspeakerKind]
    clusters: Mapped[int]
    horns: Mapped[int]
    volume: Mapped[int]
    maintenance_until: Mapped[datetime | None]
    since: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class AssignmentMarkRow(AnyRow):
    """The number a loudspeaker's assignment should have, and the one the broker confirmed."""

    __tablename__ = "assignment_marks"

    loudspeaker: Mapped[str] = mapped_column(ForeignKey("loudspeakers.id"), primary_key=True)
    wanted: Mapped[int] = mapped_column(default=1)
    published: Mapped[int] = mapped_column(default=0)


class ProgrammeRow(AnyRow):
    """A programme."""

    __tablename__ = "programmes"

    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("units.id"))
    version: Mapped[int]
    title: Mapped[str]
    kind: Mapped[Kind]
    origin: Mapped[Origin]
    level: Mapped[int]
    state: Mapped[State]
    variants: Mapped[Trees]
    times_read: Mapped[int]
    topic: Mapped[str]
    requested_by: Mapped[str]
    document: Mapped[str]
    valid_until: Mapped[datetime | None]
    texts: Mapped[Tree]
    changed_by: Mapped[list[str]]
    machine_voiced: Mapped[list[str]]
    note: Mapped[str]
    changed_at: Mapped[datetime]


class TakeRow(AnyRow):
    """A sound being prepared."""

    __tablename__ = "takes"

    id: Mapped[str] = mapped_column(primary_key=True)
    programme: Mapped[str] = mapped_column(ForeignKey("programmes.id"), index=True)
    language: Mapped[str]
    origin: Mapped[TakeOrigin]
    state: Mapped[TakeState]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    file_name: Mapped[str]
    text: Mapped[str]
    progress: Mapped[float]
    reason: Mapped[str]
    recording: Mapped[Tree | None]
    loudness_before: Mapped[float | None]
    loudness_after: Mapped[float | None]
    true_peak_after: Mapped[float | None]


class SlotRow(AnyRow):
    """A slot, removed ones included."""

    __tablename__ = "slots"

    id: Mapped[str] = mapped_column(primary_key=True)
    programme: Mapped[str] = mapped_column(ForeignKey("programmes.id"), index=True)
    zones: Mapped[list[str]]
    units: Mapped[list[str]]
    timing: Mapped[Tree]
    lasts_s: Mapped[float | None]
    start: Mapped[StartPolicy]
    wait_s: Mapped[float]
    version: Mapped[int]
    changed_by: Mapped[list[str]]
    changed_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class TemplateRow(AnyRow):
    """A session template."""

    __tablename__ = "templates"

    id: Mapped[str] = mapped_column(primary_key=True)
    station: Mapped[str] = mapped_column(ForeignKey("units.id"))
    session: Mapped[SessionName]
    name: Mapped[str]
    starts: Mapped[time]
    ends: Mapped[time]
    places: Mapped[Trees]
    weekdays: Mapped[list[int]]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    version: Mapped[int]
    changed_by: Mapped[list[str]]
    changed_at: Mapped[datetime]


class ApprovalRow(AnyRow):
    """An approval. Append-only."""

    __tablename__ = "approvals"

    id: Mapped[int] = mapped_column(sqlalchemy.Integer, primary_key=True)
    subject: Mapped[str] = mapped_column(index=True)
    record: Mapped[str]
    zones: Mapped[list[str]]
    approved_by: Mapped[str]
    approved_at: Mapped[datetime]
    canonical: Mapped[bytes]


class IssuedRow(AnyRow):
    """The rundown in force of a zone, as the signed bytes; its values are read from them."""

    __tablename__ = "issued"

    zone: Mapped[str] = mapped_column(ForeignKey("zones.id"), primary_key=True)
    revision: Mapped[int]
    envelope: Mapped[bytes]
    issued_at: Mapped[datetime]


class IssuedRecordingRow(AnyRow):
    """One recording that the rundown in force of a zone names."""

    __tablename__ = "issued_recordings"
    __table_args__ = (Index(None, "sha256"),)

    zone: Mapped[str] = mapped_column(ForeignKey("zones.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(primary_key=True)


class PlannedRow(AnyRow):
    """One item some issued rundown promised, as it was last said."""

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
    start: Mapped[StartPolicy]
    latest_start: Mapped[datetime | None]
    valid_until: Mapped[datetime | None]
    first_revision: Mapped[int]
    withdrawn_at: Mapped[datetime | None]


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


class HeardRow(AnyRow):
    """An as-run entry, whole, as it was kept. Append-only."""

    __tablename__ = "heard"
    __table_args__ = (Index(None, "loudspeaker", "planned_start"),)

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
    __table_args__ = (Index(None, "unit", "id"),)

    id: Mapped[int] = mapped_column(sqlalchemy.Integer, primary_key=True)
    at: Mapped[datetime]
    by: Mapped[str | None]
    action: Mapped[str]
    subject: Mapped[str]
    unit: Mapped[str | None]
    details: Mapped[Tree]
