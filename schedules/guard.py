"""The last line of defence for everything that sounds: hours, clock, maintenance lock, silence, volume.

The planner keeps the regulation exactly, on planned instants; the guard asks again on the device, with the same
windows widened by 90 s, because the device's clock is an interval and not an instant. It must not know the wire.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from schedules.programme import Kind
from schedules.regulation import Regulation, in_force
from schedules.silence import Silence, silenced
from schedules.times import DAY, Span, local_day, merged

GUARD_MARGIN = timedelta(seconds=90)
"""How far the device's windows reach past the regulation's at both ends: its clock is never exact."""
WIDEST_INTERVAL = timedelta(minutes=10)
"""A clock in more doubt than this starts nothing: the next item could be another."""


@dataclass(frozen=True, slots=True)
class ClockInterval:
    """The span in which true time surely lies: earliest <= now <= latest (aware UTC)."""

    earliest: datetime
    latest: datetime

    @property
    def width(self) -> timedelta:
        """How much true time is in doubt."""
        return self.latest - self.earliest


@dataclass(frozen=True, slots=True)
class Allowed:
    """Sound is permitted, at most this loud (percent)."""

    volume: int


@dataclass(frozen=True, slots=True)
class Forbidden:
    """Sound is forbidden; the code says why."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the guard keeps, whatever a rundown says.

    Attributes:
        regulations: of the loudspeaker's station.
        silences: ordered for the zone or a unit above it.
        volume: assigned to the loudspeaker, percent.
        volume_ceiling: that no order may exceed, percent.
        maintenance_until: silent until then; None when not locked.
    """

    regulations: tuple[Regulation, ...]
    silences: tuple[Silence, ...] = ()
    volume: int = 100
    volume_ceiling: int = 100
    maintenance_until: datetime | None = None


def judge(*, rules: Rules | None, kind: Kind, interval: ClockInterval | None, until: datetime) -> Allowed | Forbidden:
    """Say whether something may sound from now until an instant, and how loud.

    Args:
        rules: What is kept; None while the loudspeaker is assigned to no station.
        kind: Kind of programme.
        interval: Where true time lies now; None when nothing vouches for the clock.
        until: When it will be over, by the device's best estimate of time.
    """
    if interval is None or interval.width > WIDEST_INTERVAL:
        return Forbidden("guard.clock_unknown" if interval is None else "guard.clock_doubtful")
    if rules is None:
        return Forbidden("guard.not_assigned")
    if rules.maintenance_until is not None and interval.earliest < rules.maintenance_until:
        return Forbidden("guard.maintenance")
    if silenced(rules.silences, interval.earliest) is not None:
        return Forbidden("guard.silence_ordered")
    regulation = regulation_at(rules.regulations, interval.earliest)
    if regulation is None:
        return Forbidden("guard.no_regulation")
    span = Span(interval.earliest, max(interval.latest, until + interval.width / 2))
    broken = _broken(rules.regulations, kind, span)
    if broken:
        return Forbidden(broken)
    ceilings = (regulation.volume_ceiling(instant) for instant in (interval.earliest, interval.latest))
    return Allowed(min(rules.volume, rules.volume_ceiling, *ceilings))


def regulation_at(regulations: Iterable[Regulation], instant: datetime) -> Regulation | None:
    """Return the regulation in force at an instant, by the station's civil date."""
    issued = tuple(regulations)
    return in_force(issued, local_day(instant, issued[0].zone)) if issued else None


def _broken(regulations: Sequence[Regulation], kind: Kind, span: Span) -> str:
    """Say what forbids a span: each local day has the kinds, suspensions and windows of its own regulation."""
    zone, middle = regulations[0].zone, span.start + span.duration / 2
    first = local_day(min(span.start + GUARD_MARGIN, middle), zone)
    last = local_day(max(span.end - GUARD_MARGIN - timedelta.resolution, middle), zone)
    for day, regulation in _by_day(regulations, first, last):
        if kind not in regulation.kinds:
            return "guard.kind_not_allowed"
        if kind in regulation.suspended_on(day):
            return "guard.kind_suspended"
    around = _by_day(regulations, local_day(span.start, zone) - DAY, local_day(span.end, zone) + DAY)
    windows = merged(window for day, regulation in around for window in regulation.windows(day))
    inside = (each.start - GUARD_MARGIN <= span.start and span.end <= each.end + GUARD_MARGIN for each in windows)
    return "" if any(inside) else "guard.outside_hours"


def _by_day(regulations: Sequence[Regulation], first: date, last: date) -> Iterator[tuple[date, Regulation]]:
    for number in range((last - first).days + 1):
        regulation = in_force(regulations, first + number * DAY)
        if regulation is not None:
            yield first + number * DAY, regulation
