"""Simulation: what one loudspeaker sounds over a period, event by event, with the agent's own rules.

It must not plan (that is `reissue`) nor judge what came of it (that is `what_if`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from schedules.asrun import AsRunEntry
from schedules.faults import Faults
from schedules.guard import Rules
from schedules.rundown import Rundown
from schedules.simulated_pole import Heard, SimulatedPole


@dataclass(frozen=True, slots=True)
class Issue:
    """A rundown and the instant from which it is there to be received."""

    at: datetime
    rundown: Rundown


@dataclass(frozen=True, slots=True)
class Run:
    """What became of a period at one loudspeaker: its journal, by its own clock, and what really sounded."""

    entries: tuple[AsRunEntry, ...]
    heard: tuple[Heard, ...]


def simulate(
    issues: Sequence[Issue],
    *,
    rules: Rules,
    faults: Faults,
    until: datetime,
) -> Run:
    """Run a loudspeaker from the first issue on.

    Args:
        issues: what the centre publishes, in order; the first is received whatever the faults. Without any,
            nothing sounds.
        rules: what its guard keeps.
        faults: what is assumed.
        until: the end of the period.
    """
    if not issues:
        return Run((), ())
    pole = SimulatedPole(rules, faults)
    now, newest = issues[0].at, 0
    pole.receives(issues[0].rundown, now)
    while now < until:
        while newest + 1 < len(issues) and issues[newest + 1].at <= now:
            newest += 1
        if pole.wants(issues[newest].rundown) and faults.linked(now):
            pole.receives(issues[newest].rundown, now)
        pole.lives(now)
        coming = issues[newest + 1].at if newest + 1 < len(issues) else None
        now = min(each for each in (*pole.looks(now), coming, until) if each is not None and each > now)
    pole.ends(until)
    return Run(tuple(pole.entries), tuple(sorted(pole.heard, key=lambda each: each.span)))
