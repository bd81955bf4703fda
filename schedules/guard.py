"""The last line of defence for everything that sounds: hours, clock, maintenance lock, silence, volume.

The planner keeps the regulation exactly, on planned instants; the guard asks again on the device, with the same
windows widened by 90 s, because the device's clock is an interval and not an instant. It must not know the wire.
Whoever moves the player needs `Allowed`, and nobody but this module makes one.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from schedules.emergency_lane import EmergencySounds, ExerciseSounds
from schedules.emergency_lane import volume as lane_volume
from schedules.errors import InvalidValue
from schedules.night import NightSilence
from schedules.programme import Kind
from schedules.regulation import Regulation, in_force
from schedules.silence import Silence, silenced
from schedules.times import DAY, Span, local_day, local_instant, local_midnight, merged

GUARD_MARGIN = timedelta(seconds=90)
"""How far the device's windows reach past the regulation's at both ends: its clock is never exact."""
WIDEST_INTERVAL = timedelta(minutes=10)
"""A clock in more doubt than this starts nothing: the next item could be another."""


@dataclass(frozen=True, slots=True)
class ClockInterval:
    """The span in which true time surely lies, and the best estimate in it: earliest <= now <= latest (aware UTC)."""

    earliest: datetime
    now: datetime
    latest: datetime

    def __post_init__(self) -> None:
        if not self.earliest <= self.now <= self.latest:
            raise InvalidValue("clock.outside_interval", earliest=self.earliest, now=self.now, latest=self.latest)

    @classmethod
    def around(cls, now: datetime, doubt: timedelta) -> "ClockInterval":
        """Give the interval of a clock that is wrong by no more than `doubt` either way."""
        return cls(now - doubt, now, now + doubt)

    @property
    def width(self) -> timedelta:
        """How much true time is in doubt."""
        return self.latest - self.earliest

    def true(self, span: Span) -> Span:
        """Give every instant of true time that a span by this clock may touch."""
        return Span(span.start - (self.now - self.earliest), span.end + (self.latest - self.now))


@dataclass(frozen=True, slots=True)
class Tone:
    """A test tone that a technician asked for."""


Subject = Kind | Tone | ExerciseSounds | EmergencySounds
"""What wants to sound: an item of the rundown by its kind, a tone, an exercise, or a real emergency, verified."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """The permit without which nothing reaches the sound device: sound, at most this loud (percent)."""

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
        volume_ceiling: that no order may exceed, percent; the root's, and it binds real emergencies too.
        maintenance_until: silent until then; None when not locked.
        night: the root's own silence of every night; None where it sets none.
    """

    regulations: tuple[Regulation, ...]
    silences: tuple[Silence, ...] = ()
    volume: int = 100
    volume_ceiling: int = 100
    maintenance_until: datetime | None = None
    night: NightSilence | None = None


def judge(
    *,
    rules: Rules | None,
    subject: Subject,
    interval: ClockInterval | None,
    sounds: Span,
    planned: Span | None = None,
    approval: str = "",
) -> Allowed | Forbidden:
    """Say whether something may sound, and how loud.

    What would be permitted if the clock were exact, and is not for the doubt of the clock alone, is `guard.at_edge`:
    it is joined as soon as the interval clears.

    Args:
        rules: What is kept; None while the loudspeaker is assigned to no station.
        subject: What wants to sound.
        interval: Where true time lies now; None when nothing vouches for the clock.
        sounds: From when until when it would sound, by the device's best estimate of time.
        planned: When it was to sound; as it would sound, where nobody planned it.
        approval: Hash of the approved record it is an item of; what opens hours to one record opens them to no other.
    """
    if isinstance(subject, EmergencySounds):
        return _emergency(rules, subject, interval)
    if interval is None or interval.width > WIDEST_INTERVAL:
        return Forbidden("guard.clock_unknown" if interval is None else "guard.clock_doubtful")
    if rules is None:
        return Forbidden("guard.not_assigned")
    true = interval.true(sounds)
    if rules.maintenance_until is not None and true.start < rules.maintenance_until:
        return Forbidden("guard.maintenance")
    if silenced(rules.silences, true.start) is not None:
        return Forbidden("guard.silence_ordered")
    if regulation_at(rules.regulations, true.start) is None:
        return Forbidden("guard.no_regulation")
    broken = _broken(rules, subject, planned or sounds, approval)
    if broken or _broken(rules, subject, true, approval):
        return Forbidden(broken or "guard.at_edge")
    ceiling = _ceiling(rules.regulations, Span(true.start, interval.true(Span(sounds.start, sounds.start)).end))
    return Allowed(min(rules.volume, rules.volume_ceiling, ceiling))


