"""The only file of the agent that reads a clock, and what vouches for it; it must not set the system's clock.

Three things can vouch: the kernel's own synchronisation (NTP), a signed time from the server, and a clock chip that
was right when it was last compared. Nothing vouching means no interval, and the guard keeps silence.
"""

import ctypes
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from schedules.guard import ClockInterval

UNSYNCHRONISED = 0x40  # STA_UNSYNC of adjtimex(2)
CRYSTAL = 100e-6  # a bad quartz gains or loses this part of the time: 9 s a day
CHIP = 20e-6  # a clock chip, over years of temperature
CHIP_READ = timedelta(seconds=2)  # the chip is read in whole seconds at boot
RESOLUTION = 0.001  # seconds: times on the wire are cut to whole milliseconds
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Anchor:
    """True time was within `half_width` seconds of `utc` when the monotonic clock of boot `boot` showed `monotonic`."""

    boot: str
    monotonic: float
    utc: datetime
    half_width: float


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
        offset: Added to the wall clock: lets a test live at 23:59:30.
        chip: Whether there is a clock chip that keeps time without power.
        anchor_file: Where what is known for sure is kept for the next run.
    """

    def __init__(
        self, *, offset: timedelta = timedelta(0), chip: bool = False, anchor_file: Path | None = None
    ) -> None:
        self._offset = offset
        self._chip = chip
        self._anchor_file = anchor_file
        self._anchor = _read_anchor(anchor_file) if anchor_file is not None else None
        self.boot = BOOT_ID.read_text().strip() if BOOT_ID.exists() else ""

    def monotonic(self) -> float:
        """Return seconds of a clock that never jumps and runs on through a restart of the process."""
        return time.monotonic()

    def now(self) -> datetime:
        """Return the best estimate of UTC: the wall clock while it lies inside what is signed, else the middle of that.

        The middle moves with every answer by the line's unevenness; a wall clock that is right does not.
        """
        return self._both()[0]

    def utc_at(self, monotonic: float) -> datetime:
        """Return the best estimate of UTC when the monotonic clock shows, or will show, so many seconds."""
        utc, at = self._both()
        return utc + timedelta(seconds=monotonic - at)

    def monotonic_at(self, utc: datetime) -> float:
        """Return what the monotonic clock shows at an instant."""
        known, at = self._both()
        return at + (utc - known).total_seconds()

    def interval(self) -> ClockInterval | None:
        """Return where true time lies; where two sources vouch and differ, the span over both."""
        known = [span for span in (self._kernel(), self._signed(self.monotonic())) if span is not None]
        if not known:
            return self._chip_read()
        return ClockInterval(min(span.earliest for span in known), max(span.latest for span in known))

    def trust(self, utc: datetime, asked: float, answered: float) -> None:
        """Take in a signed time that was written between two monotonic instants."""
        half = (answered - asked + RESOLUTION) / 2
        self._anchor = Anchor(self.boot, answered, utc + timedelta(seconds=half), half)
        if self._anchor_file is not None:
            fresh = self._anchor_file.with_suffix(".new")
            fresh.write_text(json.dumps([self.boot, answered, self._anchor.utc.isoformat(), half]))
            fresh.rename(self._anchor_file)

    def _both(self) -> tuple[datetime, float]:
        """Return one instant on both clocks, exact to microseconds also when this thread had to wait in between."""
        readings = []
        for _ in range(3):
            before = self.monotonic()
            wall = self._wall()
            after = self.monotonic()
            readings.append((after - before, wall, (before + after) / 2))
        _, wall, at = min(readings)
        signed = self._signed(at)
        if signed is None or signed.earliest <= wall <= signed.latest:
            return wall, at
        return signed.earliest + signed.width / 2, at

    def _wall(self) -> datetime:
        return datetime.now(UTC) + self._offset

    def _kernel(self) -> ClockInterval | None:
        error = kernel_error()
        return None if error is None else _around(self._wall(), error)

    def _signed(self, at: float) -> ClockInterval | None:
        if self._anchor is None or self._anchor.boot != self.boot:
            return None
        elapsed = at - self._anchor.monotonic
        return _around(self._anchor.utc + timedelta(seconds=elapsed), self._anchor.half_width + elapsed * CRYSTAL)

    def _chip_read(self) -> ClockInterval | None:
        """After a boot without a line: the chip is as good as its quartz since it was last known to be right."""
        wall = self._wall()
        if not self._chip or self._anchor is None or wall < self._anchor.utc:
            return None
        error = (wall - self._anchor.utc).total_seconds() * CHIP + self._anchor.half_width
        return _around(wall, error + CHIP_READ.total_seconds())


def _around(instant: datetime, half_width: float) -> ClockInterval:
    half = timedelta(seconds=half_width)
    return ClockInterval(instant - half, instant + half)


def _read_anchor(path: Path) -> Anchor | None:
    try:
        boot, monotonic, utc, half_width = json.loads(path.read_text())
        return Anchor(str(boot), float(monotonic), datetime.fromisoformat(utc).astimezone(UTC), float(half_width))
    except (OSError, ValueError, TypeError):
        return None
