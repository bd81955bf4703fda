"""The operating regulation of a station (quy chế hoạt động): when, what and how loud it may sound.

It must not decide between programmes: it only says what is forbidden, and why, as codes and values.
The same rules bind the editor's page, the planner and the device.
"""

from collections.abc import Iterable
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
        """Give the permitted window on a local date, None on a weekday without this session."""
        if day.weekday() not in self.weekdays:
            return None
        ends = local_midnight(day + DAY, zone) if self.latest == time(0) else local_instant(day, self.latest, zone)
        return Span(local_instant(day, self.earliest, zone), ends)


@dataclass(frozen=True, slots=True)
class VolumeRule:
    """Ceiling of the volume, in percent, between two local times of the day (`until` 00:00: midnight)."""

    since: time
    until: time
    percent: int

    def __post_init__(self) -> None:
        if not 0 <= self.percent <= 100:
            raise InvalidValue("regulation.volume", percent=self.percent)

    def holds(self, at: time) -> bool:
        """Tell whether the rule binds at a local time."""
        return self.since <= at and (self.until == time(0) or at < self.until)


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
        found.append(Finding("regulation.kind_not_allowed", (("kind", kind),)))
    if not regulation.permits(span):
        found.append(Finding("regulation.outside_hours", (("start", span.start), ("end", span.end))))
    return tuple(found)


def minutes_findings(regulation: Regulation, day: date, spans: Iterable[Span]) -> tuple[Finding, ...]:
    """Say which totals of one local day are too long, per session and for the day, in started minutes."""
    sounding = merged(spans)
    found: list[Finding] = []
    for rule in regulation.sessions:
        window = rule.window(day, regulation.zone)
        if window is not None and (minutes := _minutes_inside(sounding, window)) > rule.max_minutes:
            values = (("session", rule.session), ("minutes", minutes), ("limit", rule.max_minutes))
            found.append(Finding("regulation.session_too_long", values))
    whole = Span(local_midnight(day, regulation.zone), local_midnight(day + DAY, regulation.zone))
    if (total := _minutes_inside(sounding, whole)) > regulation.max_minutes_a_day:
        found.append(Finding("regulation.day_too_long", (("minutes", total), ("limit", regulation.max_minutes_a_day))))
    return tuple(found)


def _minutes_inside(spans: tuple[Span, ...], window: Span) -> int:
    inside = sum(
        (min(s.end, window.end) - max(s.start, window.start) for s in spans if s.overlaps(window)), timedelta(0)
    )
    return -(-inside // timedelta(minutes=1))


def in_force(regulations: Iterable[Regulation], day: date) -> Regulation | None:
    """Give the regulation in force on a local date: the latest begun, the higher number on one date."""
    begun = [regulation for regulation in regulations if regulation.valid_from <= day]
    return max(begun, key=lambda regulation: (regulation.valid_from, regulation.number), default=None)
