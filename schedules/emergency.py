"""Emergencies in the shape of CAP 1.2, and exercises: a type of its own that no function turns into an emergency.

It must not decide what sounds (`emergency_lane`) nor who may issue (`emergency_right`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from schedules.errors import InvalidValue
from schedules.ids import EmergencyId, ExerciseId, PersonId, UnitId
from schedules.programme import TITLE_LIMIT, Origin, Recording
from schedules.times import require_utc

LONGEST_LIFE = timedelta(minutes=60)
"""Nothing lives longer without a new issue: an update, which somebody must decide upon."""
MOST_TIMES = 5
"""How often one issue may be heard in all; the stricter reading of "repeats at most 5 times"."""
PAUSE_S = (5, 300)
"""The shortest and the longest pause between two times, in seconds."""
TEXT_LIMIT = 1000
"""Characters of one language's text: some two minutes, and it must be understood at one hearing."""
WORDS_A_MINUTE = 130
"""A calm voice on an outdoor horn; a text that has no recording yet is reckoned by it."""


class Event(StrEnum):
    """What happens; CAP's `event`, as a list so that two authorities mean the same by it."""

    STORM = "storm"
    FLOOD = "flood"
    FLASH_FLOOD = "flash_flood"
    LANDSLIDE = "landslide"
    DAM_RELEASE = "dam_release"
    TSUNAMI = "tsunami"
    EARTHQUAKE = "earthquake"
    FIRE = "fire"
    EPIDEMIC = "epidemic"
    CHEMICAL = "chemical"
    SECURITY = "security"
    OTHER = "other"


class Severity(StrEnum):
    """CAP's `severity`, the gravest first."""

    EXTREME = "extreme"
    SEVERE = "severe"
    MODERATE = "moderate"
    MINOR = "minor"
    UNKNOWN = "unknown"


class Urgency(StrEnum):
    """CAP's `urgency`: how soon people must act."""

    IMMEDIATE = "immediate"
    EXPECTED = "expected"
    FUTURE = "future"
    PAST = "past"
    UNKNOWN = "unknown"


class Certainty(StrEnum):
    """CAP's `certainty`."""

    OBSERVED = "observed"
    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Words:
    """What is said in one language (BCP 47 tag); the recording is None until a voice has spoken the text."""

    language: str
    text: str
    recording: Recording | None = None

    def __post_init__(self) -> None:
        if not self.text.strip() or len(self.text) > TEXT_LIMIT:
            raise InvalidValue("emergency.text", limit=TEXT_LIMIT)

    @property
    def lasts_s(self) -> int:
        """Seconds of sound, started ones counted whole; reckoned while there is no recording."""
        if self.recording is not None:
            return -(-self.recording.duration_ms // 1000)
        return -(-len(self.text.split()) * 60 // WORDS_A_MINUTE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """One signed issue, or with `references` an update: CAP's `alert` with status Actual.

    Attributes:
        sender: the unit that speaks; `origin` is its height.
        references: the issues this one replaces.
        units: where it sounds, everything below included, in order of id.
        onset: when the event is expected; it does not delay the sound.
        expires: from then on it never sounds.
        times: how often it is heard in all, with `pause_s` between.
        instruction: what to do, for the screens; it is part of the words where it is to be heard.
        break_glass: issued by one person on the narrow way.
    """

    id: EmergencyId
    sender: UnitId
    origin: Origin
    issued_by: PersonId
    sent: datetime
    expires: datetime
    units: tuple[UnitId, ...]
    event: Event
    severity: Severity
    urgency: Urgency
    certainty: Certainty
    headline: str
    words: tuple[Words, ...]
    times: int
    pause_s: int
    onset: datetime | None = None
    instruction: str = ""
    references: tuple[EmergencyId, ...] = ()
    break_glass: bool = False

    def __post_init__(self) -> None:
        _check_life(self.sent, self.expires, self.times, self.pause_s)
        _check_what(self.headline, self.units, self.words)
        if self.id in self.references:
            raise InvalidValue("emergency.references_itself", emergency=self.id)

    @property
    def lasts_s(self) -> int:
        """Seconds of one hearing, in the language that takes longest."""
        return max(words.lasts_s for words in self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """A drill: it says so itself, keeps the hours and the volume of ordinary programmes, and never becomes real."""

    id: ExerciseId
    sender: UnitId
    ordered_by: PersonId
    sent: datetime
    expires: datetime
    units: tuple[UnitId, ...]
    event: Event
    headline: str
    words: tuple[Words, ...]
    times: int
    pause_s: int

    def __post_init__(self) -> None:
        _check_life(self.sent, self.expires, self.times, self.pause_s)
        _check_what(self.headline, self.units, self.words)

    @property
    def lasts_s(self) -> int:
        """Seconds of one hearing, in the language that takes longest."""
        return max(words.lasts_s for words in self.words)


def _check_life(sent: datetime, expires: datetime, times: int, pause_s: int) -> None:
    require_utc(sent, "sent")
    require_utc(expires, "expires")
    if expires <= sent:
        raise InvalidValue("emergency.already_expired", sent=sent, expires=expires)
    if expires - sent > LONGEST_LIFE:
        raise InvalidValue("emergency.lives_too_long", limit=LONGEST_LIFE)
    if not 1 <= times <= MOST_TIMES:
        raise InvalidValue("emergency.times", limit=MOST_TIMES)
    if not PAUSE_S[0] <= pause_s <= PAUSE_S[1]:
        raise InvalidValue("emergency.pause", least=PAUSE_S[0], most=PAUSE_S[1])


def _check_what(headline: str, units: tuple[UnitId, ...], words: Iterable[Words]) -> None:
    if not headline.strip() or len(headline) > TITLE_LIMIT:
        raise InvalidValue("emergency.headline", limit=TITLE_LIMIT)
    if not units or units != tuple(sorted(set(units))):
        raise InvalidValue("emergency.no_area")
    languages = [each.language for each in words]
    if not languages:
        raise InvalidValue("emergency.no_words")
    if len(set(languages)) != len(languages):
        raise InvalidValue("emergency.language_twice")
