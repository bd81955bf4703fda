"""Sounds made on the spot, a local radio stream, and a player on the silent device."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import imageio_ffmpeg
import pytest

from schedules.guard import Allowed
from station_agent.player import Backend, SoundPlayer
from station_agent.ports import Cue, PlayEnded, PlayStarted
from tests.station_agent.depot import Depot
from tests.station_agent.radio import Radio
from tests.station_agent.shelf import Shelf
from tests.station_agent.world import World, started

MakeTone = Callable[..., Path]


@pytest.fixture(scope="session")
def tone(tmp_path_factory: pytest.TempPathFactory) -> MakeTone:
    """Return a function that makes an MP3 (or WAV) of a sine tone and keeps it for the session."""
    folder = tmp_path_factory.mktemp("tones")

    def make(seconds: float, hertz: int = 440, suffix: str = "mp3") -> Path:
        path = folder / f"{hertz}-{seconds}.{suffix}"
        if not path.exists():
            source = f"sine=frequency={hertz}:duration={seconds}:sample_rate=48000"
            command = [imageio_ffmpeg.get_ffmpeg_exe(), "-loglevel", "error", "-f", "lavfi", "-i", source]
            subprocess.run([*command, "-ac", "1", "-b:a", "64k", str(path)], check=True)
        return path

    return make


class Stage:
    """A player on a device, and what it reported."""

    def __init__(self, backend: Backend) -> None:
        self.reports: list[PlayStarted | PlayEnded] = []
        self.player = SoundPlayer(backend, monotonic=time.monotonic, report=self.reports.append)

    def cue(self, cue: Cue, *, volume: int = 100) -> None:
        """Cue a sound as the guard would let it."""
        self.player.cue(cue, Allowed(volume))

    def ended(self, play: str, within: float = 8.0) -> PlayEnded:
        """Wait for a play to end, tending the player as the agent's loop does."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            self.player.tend()
            for report in list(self.reports):
                if isinstance(report, PlayEnded) and report.play == play:
                    return report
            time.sleep(0.01)
        raise AssertionError(f"{play} did not end: {self.reports}")

    def started(self, play: str) -> PlayStarted:
        """Return the report that a play began."""
        return next(r for r in self.reports if isinstance(r, PlayStarted) and r.play == play)


@pytest.fixture
def stage() -> Iterator[Stage]:
    """A player on the silent device, which runs in real time."""
    stage = Stage(Backend.NULL)
    yield stage
    stage.player.close()


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A whole loudspeaker on fakes, started and with a line."""
    return started(World(tmp_path))


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """A place for a journal."""
    return Shelf(tmp_path)


@pytest.fixture
def depot() -> Iterator[Depot]:
    """A file server with the centre's audio."""
    depot = Depot()
    yield depot
    depot.close()


@pytest.fixture
def radio(tone: MakeTone) -> Iterator[Radio]:
    """A local radio station that streams MP3."""
    radio = Radio(tone(30).read_bytes())
    yield radio
    radio.close()
