"""Programmes: what can be broadcast, in which languages, and the states it goes through.

It must not know when a programme plays (that is a slot) nor how it is stored.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from schedules.errors import InvalidValue, Refused
from schedules.ids import ChannelId, ProgrammeId, Sha256, UnitId
from schedules.part import Part, require_parts
from schedules.times import require_utc

READING_PAUSE = timedelta(seconds=2)
"""Silence between two readings of one notice."""

_SHA256 = re.compile("[0-9a-f]{64}")

TITLE_LIMIT = 200
"""Characters a title may have: it must fit one line of the printed diary and of a phone."""


class Level(IntEnum):
    """The three levels of a message, lowest first (Circular 39/2020/TT-BTTTT)."""

    ORDINARY = 1
    PRIORITY = 2
    EMERGENCY = 3


class Kind(StrEnum):
    """What sort of programme it is; the regulation names the kinds it allows."""

    SIGNAL = "signal"
    BULLETIN = "bulletin"
    NOTICE = "notice"
    FEATURE = "feature"
    CAMPAIGN = "campaign"
    REPLY = "reply"
    MUSIC = "music"
    RELAY = "relay"
    MOURNING = "mourning"
    TEST = "test"


class Origin(StrEnum):
    """Who made it."""

    CENTRAL = "central"
    PROVINCE = "province"
    COMMUNE = "commune"
    HAMLET = "hamlet"


class State(StrEnum):
    """Where a programme stands between its author and the air."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What a person may do to a programme's state."""

    EDIT = "edit"
    SUBMIT = "submit"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    WITHDRAW = "withdraw"


_NEXT: dict[tuple[State, Action], State] = {
    (State.DRAFT, Action.EDIT): State.DRAFT,
    (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
    (State.SENT_BACK, Action.EDIT): State.DRAFT,
    (State.SENT_BACK, Action.SUBMIT): State.SUBMITTED,
    (State.SENT_BACK, Action.WITHDRAW): State.WITHDRAWN,
    (State.SUBMITTED, Action.EDIT): State.DRAFT,
    (State.SUBMITTED, Action.APPROVE): State.APPROVED,
    (State.SUBMITTED, Action.SEND_BACK): State.SENT_BACK,
    (State.SUBMITTED, Action.WITHDRAW): State.WITHDRAWN,
    (State.APPROVED, Action.EDIT): State.DRAFT,
    (State.APPROVED, Action.SUBMIT): State.SUBMITTED,
    (State.APPROVED, Action.WITHDRAW): State.WITHDRAWN,
}


def state_after(state: State, action: Action) -> State:
    """Give the state an action leads to.

    Raises:
        Refused: `programme.not_now` when the action has no place in this state.
    """
    following = _NEXT.get((state, action))
    if following is None:
        raise Refused("programme.not_now", state=state, action=action)
    return following


@dataclass(frozen=True, slots=True)
class Recording:
    """One broadcast-ready audio file, named by its content.

    Attributes:
        length: bytes.
        duration_ms: milliseconds of sound.
    """

    sha256: Sha256
    length: int
    duration_ms: int

    def __post_init__(self) -> None:
        if not _SHA256.fullmatch(self.sha256) or self.length <= 0 or self.duration_ms <= 0:
            raise InvalidValue("recording.malformed", sha256=self.sha256[:64])


@dataclass(frozen=True, slots=True)
class Relay:
    """A channel of the province's signed list; `fallback` sounds while the channel does not."""

    channel: ChannelId
    fallback: Recording | None = None


Source = Recording | Relay
"""Where the sound comes from."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A programme in one language (BCP 47 tag)."""

    language: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """Something that can be broadcast.

    Attributes:
        owner: the unit whose people made it.
        version: grows by one with each change; an approval binds it.
        times_read: how often it is read in one occurrence, with `READING_PAUSE` between.
        valid_until: past this instant it is never started, and stops if it sounds.
        for_places: rules may take it into places of sessions, once it was released for that.
        parts: what it is made of, in order; empty where nobody wrote that down.
    """

    id: ProgrammeId
    owner: UnitId
    version: int
    title: str
    kind: Kind
    origin: Origin
    level: Level
    state: State
    variants: tuple[Variant, ...]
    times_read: int = 1
    topic: str = ""
    requested_by: str = ""
    document: str = ""
    valid_until: datetime | None = None
    for_places: bool = False
    parts: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        if not self.title.strip() or len(self.title) > TITLE_LIMIT:
            raise InvalidValue("programme.title", limit=TITLE_LIMIT)
        if not 1 <= self.times_read <= 5:
            raise InvalidValue("programme.times_read", times=self.times_read)
        if len({variant.language for variant in self.variants}) != len(self.variants):
            raise InvalidValue("programme.language_twice", title=self.title)
        if self.valid_until is not None:
            require_utc(self.valid_until, "valid_until")
        require_parts(self.parts)

    def variant_for(self, languages: tuple[str, ...]) -> Variant | None:
        """Give the variant in the first of a zone's languages that exists; never one outside them.

        When it is not in the zone's first language, planning reports that: nothing is replaced in silence.
        """
        spoken = {variant.language: variant for variant in self.variants}
        return next((spoken[language] for language in languages if language in spoken), None)


def sounding_time(source: Source, times_read: int) -> timedelta | None:
    """Give how long a source sounds when read so many times; None for a relay, which has no end of its own."""
    if isinstance(source, Relay):
        return None
    return timedelta(milliseconds=source.duration_ms) * times_read + READING_PAUSE * (times_read - 1)
