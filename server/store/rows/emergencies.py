"""Tables of emergencies and, apart from them, of exercises. Issues, acts and lists are append-only."""

from datetime import datetime

import sqlalchemy
from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.emergency_records import Act, RequestState, Way
from server.store.rows.base import AnyRow


class EmergencyRow(AnyRow):
    """An issued emergency; `content` is what is signed."""

    __tablename__ = "emergencies"
    __table_args__ = (Index(None, "sent"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    sent: Mapped[datetime]
    content: Mapped[bytes]
    sha256: Mapped[str]
    way: Mapped[Way]
    confirmed_by: Mapped[str | None]
    template: Mapped[str | None]
    told: Mapped[list[str]]


class EmergencyActRow(AnyRow):
    """What somebody did to an emergency."""

    __tablename__ = "emergency_acts"

    id: Mapped[int] = mapped_column(sqlalchemy.Integer, primary_key=True)
    emergency: Mapped[str] = mapped_column(ForeignKey("emergencies.id"))
    act: Mapped[Act]
    by: Mapped[str]
    at: Mapped[datetime]
    note: Mapped[str]


class EmergencyListRow(AnyRow):
    """One word about a unit's emergencies; the highest number is in force."""

    __tablename__ = "emergency_lists"

    unit: Mapped[str] = mapped_column(ForeignKey("units.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes]
    at: Mapped[datetime]


class EmergencyRequestRow(AnyRow):
    """A request and where it stands."""

    __tablename__ = "emergency_requests"
    __table_args__ = (Index(None, "state"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[RequestState]
    asked_at: Mapped[datetime]
    content: Mapped[bytes]


class EmergencyRightRow(AnyRow):
    """The right of a person for a unit."""

    __tablename__ = "emergency_rights"

    person: Mapped[str] = mapped_column(ForeignKey("people.id"), primary_key=True)
    unit: Mapped[str] = mapped_column(ForeignKey("units.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    until: Mapped[datetime | None]
    given_by: Mapped[str]


class EmergencyWatchRow(AnyRow):
    """Who is told when somebody of a unit breaks the glass."""

    __tablename__ = "emergency_watches"

    unit: Mapped[str] = mapped_column(ForeignKey("units.id"), primary_key=True)
    people: Mapped[list[str]]


class EmergencyTemplateRow(AnyRow):
    """A text for emergencies."""

    __tablename__ = "emergency_templates"

    id: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(ForeignKey("units.id"))
    content: Mapped[bytes]
    written_by: Mapped[list[str]]
    changed_at: Mapped[datetime]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]


class ExerciseRow(AnyRow):
    """An exercise as it was ordered."""

    __tablename__ = "exercises"
    __table_args__ = (Index(None, "sent"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    sent: Mapped[datetime]
    content: Mapped[bytes]


class ExerciseWordsRow(AnyRow):
    """What says that an exercise is one."""

    __tablename__ = "exercise_words"

    id: Mapped[str] = mapped_column(primary_key=True)
    unit: Mapped[str] = mapped_column(ForeignKey("units.id"))
    made_at: Mapped[datetime]
    content: Mapped[bytes]


class ExerciseCancelRow(AnyRow):
    """The early end of an exercise."""

    __tablename__ = "exercise_cancels"

    exercise: Mapped[str] = mapped_column(ForeignKey("exercises.id"), primary_key=True)
    by: Mapped[str]
    at: Mapped[datetime]
