"""The last line of defence for everything that sounds: hours, clock, maintenance lock, silence, volume.

Pure. The planner keeps the regulation exactly, on planned instants; the guard asks again on the device, with the same
windows widened by 90 s, because the device's clock is an interval and not an instant.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.programme import Kind
from schedules.regulation import GUARD_MARGIN, Regulation, in_force
from schedules.silence import Silence, silenced
from schedules.times import Span, local_day
from schedules.wire.messages import Assignment
from station_agent.ports import ClockInterval

WIDEST_INTERVAL = timedelta(minutes=10)
"""A clock in more doubt than this starts nothing: the next item could be another."""


@dataclass(frozen=True, slots=True)
class Allowed:
    """Sound is permitted, at most this loud (percent)."""

    volume: int


@dataclass(frozen=True, slots=True)
class Refused:
    """Sound is forbidden; the code says why."""

    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the guard keeps, whatever a rundown says."""

    assignment: Assignment | None
    silences: tuple[Silence, ...]
    volume_ceiling: int = 100


def judge(*, rules: Rules, kind: Kind, interval: ClockInterval | None, until: datetime) -> Allowed | Refused:
    """Say whether something may sound from now until an instant, and how loud.

    Args:
        rules: What is kept.
        kind: Kind of programme.
        interval: Where true time lies now; None when nothing vouches for the clock.
        until: When it will be over, by the device's best estimate of time.
    """
    if interval is None or interval.width > WIDEST_INTERVAL:
        return Refused("guard.clock_unknown" if interval is None else "guard.clock_doubtful")
    if rules.assignment is None:
        return Refused("guard.not_assigned")
    if _locked(rules.assignment, interval):
        return Refused("guard.maintenance")
    if silenced(rules.silences, interval.earliest) is not None:
        return Refused("guard.silence_ordered")
    regulation = regulation_at(rules.assignment.regulations, interval.earliest)
    if regulation is None:
        return Refused("guard.no_regulation")
    if kind not in regulation.kinds:
        return Refused("guard.kind_not_allowed")
    doubt = interval.width / 2
    if not regulation.permits(Span(interval.earliest, max(interval.latest, until + doubt)), GUARD_MARGIN):
        return Refused("guard.outside_hours")
    ceilings = (regulation.volume_ceiling(instant) for instant in (interval.earliest, interval.latest))
    return Allowed(min(rules.assignment.volume, rules.volume_ceiling, *ceilings))


def regulation_at(regulations: Iterable[Regulation], instant: datetime) -> Regulation | None:
    """Return the regulation in force at an instant, by the station's civil date."""
    issued = tuple(regulations)
    return in_force(issued, local_day(instant, issued[0].zone)) if issued else None


def _locked(assignment: Assignment, interval: ClockInterval) -> bool:
    return assignment.maintenance_until is not None and interval.earliest < assignment.maintenance_until
