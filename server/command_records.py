"""What the centre keeps of commands to loudspeakers: who gave which, and what their agents answered.

Frozen; no behaviour beyond their own state. It must not know how they are stored.
"""

from dataclasses import dataclass, field
from datetime import datetime

from schedules.ids import CommandId, DeviceId, LoudspeakerId, PersonId
from schedules.wire.command import CommandState, LogLevel, What


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenCommand:
    """One command to one device.

    Attributes:
        level, until: of a log level.
        together: to how many loudspeakers it was given in one go.
        sent_at: when it last left for the broker; None before.
    """

    id: CommandId
    loudspeaker: LoudspeakerId
    device: DeviceId
    what: What
    given_at: datetime
    by: PersonId
    expires: datetime
    level: LogLevel | None = None
    until: datetime | None = None
    together: int = 1
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """What an agent said of a command, each state once.

    Attributes:
        number: the agent's own, by which the later of two answers is known.
        level_dbfs: of a test tone: mean level at the output.
        envelope: the signed message as it came.
    """

    command: CommandId
    state: CommandState
    number: int
    received_at: datetime
    reason: str = ""
    level_dbfs: float | None = None
    envelope: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostics:
    """What an agent gathered of itself as a command asked, signed by its device."""

    command: CommandId
    loudspeaker: LoudspeakerId
    received_at: datetime
    envelope: bytes = field(repr=False)
