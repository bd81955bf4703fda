"""Emergencies and exercises as messages: the list of one unit, and what is said, its sound behind the header.

An exercise is a type of its own, in a place of the list of its own: no field turns one into the other.
It must not decide what sounds (`emergency_lane`).
"""

from dataclasses import dataclass

from schedules.emergency import Exercise
from schedules.emergency_list import EmergencyList
from schedules.errors import InvalidValue
from schedules.ids import EmergencyId, Sha256
from schedules.wire.messages import Message

SOUND_LIMIT = 96 * 1024
"""Bytes of an announcement's sound: a narrow line of 128 kbit/s carries them in 6 s, behind the siren."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyListed(Message):
    """The newest list of a unit; it replaces every one of a lower (epoch, number).

    What it says about itself is what its list says: unit and number.
    """

    listed: EmergencyList

    def __post_init__(self) -> None:
        if (self.audience, self.number) != (f"unit:{self.listed.unit}", self.listed.number):
            raise InvalidValue("emergency.says_otherwise", audience=self.audience, number=self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced(Message):
    """What carries its sound: mono MP3, as raw bytes behind the rest of the payload."""

    sound: bytes

    def __post_init__(self) -> None:
        if not 0 < len(self.sound) <= SOUND_LIMIT:
            raise InvalidValue("emergency.sound", size=len(self.sound), limit=SOUND_LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyIssued(Announced):
    """The words of a real emergency; it sounds while the list of its unit has it as live, and only then.

    Attributes:
        sha256: of the announcement, as the list names it.
    """

    emergency: EmergencyId
    headline: str
    sha256: Sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseIssued(Announced):
    """An exercise; it sounds while the list of its unit has it among its exercises, and only then."""

    exercise: Exercise
