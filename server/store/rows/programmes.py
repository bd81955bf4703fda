"""Tables of programmes, takes, slots, session templates and approvals."""

from datetime import date, datetime, time

import sqlalchemy
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from schedules.programme import Kind, Origin, State
from schedules.regulation import SessionName
from schedules.slot import CatchUp, Interrupted, StartPolicy
from schedules.way import Way
from server.store.columns import Tree, Trees
from server.store.rows.base import AnyRow
from server.values import TakeOrigin, TakeState


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
    for_places: Mapped[bool]
    parts: Mapped[Trees]
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
    groups: Mapped[list[str]]
    languages: Mapped[list[str]]
    tags: Mapped[list[str]]
    timing: Mapped[Tree]
    lasts_s: Mapped[float | None]
    start: Mapped[StartPolicy]
    wait_s: Mapped[float]
    catch_up: Mapped[CatchUp] = mapped_column(index=True)
    late_s: Mapped[float]
    interrupted: Mapped[Interrupted]
    way: Mapped[Way]
    written_order: Mapped[Tree | None]
    version: Mapped[int]
    changed_by: Mapped[list[str]]
    changed_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class SlotTargetRow(AnyRow):
    """One zone, unit or group a slot's target names, or that it says no place; not there for removed slots."""

    __tablename__ = "slot_targets"

    names: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[str] = mapped_column(ForeignKey("slots.id"), primary_key=True, index=True)


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
    replaces: Mapped[str | None]
    refused: Mapped[int]
    version: Mapped[int]
    changed_by: Mapped[list[str]]
    changed_at: Mapped[datetime]
    note: Mapped[str]


class ApprovalRow(AnyRow):
    """An approval. Append-only."""

    __tablename__ = "approvals"

    id: Mapped[int] = mapped_column(sqlalchemy.Integer, primary_key=True)
    subject: Mapped[str] = mapped_column(index=True)
    record: Mapped[str] = mapped_column(index=True)
    zones: Mapped[list[str]]
    approved_by: Mapped[str]
    approved_at: Mapped[datetime]
    canonical: Mapped[bytes]
    way: Mapped[str | None]
    texts: Mapped[Tree | None]
    delegation: Mapped[str] = mapped_column(default="")
