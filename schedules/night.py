"""Night silence: the hours of every night in which nothing sounds, set by the root where no online key reaches.

It must not know regulations; the device's guard asks it beside them, and only a real emergency is above it.
"""

from dataclasses import dataclass
from datetime import time
from zoneinfo import ZoneInfo

from schedules.errors import InvalidValue
from schedules.times import DAY, Span, local_day, local_instant


@dataclass(frozen=True, slots=True)
class NightSilence:
    """Silence between two local times; 22:00 to 05:00 spans midnight.

    Attributes:
        time_zone: IANA name of the civil time.
    """

    since: time
    until: time
    time_zone: str

    def __post_init__(self) -> None:
        if self.since == self.until:
            raise InvalidValue("night.without_length", since=self.since)
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError) as error:  # what zoneinfo raises for "Nowhere", "../x" and "Asia"
            raise InvalidValue("night.time_zone", zone=self.time_zone[:40]) from error

    def touches(self, span: Span) -> bool:
        """Tell whether an instant of a span lies in a night."""
        zone = ZoneInfo(self.time_zone)
        first, last = local_day(span.start, zone) - DAY, local_day(span.end, zone)
        days = (first + number * DAY for number in range((last - first).days + 1))
        over = 1 if self.until < self.since else 0
        for day in days:
            begins, ends = local_instant(day, self.since, zone), local_instant(day + over * DAY, self.until, zone)
            if span.start < ends and (begins < span.end or begins == span.start):
                return True
        return False
