"""Instants, spans and civil time. Instants are aware UTC; spans are half-open.

It must not read a clock: `now` always comes from the caller.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from operator import attrgetter
from zoneinfo import ZoneInfo

from schedules.errors import InvalidValue

DAY = timedelta(days=1)
MILLISECOND = timedelta(milliseconds=1)


def require_utc(instant: datetime, name: str) -> None:
    """Refuse a naive instant or one in another zone, London in winter included.

    Raises:
        InvalidValue: `time.not_utc`.
    """
    zone = instant.tzinfo
    # Asked without an instant, only a zone whose offset never changes answers.
    if zone is not UTC and (zone is None or zone.utcoffset(None) != timedelta(0)):
        raise InvalidValue("time.not_utc", field=name, value=str(instant))


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open stretch of time `[start, end)`, both aware UTC."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is not UTC or self.end.tzinfo is not UTC:
            require_utc(self.start, "start")
            require_utc(self.end, "end")
        if self.end < self.start:
            raise InvalidValue("time.ends_before_start", start=self.start, end=self.end)

    @property
    def duration(self) -> timedelta:
        """Length of the span."""
        return self.end - self.start

    def holds(self, instant: datetime) -> bool:
        """Tell whether the instant lies inside; the end itself does not."""
        return self.start <= instant < self.end

    def covers(self, other: "Span") -> bool:
        """Tell whether the other span lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: "Span") -> bool:
        """Tell whether the two share an instant."""
        return self.start < other.end and other.start < self.end


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Join spans that touch or overlap, in order of start."""
    joined: list[Span] = []
    for span in sorted(spans, key=attrgetter("start", "end")):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return tuple(joined)


def local_instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """Give the UTC instant of a local wall time.

    A wall time that a clock change skips becomes the instant it would have been before the change
    (so 02:30 in a spring gap sounds at 03:30); one that happens twice is taken the first time. Both
    follow PEP 495 with fold=0. Viet Nam has no clock changes; the rules hold anywhere.
    """
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """Give the local civil date of an instant."""
    return instant.astimezone(zone).date()


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """Give the UTC instant at which a local civil date begins."""
    return local_instant(day, time(0), zone)


def instant_text(instant: datetime) -> str:
    """Write an instant as RFC 3339 UTC text, `2026-11-23T22:30:00.000Z`; what is below a millisecond is dropped."""
    if instant.tzinfo is not UTC:
        require_utc(instant, "instant")
    return f"{instant.date()}T{instant.time().isoformat('milliseconds')}Z"  # no offset is written only to be cut off


def instant_of(text: str) -> datetime:
    """Read RFC 3339 text with an offset into an aware UTC instant.

    Raises:
        InvalidValue: `time.unreadable` for anything else, a text without an offset included.
    """
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is not None:
            return instant.astimezone(UTC)
    except (ValueError, OverflowError) as error:  # the offset may lead out of the years there are
        raise InvalidValue("time.unreadable", text=text[:40]) from error
    raise InvalidValue("time.unreadable", text=text[:40])


def next_millisecond(instant: datetime) -> datetime:
    """Give the first whole millisecond from an instant on: nothing finer is planned or sent."""
    return instant + timedelta(microseconds=-instant.microsecond % 1000)


def milliseconds(length: timedelta) -> int:
    """Give a length in whole milliseconds, rounded down."""
    return length // MILLISECOND
