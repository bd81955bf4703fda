"""Tables of commands, of what was answered to them, and of what was gathered."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from schedules.wire.command import CommandState, LogLevel, What
from server.store.rows.base import AnyRow


class CommandRow(AnyRow):
    """A command; which ones wait is asked every second."""

    __tablename__ = "commands"
    __table_args__ = (Index(None, "loudspeaker", "given_at"), Index(None, "given_by", "given_at"))

    id: Mapped[str] = mapped_column(primary_key=True)
    loudspeaker: Mapped[str] = mapped_column(ForeignKey("loudspeakers.id"))
    device: Mapped[str]
    what: Mapped[What]
    given_at: Mapped[datetime]
    given_by: Mapped[str]
    expires: Mapped[datetime] = mapped_column(index=True)
    level: Mapped[LogLevel | None]
    until: Mapped[datetime | None]
    together: Mapped[int]
    sent_at: Mapped[datetime | None]


class CommandAnswerRow(AnyRow):
    """An answer; each state of a command once. Append-only."""

    __tablename__ = "command_answers"

    command: Mapped[str] = mapped_column(ForeignKey("commands.id"), primary_key=True)
    state: Mapped[CommandState] = mapped_column(primary_key=True)
    number: Mapped[int]
    received_at: Mapped[datetime]
    reason: Mapped[str]
    level_dbfs: Mapped[float | None]
    envelope: Mapped[bytes]


class DiagnosticsRow(AnyRow):
    """What was gathered; the oldest of a loudspeaker are thrown away."""

    __tablename__ = "diagnostics"

    command: Mapped[str] = mapped_column(ForeignKey("commands.id"), primary_key=True)
    loudspeaker: Mapped[str] = mapped_column(index=True)
    received_at: Mapped[datetime]
    envelope: Mapped[bytes]
