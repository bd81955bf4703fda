"""Commands to one loudspeaker, and what its agent answers. A command is done once and soon, or not at all.

What is to hold over a restart, volume, silence, maintenance, is state and never a command. It must not decide whether
an agent obeys (`station_agent.commands`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from schedules.errors import InvalidValue
from schedules.ids import CommandId, DeviceId
from schedules.wire.messages import Message

LONGEST = timedelta(hours=1)
"""How long a command may wait for its loudspeaker: what was wanted an hour ago is no longer what is wanted."""
LONGEST_LOG = timedelta(days=1)
"""How long another log level may hold: every line wears an SD card."""
LONGEST_ID = 64
"""Characters of a command's id, letters and digits: an agent keeps it under that name."""


class What(StrEnum):
    """What a loudspeaker can be told to do."""

    TEST_TONE = "test_tone"
    RESYNC = "resync"
    RESTART = "restart"
    LOG_LEVEL = "log_level"
    DIAGNOSTICS = "diagnostics"


class LogLevel(StrEnum):
    """How much an agent writes to its log."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class CommandState(StrEnum):
    """What became of a command, by the agent's own word."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    EXPIRED = "expired"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command(Message):
    """One thing for one device to do, once, before it expires.

    Attributes:
        command: its id; the agent writes it down before it does anything, and never does one id twice.
        device: the only one that is to obey; the loudspeaker's others neither obey nor answer.
        what: one of `What`; as text, so that what a later release may want is answered and not lost.
        level, until: of `log_level` alone: how much is written to the log, and until when.
    """

    command: CommandId
    device: DeviceId
    what: str
    level: LogLevel | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        if not (self.command.isascii() and self.command.isalnum() and len(self.command) <= LONGEST_ID):
            raise InvalidValue("command.id", command=self.command[:LONGEST_ID])
        if self.expires is None or not self.issued < self.expires <= self.issued + LONGEST:
            raise InvalidValue("command.expiry", issued=self.issued, expires=self.expires)
        if self.what == What.LOG_LEVEL and (
            self.level is None or self.until is None or not self.issued < self.until <= self.issued + LONGEST_LOG
        ):
            raise InvalidValue("command.log_level", level=self.level, until=self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandAnswered(Message):
    """What became of a command; each state is said once, and again after each reconnect.

    Attributes:
        reason: dotted code, when it was rejected.
        level_dbfs: of a test tone: mean level at the output.
    """

    command: CommandId
    state: CommandState
    reason: str = ""
    level_dbfs: float | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One part of what was gathered: plain text under a name."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticsGathered(Message):
    """What an agent tells of itself to find a fault by, as a command asked; no secret is in it."""

    command: CommandId
    sections: tuple[Section, ...]
