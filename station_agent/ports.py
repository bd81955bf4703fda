"""What the agent's loop asks of the world, as Protocols; it must not know any library that answers.

Instants named `at`, `start`, `end` are seconds of the monotonic clock, because sound is timed by it; everything that
is written down is in aware UTC.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class ClockInterval:
    """The span in which true time surely lies: earliest <= now <= latest (aware UTC)."""

    earliest: datetime
    latest: datetime

    @property
    def width(self) -> timedelta:
        """How much true time is in doubt."""
        return self.latest - self.earliest


class Clock(Protocol):
    """Time as this loudspeaker knows it."""

    def now(self) -> datetime:
        """Return the best estimate of UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds of a clock that never jumps."""
        ...

    def interval(self) -> ClockInterval | None:
        """Return where true time lies, or None when nothing vouches for the clock."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """One recording of a sequence: its file and its planned length in seconds."""

    path: Path
    seconds: float


@dataclass(frozen=True, slots=True)
class Recordings:
    """Recordings played one after another with `pause` seconds between, joined `offset` seconds in."""

    parts: tuple[Part, ...]
    pause: float = 0.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Stream:
    """An HTTP MP3 stream; after `patience` seconds without sound the `fallback` sounds until the stream is back."""

    url: str
    fallback: Recordings | None = None
    patience: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """A sound made ready ahead of time: first sample at `start`, hard cut at `end` (monotonic seconds)."""

    play: str
    sound: Recordings | Stream
    start: float
    end: float | None = None


class Ending(StrEnum):
    """How a play came to its end."""

    FINISHED = "finished"  # the sound was over
    CUT = "cut"  # its end instant came
    STOPPED = "stopped"  # something else needed the air, or silence was ordered
    FAILED = "failed"  # it could not be decoded, or the device was lost


@dataclass(frozen=True, slots=True)
class PlayStarted:
    """The first sample of a play was handed to the device.

    Attributes:
        at: Instant of that sample on the device's own clock, which runs through the callbacks.
        late: How long after that instant the callback itself came (scheduling, not heard).
    """

    play: str
    at: float
    late: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayEnded:
    """A play is over; what was measured while it lasted.

    Attributes:
        started: Instant of its first sample, None when not one was played.
        seconds: Seconds of sound really handed to the device, silence in gaps not counted.
        gaps: Seconds of silence played because no sound was there in time.
        received: Seconds of a stream that came from the stream itself, not from its fallback; 0 for recordings.
        level: Mean level at the output, dBFS; None when nothing sounded.
        peak: Highest sample at the output, dBFS.
        reason: Code when it FAILED.
    """

    play: str
    how: Ending
    started: float | None
    ended: float
    seconds: float
    gaps: float = 0.0
    received: float = 0.0
    level: float | None = None
    peak: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sounding:
    """What a play is doing now: seconds played and received so far, and its level of the last moments (dBFS)."""

    play: str
    started: float | None
    seconds: float
    received: float
    level: float | None


class Player(Protocol):
    """The one output every sound goes through."""

    def wake(self, until: float) -> None:
        """Hold the device open until an instant, so that it has settled when a cue begins."""
        ...

    def cue(self, cue: Cue) -> None:
        """Open and decode a sound ahead; it starts by itself at its instant. Failure comes as `PlayEnded`."""
        ...

    def move_end(self, play: str, end: float | None) -> None:
        """Change the end instant of a cued or sounding play."""
        ...

    def fade_out(self, play: str, seconds: float) -> None:
        """End a play by a fade of that many seconds, beginning now."""
        ...

    def hush(self) -> None:
        """Silence everything cued or sounding at the next buffer."""
        ...

    def set_volume(self, percent: int) -> None:
        """Set the output volume, 0 to 100 percent of full amplitude."""
        ...

    def sounding(self) -> Sequence[Sounding]:
        """Return what is cued or sounding."""
        ...

    def tend(self) -> None:
        """Open, close or reopen the device as needed; called about every second."""
        ...

    def close(self) -> None:
        """Stop everything and give the device back."""
        ...


PlayReport = Callable[[PlayStarted | PlayEnded], None]
