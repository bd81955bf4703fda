"""The device: opened ahead, continuous while something is cued or sounding, reopened when lost."""

from __future__ import annotations

import contextlib
import logging
from array import array
from collections.abc import Callable, Generator, Sequence
from enum import StrEnum

import miniaudio

from schedules.guard import Allowed
from station_agent.errors import SoundError
from station_agent.player.decoding import recording_blocks
from station_agent.player.feed import Feed
from station_agent.player.pcm import RATE, FrameClock, mixed, silence
from station_agent.player.relay import RelaySource
from station_agent.player.voice import Voice
from station_agent.ports import Cue, PlayReport, Recordings, Sounding

log = logging.getLogger(__name__)

PERIOD = 60  # milliseconds a buffer: 17 callbacks a second cost about 1 % of a core
PERIODS = 3  # buffers the card holds: a processor busy elsewhere for 0.1 s is not heard
DRAIN = 1.0  # seconds the device stays open after the last sample: what it still holds is to be heard
LOOK_AGAIN = 30.0  # seconds until a device that is missing is looked for though nothing is to sound
LOST_AFTER = 3.0  # seconds without a callback before the device is taken for lost


class Backend(StrEnum):
    """Which sound system to use."""

    NULL = "null"  # silent, in real time
    DEFAULT = "default"  # whatever card there is; an error when there is none
    PULSE = "pulse"
    AUTO = "auto"  # a card if there is one, else silent: for a demonstration, never on a pole


_LIBRARY = {
    Backend.NULL: [[miniaudio.Backend.NULL]],
    Backend.DEFAULT: [[miniaudio.Backend.PULSEAUDIO, miniaudio.Backend.ALSA]],
    Backend.PULSE: [[miniaudio.Backend.PULSEAUDIO]],
    Backend.AUTO: [[miniaudio.Backend.PULSEAUDIO, miniaudio.Backend.ALSA], [miniaudio.Backend.NULL]],
}


class SoundPlayer:
    """Plays cues through one device; implements the `Player` port.

    Args:
        backend: The sound system.
        monotonic: Reads the monotonic clock, in seconds.
        report: Takes `PlayStarted` and `PlayEnded`; called from the device's callback, so it must not wait.
    """

    def __init__(self, backend: Backend, *, monotonic: Callable[[], float], report: PlayReport) -> None:
        self._backend = backend
        self._monotonic = monotonic
        self._report = report
        self._voices: tuple[Voice, ...] = ()
        self._device: miniaudio.PlaybackDevice | None = None
        self._called = 0.0
        self._awake_until = 0.0
        self._look_at = 0.0
        self._fault = ""

    @property
    def fault(self) -> str:
        """Code of why there is no sound device; empty when there is one or none is needed."""
        return self._fault

    @property
    def is_open(self) -> bool:
        """Whether a device is held."""
        return self._device is not None

    def wake(self, until: float) -> None:
        """Hold the device open until an instant: a card takes up to 2 s to settle after it is opened."""
        self._awake_until = max(self._awake_until, until)
        self.tend()

    def cue(self, cue: Cue, permit: Allowed) -> None:
        """Begin to decode a sound and have it start by itself at its instant."""
        if isinstance(cue.sound, Recordings):
            voice = Voice(cue, Feed(recording_blocks(cue.sound), cue.play), permit.volume)
        else:
            voice = Voice(cue, RelaySource(cue.sound, cue.play), permit.volume)
        self._voices = (*self._voices, voice)
        self.tend()

    def let_sound(self, play: str, permit: Allowed, *, end: float | None, fade: float = 0.01) -> None:
        """Change the volume and the end instant of a cued or sounding play, and the seconds it fades before it."""
        for voice in self._named(play):
            voice.let_sound(permit.volume, end, fade)

    def fade_out(self, play: str, seconds: float) -> None:
        """End a play by a fade of that many seconds, beginning now."""
        for voice in self._named(play):
            voice.fade_out(seconds)

    def hush(self, *, spares: str = "") -> None:
        """Silence everything cued or sounding at the next buffer, but for one play."""
        for voice in self._voices:
            if voice.play != spares:
                voice.fade_out(0.01)

    def sounding(self) -> Sequence[Sounding]:
        """Return what is cued or sounding."""
        return [voice.sounding() for voice in self._voices if voice.ended is None]

    def tend(self) -> None:
        """Open the device when something is cued, close it when nothing is, reopen it when it went silent on us.

        What sounded when it was lost is over: whoever cued it joins it again where it should be by then.
        """
        now = self._monotonic()
        if self._device is not None and now - self._called > LOST_AFTER:
            log.warning("sound_device_lost")
            self._close_device()
        if self._device is None:
            for voice in self._voices:
                lost = voice.lose(now, self._called)
                if lost is not None:
                    self._report(lost)
        self._sweep()
        is_wanted = bool(self._voices) or now < self._awake_until
        if not is_wanted and (not self._fault or now < self._look_at):
            self._close_device()
        elif self._device is None:
            self._look_at = now + LOOK_AGAIN
            try:
                self._open_device()
                self._fault = ""
            except SoundError as error:
                if self._fault != error.code:
                    log.warning("sound_failed code=%s backend=%s", error.code, self._backend)
                self._fault = error.code

    def close(self) -> None:
        """Stop everything and give the device back."""
        self._close_device()
        for voice in self._voices:
            voice.close()
        self._voices = ()

    def _named(self, play: str) -> list[Voice]:
        return [voice for voice in self._voices if voice.play == play]

    def _open_device(self) -> None:
        for backends in _LIBRARY[self._backend]:
            with contextlib.suppress(miniaudio.MiniaudioError):
                device = miniaudio.PlaybackDevice(
                    nchannels=1,
                    sample_rate=RATE,
                    buffersize_msec=PERIOD,
                    callback_periods=PERIODS,
                    backends=backends,
                    app_name="station-agent",
                )
                self._called = self._monotonic()
                callback = self._buffers()
                next(callback)
                device.start(callback)
                self._device = device
                log.info("sound_device_opened backend=%s", device.backend)
                return
        raise SoundError("sound.no_device", backend=self._backend.value)

    def _close_device(self) -> None:
        if self._device is not None:
            self._device.close()
            self._device = None

    def _buffers(self) -> Generator[array[int], int, None]:
        clock = FrameClock()
        first = 0
        frames = yield array("h")
        while True:
            self._called = self._monotonic()
            late = clock.observe(self._called, first)
            buffer = self._mix(clock, first, frames, late)
            first += frames
            frames = yield buffer

    def _mix(self, clock: FrameClock, first: int, frames: int, late: float) -> array[int]:
        buffer: array[int] | None = None
        for voice in self._voices:
            if voice.is_over:
                continue
            fresh = voice.started(late) is None
            place, block = voice.render(clock, first, frames)
            if block:
                if len(block) < frames:
                    block = silence(place) + block + silence(frames - place - len(block))
                buffer = block if buffer is None else mixed(buffer, block)
            begun = voice.started(late)
            if fresh and begun is not None:
                self._report(begun)
            if voice.ended is not None:
                self._report(voice.ended)
        return silence(frames) if buffer is None else buffer

    def _sweep(self) -> None:
        over = [voice for voice in self._voices if voice.ended is not None]
        for voice in over:
            voice.close()
            self._awake_until = max(self._awake_until, self._monotonic() + DRAIN)
        self._voices = tuple(voice for voice in self._voices if voice not in over)
