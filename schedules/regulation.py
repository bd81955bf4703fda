"""The operating regulation of a station (quy chế hoạt động): when, what and how loud it may sound.

It must not decide between programmes: it only says what is forbidden, and why, as codes and values.
The same rules bind the editor's page, the planner and the device.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from schedules.errors import InvalidValue
from schedules.ids import UnitId
from schedules.programme import Kind
from schedules.times import DAY, Span, local_day, local_instant, local_midnight, merged

EVERY_DAY = frozenset(range(7))
GUARD_MARGIN = timedelta(seconds=90)
"""How far the device's windows reach past the regulation's at both ends: its clock is never exact."""


class SessionName(StrEnum):
    """A broadcast of the day (buổi phát)."""

    MORNING = "morning"
    NOON = "noon"
    EVENING = "evening"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRule:
    """Hours of one session.

    Attributes:
        weekdays: 0 is Monday.
        earliest: first permitted local time.
        latest: local time at which it must be silent; 00:00 means midnight at the end of the day.
        max_minutes: longest total of sound in the session.
    """

    session: SessionName
    earliest: time
    latest: time
    max_minutes: int
    weekdays: frozenset[int] = EVERY_DAY

    def __post_init__(self) -> None:
        if self.latest != time(0) and self.latest <= self.earliest:
            raise InvalidValue("regulation.ends_before_start", session=self.session)
        if self.max_minutes <= 0:
            raise InvalidValue("regulation.no_minutes", session=self.session)

    def window(self, day: date, zone: ZoneInfo) -> Span | None:
        """Give the permitted window on a local date, None on a weekday without this session.

        None too where a clock change swallows it: 02:30 to 03:10 on the night that goes from 02:00 to 03:00.
        """
        if day.weekday() not in self.weekdays:
            return None
        begins = local_instant(day, self.earliest, zone)
        ends = local_midnight(day + DAY, zone) if self.latest == time(0) else local_instant(day, self.latest, zone)
        return Span(begins, ends) if begins < ends else None


@dataclass(frozen=True, slots=True)
class VolumeRule:
    """Ceiling of the volume, in percent, between two local times of the day; 22:00 to 05:00 spans midnight."""

    since: time
    until: time
    percent: int

    def __post_init__(self) -> None:
        if not 0 <= self.percent <= 100:
            raise InvalidValue("regulation.volume", percent=self.percent)

    def holds(self, at: time) -> bool:
        """Tell whether the rule binds at a local time."""
        if self.since < self.until:
            return self.since <= at < self.until
        return at >= self.since or at < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Regulation:
    """One dated issue of a station's regulation; the newest whose `valid_from` has come is in force.

    Attributes:
        number, signed_on, signer: of the decision that issued it.
        time_zone: IANA name of the station's civil time.
        kinds: kinds of programme that may sound; mourning is off by default, advertising has no kind.
    """

    station: UnitId
    number: str
    signed_on: date
    signer: str
    valid_from: date
    time_zone: str
    sessions: tuple[SessionRule, ...]
    max_minutes_a_day: int
    kinds: frozenset[Kind] = frozenset(Kind) - {Kind.MOURNING}
    volume: tuple[VolumeRule, ...] = ()

    def __post_init__(self) -> None:
        if not self.sessions:
            raise InvalidValue("regulation.no_window", number=self.number)
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError) as error:  # what zoneinfo raises for "Nowhere", "../x" and "Asia"
            raise InvalidValue("regulation.time_zone", zone=self.time_zone[:40]) from error

    @property
    def zone(self) -> ZoneInfo:
        """The station's civil time."""
        return ZoneInfo(self.time_zone)

    def windows(self, day: date) -> tuple[Span, ...]:
        """Give the permitted windows that begin on a local date, joined where they touch."""
        spans = (rule.window(day, self.zone) for rule in self.sessions)
        return merged(span for span in spans if span is not None)

    def windows_around(self, span: Span) -> tuple[Span, ...]:
        """Give the permitted windows near a span, those of adjoining days joined across midnight."""
        first = local_day(span.start, self.zone) - DAY
        days = (local_day(span.end, self.zone) + DAY - first).days
        return merged(window for n in range(days + 1) for window in self.windows(first + n * DAY))

    def permits(self, span: Span, margin: timedelta = timedelta(0)) -> bool:
        """Tell whether every instant of a span is inside one permitted window widened by a margin."""
        return any(
            window.start - margin <= span.start and span.end <= window.end + margin
            for window in self.windows_around(span)
        )

    def volume_ceiling(self, instant: datetime) -> int:
        """Give the highest permitted volume at an instant, in percent; 100 where no rule speaks."""
        at = instant.astimezone(self.zone).time()
        return min((rule.percent for rule in self.volume if rule.holds(at)), default=100)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the regulation forbids: a stable code and the values of its sentence."""

    code: str
    values: tuple[tuple[str, object], ...] = ()


def findings(regulation: Regulation, span: Span, kind: Kind) -> tuple[Finding, ...]:
    """Say what forbids a kind of programme in a span; nothing means permitted."""
    found: list[Finding] = []
    if kind not in regulation.kinds:
        found.append(_kind_not_allowed(kind))
    if not regulation.permits(span):
        found.append(_outside_hours(span.start, span.end))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Limit:
    """How many minutes may sound inside a stretch of time, and the finding when it is more."""

    inside: Span
    minutes: int
    code: str
    values: tuple[tuple[str, object], ...] = ()

    def exceeded_by(self, spans: Iterable[Span]) -> Finding | None:
        """Say that spans, none of which overlap, are too long; started minutes count whole."""
        begins, ends = self.inside.start, self.inside.end
        heard = timedelta(0)
        for span in spans:
            if span.start < ends and begins < span.end:
                heard += min(span.end, ends) - max(span.start, begins)
        minutes = -(-heard // timedelta(minutes=1))
        if minutes <= self.minutes:
            return None
        return Finding(self.code, (*self.values, ("minutes", minutes), ("limit", self.minutes)))


def limits(regulation: Regulation, day: date) -> tuple[Limit, ...]:
    """Give what limits the minutes of a local day: each of its sessions, then the day itself."""
    sessions = ((rule, rule.window(day, regulation.zone)) for rule in regulation.sessions)
    whole = Span(local_midnight(day, regulation.zone), local_midnight(day + DAY, regulation.zone))
    return (
        *(
            Limit(window, rule.max_minutes, "regulation.session_too_long", (("session", rule.session),))
            for rule, window in sessions
            if window is not None
        ),
        Limit(whole, regulation.max_minutes_a_day, "regulation.day_too_long"),
    )


def minutes_findings(regulation: Regulation, day: date, spans: Iterable[Span]) -> tuple[Finding, ...]:
    """Say which totals of one local day are too long, per session and for the day, in started minutes."""
    sounding = merged(spans)
    found = (limit.exceeded_by(sounding) for limit in limits(regulation, day))
    return tuple(each for each in found if each is not None)


def in_force(regulations: Iterable[Regulation], day: date) -> Regulation | None:
    """Give the regulation in force on a local date: the latest begun, the higher number on one date."""
    begun = [regulation for regulation in regulations if regulation.valid_from <= day]
    return max(begun, key=lambda regulation: (regulation.valid_from, regulation.number), default=None)


class Hours:
    """What a station's dated regulations permit over a span, worked out once and asked often.

    Each local day has the windows of the regulation in force on it, joined across midnight where they
    touch: what sounds into a day on which a stricter regulation begins must keep that one too.
    """

    def __init__(self, regulations: Sequence[Regulation], span: Span) -> None:
        self._days: list[datetime] = []
        self._in_force: list[Regulation | None] = []
        windows: list[Span] = []
        found: list[Limit] = []
        zone = regulations[0].zone
        # A day more at both ends, for what reaches past them.
        first = local_day(span.start, zone) - DAY
        for number in range((local_day(span.end, zone) - first).days + 2):
            day = first + number * DAY
            regulation = in_force(regulations, day)
            self._days.append(local_midnight(day, zone))
            self._in_force.append(regulation)
            if regulation is not None:
                windows += regulation.windows(day)
                found += limits(regulation, day)
        joined = merged(windows)
        self._begins = [window.start for window in joined]
        self._ends = [window.end for window in joined]
        self.limits = tuple(found)
        """Of every day of the span, in order of day."""

    def regulation(self, instant: datetime) -> Regulation | None:
        """Give the regulation in force at an instant of the span."""
        return self._in_force[bisect_right(self._days, instant) - 1]

    def finding(self, start: datetime, end: datetime, kind: Kind) -> Finding | None:
        """Say what forbids a kind of programme between two instants, the first thing only."""
        regulation = self.regulation(start)
        if regulation is not None and kind not in regulation.kinds:
            return _kind_not_allowed(kind)
        index = bisect_right(self._begins, start) - 1
        return None if index >= 0 and end <= self._ends[index] else _outside_hours(start, end)


def _kind_not_allowed(kind: Kind) -> Finding:
    return Finding("regulation.kind_not_allowed", (("kind", kind),))


def _outside_hours(start: datetime, end: datetime) -> Finding:
    return Finding("regulation.outside_hours", (("start", start), ("end", end)))
