"""When a download may go on: spread in time, within the day's budget, and out of the way of what must not wait.

It must not fetch anything: the cache does. One number is kept on the disk, what was downloaded today.

- What sounds within half an hour begins at once. The rest begins at an instant drawn by chance, so that 1,734
  loudspeakers that learn of a file in one second do not ask for it in the same: within an hour, within a quarter of
  the time there is, and within no longer than the agent has been running so far (but a minute). A box that is
  switched on for the sessions alone has what it lacks for the next one begun within a minute of its start, and
  whatever is not whole when it is switched off goes on from there the next time.
- Where a day has a budget, downloads end when it is spent, in order of need, and go on when the next day begins: the
  civil day of the station. What sounds before that, or within half an hour, is fetched all the same: to wait would
  be to be silent. So the budget silences nothing; that it was too small is said as `audio.budget_spent`.
- While it is told that the line is needed, nothing is downloaded at all.
- Messages, with the sound of emergencies in them, and relays are not held back by it, nor counted.
"""

import json
import logging
import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from pathlib import Path

from station_agent.disk import replace_whole
from station_agent.ports import Clock, Wanted

log = logging.getLogger(__name__)

URGENT = 1_800.0  # seconds; what sounds within them is not spread
SPREAD = 3_600.0  # seconds over which the rest is spread at most
AFTER_START = 60.0  # seconds over which what was missing at a start is spread
LOOK_AGAIN = 5.0  # seconds until a download that gives way to something else asks again
KEPT_EVERY = 1024 * 1024  # bytes a power cut may lose from the count: the card is not worn for less
NO_STATION = timezone(timedelta(hours=7))
"""Where nothing says in which time zone the day begins."""


class Pace:
    """Counts, and says how long a file must wait.

    Args:
        clock: Tells the time.
        kept: Where the count of the day is kept.
        chance: Draws from 0 to 1.

    Attributes:
        line_is_needed: That something else needs the line now. Set by the agent's loop, read by the cache's thread.
    """

    def __init__(self, clock: Clock, kept: Path, *, chance: Callable[[], float] = random.random) -> None:
        self._clock = clock
        self._kept = kept
        self._chance = chance
        self._started = clock.monotonic()
        self._daily: int | None = None
        self._zone: tzinfo = NO_STATION
        self._day, self._bytes = _read(kept)
        self._unkept = 0
        self.line_is_needed = False

    def limit(self, daily_bytes: int | None, zone: tzinfo | None) -> None:
        """Go by a budget of the day, or none, and by the day of a time zone."""
        self._daily, self._zone = daily_bytes, zone or NO_STATION

    @property
    def bytes_today(self) -> int:
        """Downloaded since the day began."""
        return self._bytes if self._is_of_today() else 0

    @property
    def is_spent(self) -> bool:
        """Whether the day's budget is."""
        return self._daily is not None and self.bytes_today >= self._daily

    def begins_at(self, file: Wanted) -> float:
        """Draw the instant from which a file that was just learned of may be fetched, monotonic."""
        spare = max(0.0, self._until(file) - URGENT)
        now = self._clock.monotonic()
        most = min(SPREAD, spare / 4, max(AFTER_START, now - self._started))
        return now + self._chance() * most

    def is_urgent(self, file: Wanted) -> bool:
        """Tell whether a file is needed so soon that it is neither spread nor waited for long."""
        return self._until(file) <= URGENT

    def holds_back(self, file: Wanted, begins_at: float) -> float:
        """Return for how many seconds a file must wait at least; 0 when it may go on now."""
        if self.line_is_needed:
            return LOOK_AGAIN
        until = self._until(file)
        day_ends = (self._next_day() - self._clock.now()).total_seconds()
        if self.is_spent and until > max(day_ends, URGENT):
            return max(LOOK_AGAIN, day_ends)
        return 0.0 if self.is_urgent(file) else max(0.0, begins_at - self._clock.monotonic())

    def count(self, received: int) -> None:
        """Take note of bytes that came."""
        if not self._is_of_today():
            self._day, self._bytes = self._today(), 0
        self._bytes += received
        self._unkept += received
        if self._unkept >= KEPT_EVERY:
            self.keep()

    def keep(self) -> None:
        """Write the count down; a disk that refuses is told by others."""
        if not self._unkept or self._day is None:
            return
        self._unkept = 0
        try:
            replace_whole(self._kept, json.dumps({"day": self._day.isoformat(), "bytes": self._bytes}).encode())
        except OSError as error:
            log.warning("count_not_kept error=%s", error.errno)

    def _until(self, file: Wanted) -> float:
        """Return after how many seconds a file is needed."""
        return 0.0 if file.needed is None else (file.needed - self._clock.now()).total_seconds()

    def _today(self) -> date:
        """Return the day; a clock that nothing vouches for begins no new one."""
        if self._day is not None and self._clock.interval() is None:
            return self._day
        return self._clock.now().astimezone(self._zone).date()

    def _is_of_today(self) -> bool:
        return self._day == self._today()

    def _next_day(self) -> datetime:
        return datetime.combine(self._today() + timedelta(days=1), time(), self._zone)


def _read(kept: Path) -> tuple[date | None, int]:
    try:
        told = json.loads(kept.read_text(encoding="utf-8"))
        return date.fromisoformat(told["day"]), int(told["bytes"])
    except (OSError, ValueError, TypeError, KeyError):
        return None, 0
