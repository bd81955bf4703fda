"""The agent's own command with a witness at its sound device, which tells a pipe when there was sound.

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

RECORD = struct.Struct("<dd")
"""Monotonic seconds of the first and after the last sample that was no silence; of a birth -1 and when."""
BORN = -1.0
PIPE, JUMP = "ear", "jump"
SAMPLE = 2  # bytes

Buffers = Generator["array[int] | bytes", int, None]
"""Takes how many samples are wanted, gives them; it has no end."""


class Ear:
    """Writes to the pipe of one agent; a full pipe must not disturb the sound."""

    def __init__(self, pipe: Path) -> None:
        self._file = os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)

    def tell(self, since: float, until: float) -> None:
        """Write one record."""
        with suppress(BlockingIOError):
            os.write(self._file, RECORD.pack(since, until))

    def hear(self, samples: bytes) -> None:
        """Tell of the part of a buffer that is no silence."""
        sound = samples.lstrip(b"\0")
        if sound:
            now = time.monotonic()
            before = (len(samples) - len(sound)) // SAMPLE
            until = len(samples.rstrip(b"\0")) // SAMPLE
            self.tell(now + before / RATE, now + until / RATE)


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
    while True:
        buffer = callback.send((yield buffer))
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
    witness.tell(BORN, time.monotonic())
    sys.exit(main())
