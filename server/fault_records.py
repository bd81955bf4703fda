"""Faults of loudspeakers that people see to: opened by somebody, ended with what was done.

Frozen; no behaviour beyond their own state. A fault here is what a person noted; the codes a device reports of itself
stay in its presence.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from schedules.ids import LoudspeakerId, PersonId


class FaultKind(StrEnum):
    """What is wrong, as whoever stands below the pole would say it."""

    NO_SOUND = "no_sound"
    POOR_SOUND = "poor_sound"
    NO_CONTACT = "no_contact"
    NO_POWER = "no_power"
    DEVICE = "device"
    MOUNT = "mount"
    OTHER = "other"


class FaultOutcome(StrEnum):
    """How a fault ended."""

    REPAIRED = "repaired"
    HANDED_OVER = "handed_over"
    """To the power company, whose work it is from then on."""
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How, when and by whom a fault was ended.

    Attributes:
        done: what was done, in the words of who did it.
        parts: what was put in anew; empty where nothing was.
    """

    outcome: FaultOutcome
    by: PersonId
    at: datetime
    done: str
    parts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One fault of one loudspeaker.

    Attributes:
        note: what was seen, in the words of who opened it; may be empty.
        alarm: the one that told of it; None where a person noticed.
        ending: None while it is open.
    """

    id: str
    loudspeaker: LoudspeakerId
    kind: FaultKind
    note: str
    by: PersonId
    at: datetime
    alarm: str | None = None
    ending: Ending | None = None

    def days(self, now: datetime) -> int:
        """How many whole days it has been open, or was."""
        return ((self.ending.at if self.ending else now) - self.at).days