def regulation_at(regulations: Iterable[Regulation], instant: datetime) -> Regulation | None:
    """Return the regulation in force at an instant, by the station's civil date."""
    issued = tuple(regulations)
    return in_force(issued, local_day(instant, issued[0].zone)) if issued else None


def _emergency(rules: Rules | None, subject: EmergencySounds, interval: ClockInterval | None) -> Allowed | Forbidden:
    """Judge a real emergency: it needs no hours and no clock; what may have ended holds until it surely has."""
    if rules is None:
        return Forbidden("guard.not_assigned")
    surely = interval.earliest if interval is not None else None
    if rules.maintenance_until is not None and (surely is None or surely < rules.maintenance_until):
        return Forbidden("guard.maintenance")
    for order in rules.silences:
        if not order.spares_emergencies and (order.ordered if surely is None else order.holds(surely)):
            return Forbidden("guard.silence_ordered")
    return Allowed(min(rules.volume_ceiling, lane_volume(subject, ordinary=rules.volume, ceiling=rules.volume_ceiling)))


def _broken(rules: Rules, subject: Kind | Tone | ExerciseSounds, span: Span, approval: str) -> str:
    """Say what forbids a span: each local day has the kinds, suspensions and windows of its own regulation."""
    regulations = rules.regulations
    zone, middle = regulations[0].zone, span.start + span.duration / 2
    first = local_day(min(span.start + GUARD_MARGIN, middle), zone)
    last = local_day(max(span.end - GUARD_MARGIN - timedelta.resolution, middle), zone)
    for day, regulation in _by_day(regulations, first, last) if isinstance(subject, Kind) else ():
        if subject not in regulation.kinds:
            return "guard.kind_not_allowed"
        if subject in regulation.suspended_on(day):
            return "guard.kind_suspended"
    around = _by_day(regulations, local_day(span.start, zone) - DAY, local_day(span.end, zone) + DAY)
    windows = merged(window for day, regulation in around for window in regulation.windows(day, approval))
    if not any(each.start - GUARD_MARGIN <= span.start and span.end <= each.end + GUARD_MARGIN for each in windows):
        return "guard.outside_hours"
    # the root's own silence has no margin
    return "guard.night_silence" if rules.night is not None and rules.night.touches(span) else ""


def _ceiling(regulations: Sequence[Regulation], span: Span) -> int:
    """Give the lowest volume ceiling within a span, both ends included."""
    zone = regulations[0].zone
    instants = {span.start, span.end}
    for day, regulation in _by_day(regulations, local_day(span.start, zone), local_day(span.end, zone)):
        begins = (local_instant(day, rule.since, zone) for rule in regulation.volume)
        instants |= {each for each in (local_midnight(day, zone), *begins) if span.start < each < span.end}
    in_turn = ((regulation_at(regulations, instant), instant) for instant in instants)
    return min(regulation.volume_ceiling(instant) for regulation, instant in in_turn if regulation is not None)


def _by_day(regulations: Sequence[Regulation], first: date, last: date) -> Iterator[tuple[date, Regulation]]:
    for number in range((last - first).days + 1):
        regulation = in_force(regulations, first + number * DAY)
        if regulation is not None:
            yield first + number * DAY, regulation
