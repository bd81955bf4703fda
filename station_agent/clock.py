"""The only file of the agent that reads a clock, and what vouches for it; it must not set the system's clock.

True time lies in an interval that comes from signed answers to the agent's own questions, or from a clock chip that was
right when it was last compared, carried on by a clock nothing steers. The kernel's synchronisation (NTP) may narrow it
inside and never lead out of it, for anybody on the line can speak for a time server. Nothing vouching means no
interval, and the guard keeps silence. What has surely passed is kept, and time never goes back behind it.
"""

import ctypes
import json
import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from schedules.guard import ClockInterval
from station_agent.config import Config
from station_agent.disk import replace_whole

log = logging.getLogger(__name__)

UNSYNCHRONISED = 0x40  # STA_UNSYNC of adjtimex(2)
CRYSTAL = 100e-6  # a bad quartz gains or loses this part of the time: 9 s a day
CHIP = 20e-6  # a clock chip, over years of temperature
CHIP_READ = 2.0  # seconds: the chip tells whole ones
RESOLUTION = 0.001  # seconds: times on the wire are cut to whole milliseconds
SLEPT = 1.0  # seconds of suspension after which what was known is known no more
KEPT_EVERY = 30.0  # seconds between two writings of what has surely passed
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
CHIP_FILE = Path("/sys/class/rtc/rtc0/since_epoch")


@dataclass(frozen=True, slots=True)
class Anchor:
    """True time lay between two instants when the monotonic clock of boot `boot` showed `at`.

    Attributes:
        slept: how long the machine had been suspended by then, which the monotonic clock does not count.
    """

    boot: str
    at: float
    slept: float
    earliest: datetime
    latest: datetime


@dataclass(frozen=True, slots=True)
class _Range:
    """Two instants between which another lies."""

    earliest: datetime
    latest: datetime

    @classmethod
    def around(cls, instant: datetime, half_width: float) -> "_Range":
        return cls(instant, instant).widened(half_width)

    @property
    def middle(self) -> datetime:
        return self.earliest + (self.latest - self.earliest) / 2

    def holds(self, instant: datetime) -> bool:
        return self.earliest <= instant <= self.latest

    def widened(self, seconds: float) -> "_Range":
        by = timedelta(seconds=seconds)
        return _Range(self.earliest - by, self.latest + by)

    def within(self, other: "_Range") -> "_Range | None":
        """Give what both leave possible; None where they contradict each other."""
        earliest, latest = max(self.earliest, other.earliest), min(self.latest, other.latest)
        return _Range(earliest, latest) if earliest <= latest else None

    def not_before(self, floor: datetime) -> "_Range":
        return _Range(max(self.earliest, floor), max(self.latest, floor))


class _Timex(ctypes.Structure):
    # adjtimex(2); what follows `status` is not needed
    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_char * 256),
    )


def kernel_error() -> float | None:
    """Return by how many seconds the kernel's synchronised clock may be wrong; None when nothing synchronises it."""
    timex = _Timex()
    try:
        result = _libc().adjtimex(ctypes.byref(timex))
    except (OSError, AttributeError):
        return None
    return timex.maxerror / 1e6 if result >= 0 and not timex.status & UNSYNCHRONISED else None


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


