"""The agent's own command with a witness at its sound device: when there was sound, and when none was asked for.

What the agent says of itself can so be held against what it gave to the device. On SIGUSR2 its wall clock jumps to the
offset that the file `jump` names. Nothing else of the agent is touched.
"""

import os
import signal
import struct
import sys
import time
from array import array
from collections.abc import Generator
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

import miniaudio

from station_agent import clock
from station_agent.main import main
from station_agent.player.pcm import RATE

RECORD = struct.Struct("<bdd")
"""What is told, and since and until which monotonic second: from the first sample that was no silence to the last."""
SOUND, BORN, STALLED = range(3)
STALL_S = 0.2
"""A device that is not asked for so long has run dry: it holds three buffers of 60 ms."""
PIPE, JUMP = "ear", "jump"
SAMPLE = 2  # bytes

Buffers = Generator["array[int] | bytes", int, None]
"""Takes how many samples are wanted, gives them; it has no end."""


class Ear:
    """Writes to the pipe of one agent; a full pipe must not disturb the sound."""

    def __init__(self, pipe: Path) -> None:
        self._file = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)

    def tell(self, what: int, since: float, until: float) -> None:
        """Write one record."""
        with suppress(BlockingIOError):
            os.write(self._file, RECORD.pack(what, since, until))

    def hear(self, samples: bytes) -> None:
        """Tell of the part of a buffer that is no silence."""
        sound = samples.lstrip(b"\0")
        if sound:
            now = time.monotonic()
            before = (len(samples) - len(sound)) // SAMPLE
            until = len(samples.rstrip(b"\0")) // SAMPLE
            self.tell(SOUND, now + before / RATE, now + until / RATE)


def listen_at_the_device(ear: Ear) -> None:
    """Have every device that is opened from now on overheard."""

    class Overheard(miniaudio.PlaybackDevice):  # type: ignore[misc]  # miniaudio ships no types
        def start(self, callback: Buffers) -> None:
            buffers = _overheard(callback, ear)
            next(buffers)
            super().start(buffers)

    miniaudio.PlaybackDevice = Overheard


def _overheard(callback: Buffers, ear: Ear) -> Buffers:
    buffer: array[int] | bytes = b""
    asked = float("inf")
    while True:
        frames = yield buffer
        before, asked = asked, time.monotonic()
        if asked - before > STALL_S:
            ear.tell(STALLED, before, asked)
        buffer = callback.send(frames)
        ear.hear(bytes(buffer))


def let_the_clock_jump(jump: Path) -> None:
    """Have the wall clock of every clock of the agent jump when the signal comes."""
    jumped = timedelta(0)

    class Jumping(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Jumping":
            return super().now(tz) + jumped

    def leap(*_: object) -> None:
        nonlocal jumped
        jumped = timedelta(seconds=float(jump.read_text()))

    clock.datetime = Jumping  # type: ignore[attr-defined]
    signal.signal(signal.SIGUSR2, leap)


if __name__ == "__main__":
    place = Path(sys.argv[-1]).parent
    witness = Ear(place / PIPE)
    listen_at_the_device(witness)
    let_the_clock_jump(place / JUMP)
    witness.tell(BORN, time.monotonic(), time.monotonic())
    sys.exit(main())
