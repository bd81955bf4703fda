"""Break-glass: one person issues alone, within narrow limits that server and loudspeaker both keep.

It must not decide who holds the right (`emergency_right`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from schedules.hours import Finding
from schedules.ids import EmergencyId, PersonId, UnitId

WINDOW = timedelta(hours=1)
MOST_USES = 2
"""Uses at one station that begin in any hour."""
MOST_SOUND_S = 300
"""Seconds of sound at one station in any hour, all uses together."""
COUNTDOWN = timedelta(seconds=20)
"""Between the second factor and the first sound, for whoever pressed wrongly."""
REVIEWED_WITHIN = timedelta(hours=24)


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One emergency that was issued by break-glass.

    Attributes:
        sound_s: seconds of sound it may make, all its times together.
        until: from then on it is silent for certain: its expiry, or earlier where somebody stopped it.
        reviewed_at: when another person looked at it; None: not yet.
    """

    emergency: EmergencyId
    station: UnitId
    person: PersonId
    at: datetime
    until: datetime
    sound_s: int
    reviewed_at: datetime | None = None

    @property
    def review_due(self) -> datetime:
        """When the right lapses unless another person has reviewed it."""
        return self.at + REVIEWED_WITHIN

    def reviewed_in_time(self, now: datetime) -> bool:
        """Tell whether it has been reviewed within its time, or still may be."""
        return (self.reviewed_at or now) < self.review_due


def break_glass_findings(
    history: Iterable[Use], now: datetime, *, station: UnitId, sound_s: int
) -> tuple[Finding, ...]:
    """Say what forbids one more use at a station now; nothing means that the limits hold.

    A use may sound until it ends, so its seconds count for an hour from its end, not from its beginning:
    only then no hour, wherever it is begun, holds more than its five minutes.

    Args:
        history: earlier uses, of any station.
        now: when the use would begin.
        station: where.
        sound_s: seconds of sound it would make.
    """
    here = [use for use in history if use.station == station]
    begun = [use for use in here if use.at > now - WINDOW]
    heard = sum(use.sound_s for use in here if use.until > now - WINDOW)
    found: list[Finding] = []
    if len(begun) >= MOST_USES:
        again = sorted(use.at for use in begun)[-MOST_USES] + WINDOW
        found.append(Finding("break_glass.too_often", (("limit", MOST_USES), ("again", again))))
    if heard + sound_s > MOST_SOUND_S:
        left = timedelta(seconds=max(0, MOST_SOUND_S - heard))
        values = (("limit", timedelta(seconds=MOST_SOUND_S)), ("left", left), ("asked", timedelta(seconds=sound_s)))
        found.append(Finding("break_glass.too_long", values))
    return tuple(found)
