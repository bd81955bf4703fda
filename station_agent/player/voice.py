"""One cued or sounding play: when its samples begin and end, how it fades, and what was measured."""

from __future__ import annotations

from array import array
from typing import Protocol

from schedules.evidence import Ending
from station_agent.player.pcm import RATE, FrameClock, Meter, amplified, ramped, silence
from station_agent.ports import Cue, PlayEnded, PlayStarted, Sounding

FOREVER = 1 << 62  # a frame no device reaches
NO_DEVICE = 1.0  # seconds after its start for which a play waits for a device; then it is to be joined elsewhere
CUT_FADE = RATE // 100  # samples: 10 ms, so that a hard cut does not click


def _gain(percent: int) -> float:
    return min(100, max(0, percent)) / 100


class Source(Protocol):
    """Where samples come from."""

    @property
    def finished(self) -> bool:
        """Whether everything was taken and nothing more will come."""
        ...

    @property
    def reason(self) -> str:
        """Code of what ended it early, else empty."""
        ...

    @property
    def received(self) -> int:
        """Samples that came from a stream itself."""
        ...

    def take(self, frames: int) -> array[int]:
        """Return at most that many samples. Never waits."""
        ...

    def close(self) -> None:
        """Give the file or the connection back."""
        ...


class Voice:
    """Renders one cue into the buffers of a device.

    `render` belongs to the device's callback; the other methods only set or read single values, from any thread.
    """

    def __init__(self, cue: Cue, source: Source, volume: int) -> None:
        self.play = cue.play
        self._gain = _gain(volume)
        self._source = source
        self._start = cue.start
        self._end = cue.end
        self._end_fade = CUT_FADE
        self._fade: float | None = None
        self._fade_began: float | None = None
        self._started: float | None = None
        self._real = 0
        self._gaps = 0
        self._meter = Meter()
        self.ended: PlayEnded | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.ended is not None

    def let_sound(self, volume: int, end: float | None, fade: float) -> None:
        """Change the volume (percent of full amplitude), the end instant and the length of the fade before it."""
        self._gain = _gain(volume)
        self._end_fade = round(fade * RATE)
        self._end = end

    def fade_out(self, seconds: float) -> None:
        """Begin to fade at the next buffer; a second call may shorten the fade, never lengthen it."""
        if self._fade is None or seconds < self._fade:
            self._fade = seconds

    def sounding(self) -> Sounding:
        """Return what can be told at once."""
        return Sounding(
            play=self.play,
            started=self._started,
            seconds=self._real / RATE,
            received=self._source.received / RATE,
            level=self._meter.last if self._started is not None else None,
        )

    def render(self, clock: FrameClock, first: int, frames: int) -> tuple[int, array[int]]:
        """Return this play's samples for the buffer that begins at frame `first`, and their place in it."""
        begin = first if self._started is not None else max(first, clock.frame_at(self._start))
        fade_from, over, how = self._stop(clock, first)
        if over <= begin and over < first + frames:
            self._end_as(how, clock.instant_of(begin))
        if begin >= first + frames or self.ended is not None:
            return 0, array("h")
        until = min(first + frames, over)
        block = self._source.take(until - begin)
        self._real += len(block)
        if self._started is None:
            self._started = clock.instant_of(begin)
        if self._source.finished:
            until = begin + len(block)
            over, how = (until, Ending.FAILED if self._source.reason else Ending.FINISHED)
        else:
            self._gaps += until - begin - len(block)
            block.extend(silence(until - begin - len(block)))
        if until > fade_from:
            length = max(1, over - fade_from)
            block = ramped(block, (over - begin) / length, -1 / length)
        block = amplified(block, self._gain)
        self._meter.add(block)
        if over <= until:
            self._end_as(how, clock.instant_of(over), self._source.reason)
        return begin - first, block

    def started(self, late: float) -> PlayStarted | None:
        """Return the fact that it has begun, None while it has not."""
        return None if self._started is None else PlayStarted(self.play, self._started, late)

    def lose(self, now: float, called: float) -> PlayEnded | None:
        """End a play that has no device, and return the fact; None while its start is still to come.

        Args:
            now: What the clock shows.
            called: When the device asked for samples last.
        """
        if self.ended is not None:
            return None
        if self._started is not None:
            self._end_as(Ending.LOST, called, "sound.device_lost")
        elif self._fade is not None or now > self._start + NO_DEVICE or (self._end is not None and self._end <= now):
            self._end_as(Ending.LOST, now, "sound.no_device")
        return self.ended

    def close(self) -> None:
        """Give the file or the connection back."""
        self._source.close()

    def _stop(self, clock: FrameClock, first: int) -> tuple[int, int, Ending]:
        """Return (frame where a fade begins, frame where the play is over, what that is called)."""
        fade_from, over, how = FOREVER, FOREVER, Ending.CUT
        if self._end is not None:
            over = clock.frame_at(self._end)
            fade_from = over - self._end_fade
        if self._fade is not None:
            if self._fade_began is None:
                self._fade_began = clock.instant_of(first)
            quiet = clock.frame_at(self._fade_began + self._fade) if self._started is not None else first
            if quiet <= over:
                fade_from, over, how = clock.frame_at(self._fade_began), quiet, Ending.STOPPED
        return fade_from, over, how

    def _end_as(self, how: Ending, at: float, reason: str = "") -> None:
        if self.ended is None:
            self.ended = PlayEnded(
                play=self.play,
                how=how,
                started=self._started,
                ended=at,
                seconds=self._real / RATE,
                gaps=self._gaps / RATE,
                received=self._source.received / RATE,
                level=self._meter.mean,
                peak=self._meter.peak,
                reason=reason,
            )