class SystemClock:
    """The clock of this computer; implements the `Clock` port.

    Args:
        offset: Added to the wall clock and the chip: lets a test live at 23:59:30.
        chip: Where the clock chip that keeps time without power is read; None when there is none.
        kept: Where what is known for sure is kept for the next run.
    """

    def __init__(self, *, offset: timedelta = timedelta(0), chip: Path | None = None, kept: Path | None = None) -> None:
        self._offset = offset
        self._chip = chip
        self._kept = kept
        self._kept_at = float("-inf")
        self._boot = BOOT_ID.read_text().strip() if BOOT_ID.exists() else ""
        before, self._floor, chip_is_right, self._epoch = _read(kept)
        self._anchor = before
        self._steady: tuple[datetime, float] | None = None
        if before is not None and before.boot != self._boot:
            self._anchor = self._from_chip(before) if chip_is_right else None

    def monotonic(self) -> float:
        """Return seconds of a clock that never jumps, that nothing steers, and that outlives the process."""
        return time.clock_gettime(time.CLOCK_MONOTONIC_RAW)

    def now(self) -> datetime:
        """Return the best estimate of UTC: the wall clock while it lies inside what is vouched for.

        Once somebody has set it wrong, it goes on from where it was right last, so that what sounds is not cut; where
        that is not inside either, or it was never right, the middle is the best there is.
        """
        return self._estimate()[0]

    def utc_at(self, monotonic: float) -> datetime:
        """Return the best estimate of UTC when the monotonic clock shows, or will show, so many seconds."""
        utc, at = self._estimate()
        return utc + timedelta(seconds=monotonic - at)

    def monotonic_at(self, utc: datetime) -> float:
        """Return what the monotonic clock shows at an instant."""
        known, at = self._estimate()
        return at + (utc - known).total_seconds()

    def interval(self) -> ClockInterval | None:
        """Return where true time lies; the kernel's estimate only narrows what is vouched for."""
        wall, at = self._both()
        vouched = self._vouched(at)
        if vouched is None:
            return None
        if not vouched.holds(wall):
            return ClockInterval(vouched.earliest, self._without_wall(vouched, at), vouched.latest)
        error = kernel_error()
        narrowed = None if error is None else vouched.within(_Range.around(wall, error))
        known = narrowed or vouched
        return ClockInterval(known.earliest, wall, known.latest)

    def trust(self, utc: datetime, asked: float, answered: float) -> bool:
        """Take in a signed time that was written between two monotonic instants.

        Returns:
            False, and nothing taken in, when all it leaves possible has surely passed.
        """
        trip = (answered - asked) * (1 + CRYSTAL) + RESOLUTION
        said = _Range(utc, utc + timedelta(seconds=trip))
        if self._floor is not None and said.latest < self._floor:
            return False
        known = self._vouched(answered)
        agreed = said if known is None else said.within(known) or said
        self._anchor = Anchor(self._boot, answered, _slept(), agreed.earliest, agreed.latest)
        self._keep()
        return True

    def follow(self, epoch: int) -> None:
        """Forget what was believed before the root raised the epoch: a thief may have told it, the floor included."""
        if 0 < self._epoch < epoch:
            self._anchor = self._floor = None
            if self._kept is not None:
                with suppress(OSError):  # it says of which epoch it is: the next run forgets it as well
                    self._kept.unlink(missing_ok=True)
        self._epoch = max(self._epoch, epoch)

    def keep(self) -> None:
        """Write down now and then what has surely passed, so that no reboot leads back behind it."""
        if self._anchor is not None and self.monotonic() - self._kept_at >= KEPT_EVERY:
            self._keep()

    def _keep(self) -> None:
        self._kept_at = self.monotonic()
        known = self._vouched(self._kept_at)
        if known is None or self._anchor is None:
            return
        self._floor = max(known.earliest, self._floor or known.earliest)
        if self._kept is None:
            return
        chip = self._chip_shows()
        chip_is_right = chip is not None and known.widened(CHIP_READ).holds(chip)
        anchor = self._anchor
        instants = [each.isoformat() for each in (anchor.earliest, anchor.latest, self._floor)]
        kept = [anchor.boot, anchor.at, anchor.slept, *instants, chip_is_right, self._epoch]
        try:
            replace_whole(self._kept, json.dumps(kept).encode())
        except OSError as error:
            log.warning("clock_not_kept error=%s", error.errno)  # the disk is told of by who cannot do without it

    def _estimate(self) -> tuple[datetime, float]:
        """Return the best estimate of UTC, and what the monotonic clock shows then."""
        wall, at = self._both()
        known = self._vouched(at)
        if known is None:
            return wall, at
        if not known.holds(wall):
            return self._without_wall(known, at), at
        self._steady = wall, at
        return wall, at

    def _without_wall(self, known: _Range, at: float) -> datetime:
        if self._steady is not None:
            wall, then = self._steady
            carried_on = wall + timedelta(seconds=at - then)
            if known.holds(carried_on):
                return carried_on
        return known.middle

    def _both(self) -> tuple[datetime, float]:
        """Return one instant on both clocks, exact to microseconds also when this thread had to wait in between."""
        readings = []
        for _ in range(3):
            before = self.monotonic()
            wall = datetime.now(UTC) + self._offset
            after = self.monotonic()
            readings.append((after - before, wall, (before + after) / 2))
        _, wall, at = min(readings)
        return wall, at

    def _vouched(self, at: float) -> _Range | None:
        """Return where true time lies when the monotonic clock shows `at`; never before what has surely passed."""
        anchor = self._anchor
        if anchor is None or anchor.boot != self._boot or _slept() - anchor.slept > SLEPT:
            return None
        elapsed = timedelta(seconds=at - anchor.at)
        known = _Range(anchor.earliest + elapsed, anchor.latest + elapsed).widened(abs(at - anchor.at) * CRYSTAL)
        return known if self._floor is None else known.not_before(self._floor)

    def _chip_shows(self) -> datetime | None:
        try:
            return (
                None if self._chip is None else datetime.fromtimestamp(int(self._chip.read_text()), UTC) + self._offset
            )
        except (OSError, ValueError, OverflowError):
            return None

    def _from_chip(self, before: Anchor) -> Anchor | None:
        """After a boot without a line: the chip is as good as its quartz since it was last known to be right.

        It is read once: whoever leads the wall clock astray later leads nothing here.
        """
        shown = self._chip_shows()
        if shown is None or shown < before.earliest or (self._floor is not None and shown < self._floor):
            return None  # a flat battery: the chip says 2000
        since = (shown - before.earliest).total_seconds()
        doubt = (before.latest - before.earliest).total_seconds() + CHIP_READ + since * CHIP
        known = _Range.around(shown, doubt)
        return Anchor(self._boot, self.monotonic(), _slept(), known.earliest, known.latest)


def clock_of(config: Config) -> SystemClock:
    """Give the clock of a device with these settings."""
    return SystemClock(
        offset=config.clock_offset,
        chip=CHIP_FILE if config.has_clock_chip else None,
        kept=config.state_directory / "clock.json",
    )


def _slept() -> float:
    """Return for how long this machine was suspended since it was switched on."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) - time.clock_gettime(time.CLOCK_MONOTONIC)


def _read(kept: Path | None) -> tuple[Anchor | None, datetime | None, bool, int]:
    """Return what was known for sure, what had surely passed, whether the clock chip was right then, and the epoch."""
    try:
        boot, at, slept, *rest = json.loads(kept.read_text() if kept is not None else "")
        earliest, latest, floor = (datetime.fromisoformat(each).astimezone(UTC) for each in rest[:3])
        chip_is_right, epoch = rest[3], int(rest[4]) if len(rest) > 4 else 0
        return Anchor(str(boot), float(at), float(slept), earliest, latest), floor, chip_is_right is True, epoch
    except (OSError, ValueError, TypeError, IndexError):
        return None, None, False, 0
