"""Tables of people, units, zones, regulations, channels and loudspeakers."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from schedules.unit import UnitLevel
from server.store.columns import Tree, Trees
from server.store.rows.base import AnyRow
from server.values import LoudspeakerKind


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
    password_ends: Mapped[datetime | None]
    session_key: Mapped[int]
    also_units: Mapped[list[str]]
    ends: Mapped[datetime | None]
    is_new: Mapped[bool]


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
    north: Mapped[float | None]
    east: Mapped[float | None]
    machine_voice: Mapped[bool] = mapped_column(default=False)


class TreeMarkRow(AnyRow):
    """A mark drawn anew with each change of a unit (1), of a zone or loudspeaker (2), of the rest of a schedule (3)."""

    __tablename__ = "tree_mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    mark: Mapped[str]


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
    tags: Mapped[list[str]]
    stood: Mapped[Trees]
    moves: Mapped[Trees]


class SuccessionRow(AnyRow):
    """A merge or split that was decided."""

    __tablename__ = "successions"

    id: Mapped[str] = mapped_column(primary_key=True)
    on: Mapped[date]
    basis: Mapped[str]
    ends: Mapped[Tree]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    carried_out_at: Mapped[datetime | None]


class GroupRow(AnyRow):
    """A named group of zones and units."""

    __tablename__ = "groups"

    id: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(ForeignKey("units.id"))
    name: Mapped[str]
    zones: Mapped[list[str]]
    units: Mapped[list[str]]


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
    document: Mapped[str]
    min_minutes_a_day: Mapped[int | None]
    sessions_a_day: Mapped[int | None]
    languages: Mapped[list[str]]
    openings: Mapped[Trees]
    suspensions: Mapped[Trees]
    outside_approval: Mapped[str]


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
    daily_bytes: Mapped[int | None]
    maintenance_until: Mapped[datetime | None]
    maintenance_by: Mapped[str]
    maintenance_reason: Mapped[str]
    north: Mapped[float | None]
    east: Mapped[float | None]
    since: Mapped[datetime]
    stood: Mapped[Trees]
    retired_at: Mapped[datetime | None]
