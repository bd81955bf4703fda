"""The rundown: the resolved, ordered, non-overlapping items of one zone.

Order and non-overlap hold by construction: an invalid rundown cannot exist. It must not know how an
item was chosen (planning) nor what is on air (playhead).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.errors import InvalidValue
from schedules.ids import ChannelId, OccurrenceId, ProgrammeId, ZoneId
from schedules.programme import READING_PAUSE, Kind, Level, Recording
from schedules.times import DAY, Span

HORIZON = 9 * DAY
"""What a rundown holds from local midnight on; re-issued daily, so never less than 7 days are in hand."""


@dataclass(frozen=True, slots=True)
class Played:
    """Recordings played one after another; a notice read twice names the same one twice.

    Attributes:
        recordings: at least one, in order, `READING_PAUSE` of silence between two.
        offset_ms: where in this sequence the item begins; above zero for what an interruption cut.
    """

    recordings: tuple[Recording, ...]
    offset_ms: int = 0

    @property
    def sounds(self) -> bool:
        """Whether anything is left to be heard: there are recordings, and the offset lies inside them."""
        if self.offset_ms == 0:  # the usual case, a quarter of the cost: a recording always has a length
            return bool(self.recordings)
        return bool(self.recordings) and self.offset_ms > 0 and self.duration > timedelta(0)

    @property
    def duration(self) -> timedelta:
        """How long it sounds from the offset to its end."""
        whole = sum(recording.duration_ms for recording in self.recordings)
        return timedelta(milliseconds=whole - self.offset_ms) + READING_PAUSE * (len(self.recordings) - 1)


@dataclass(frozen=True, slots=True)
class Relayed:
    """A channel of the signed list, with the recording that sounds while the channel does not."""

    channel: ChannelId
    fallback: Recording | None = None


Sound = Played | Relayed


@dataclass(frozen=True, slots=True, kw_only=True)
class RundownItem:
    """One item at one zone, in absolute UTC instants.

    Attributes:
        starts_at, ends_at: the item sounds inside `[starts_at, ends_at)`.
        latest_start: the last instant at which it may still begin, from its beginning, and after it never; None for
            what is joined where the clock is.
        late_until: until when it may sound if it began late; None: not past `ends_at`.
        valid_until: past this instant it never sounds, whatever else is written.
        approval: hash of the record a person released; it is copied into the evidence.
    """

    occurrence: OccurrenceId
    starts_at: datetime
    ends_at: datetime
    title: str
    kind: Kind
    level: Level
    language: str
    programme: ProgrammeId
    sound: Sound
    approval: str
    latest_start: datetime | None = None
    late_until: datetime | None = None
    valid_until: datetime | None = None

    def __post_init__(self) -> None:
        if self.ends_at <= self.starts_at:
            raise InvalidValue("rundown.item_without_length", occurrence=self.occurrence)
        if isinstance(self.sound, Played) and not self.sound.sounds:
            raise InvalidValue("rundown.item_without_sound", occurrence=self.occurrence)
        if self.late_until is not None and (self.latest_start is None or self.late_until < self.ends_at):
            raise InvalidValue("rundown.late_without_start", occurrence=self.occurrence)

    @property
    def span(self) -> Span:
        """The stretch of time the item holds."""
        return Span(self.starts_at, self.ends_at)

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """Every file a loudspeaker must hold to play the item, a relay's fallback included."""
        if isinstance(self.sound, Relayed):
            return () if self.sound.fallback is None else (self.sound.fallback,)
        return self.sound.recordings

    @property
    def is_whole(self) -> bool:
        """Whether it is planned from the beginning to the end of its sound; a relay has none of its own."""
        if isinstance(self.sound, Relayed):
            return True
        return self.sound.offset_ms == 0 and self.span.duration >= self.sound.duration

    @property
    def over_at(self) -> datetime:
        """The instant at which its time is over, for what began late too."""
        return self.late_until or self.ends_at

    @property
    def silent_from(self) -> datetime:
        """The instant from which the item must not sound: when its time is over, or earlier its `valid_until`."""
        return self.over_at if self.valid_until is None else min(self.over_at, self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rundown:
    """All items of one zone from local midnight of the day of issue on.

    Attributes:
        epoch, revision: the order of rundowns; the higher pair replaces the lower.
        covers: the stretch of time this rundown speaks about; outside it nothing is known.
    """

    zone: ZoneId
    epoch: int
    revision: int
    covers: Span
    items: tuple[RundownItem, ...]

    def __post_init__(self) -> None:
        end = self.covers.start
        seen: set[OccurrenceId] = set()
        for item in self.items:
            if item.starts_at < end:
                raise InvalidValue("rundown.overlap", occurrence=item.occurrence, zone=self.zone)
            if item.occurrence in seen:
                raise InvalidValue("rundown.occurrence_twice", occurrence=item.occurrence, zone=self.zone)
            seen.add(item.occurrence)
            end = item.over_at
        if end > self.covers.end:
            raise InvalidValue("rundown.outside_cover", zone=self.zone)

    @property
    def order(self) -> tuple[int, int]:
        """What decides which of two rundowns is newer."""
        return (self.epoch, self.revision)
