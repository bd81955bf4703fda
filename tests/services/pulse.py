"""Runs a PulseAudio server with one silent sink and records what is played into it."""

import array
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.services.programs import find_program

SAMPLES_PER_SECOND = 48_000
_STARTS_WITHIN_S = 10.0


class PulseNotStartedError(AssertionError):
    """The sound server ended or stayed deaf; the message carries its log."""


@dataclass(slots=True)
class Recorded:
    """What was heard: mono samples of 16 bits, 48,000 a second; filled when the recording ends."""

    samples: "array.array[int]" = field(default_factory=lambda: array.array("h"))


@dataclass(frozen=True, slots=True)
class PulseSink:
    """A sound card made of nothing: programs play into it as into a real one, and a test can hear them.

    Attributes:
        environment: what a program needs to find it (`PULSE_SERVER` among it); the sink is its default output.
    """

    environment: Mapping[str, str]

    @classmethod
    @contextmanager
    def running(cls, directory: Path) -> Iterator["PulseSink"]:
        """Start a server that keeps everything in `directory`; it ends with the block.

        Raises:
            PulseNotStartedError: it was not ready within 10 s.
            ProgramMissingError: PulseAudio is not installed.
        """
        socket = directory / "native"
        environment = {
            **os.environ,
            "HOME": str(directory),
            "XDG_RUNTIME_DIR": str(directory),
            "PULSE_RUNTIME_PATH": str(directory),
            "PULSE_SERVER": f"unix:{socket}",
        }
        command = [
            *(find_program("pulseaudio", package="pulseaudio"), "-n", "--daemonize=no", "--exit-idle-time=-1"),
            *("-L", f"module-native-protocol-unix socket={socket} auth-anonymous=1"),
            *("-L", "module-null-sink sink_name=speaker"),
        ]
        log_file = directory / "pulseaudio.log"
        with log_file.open("wb") as log:
            server = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            _wait_until_ready(server, environment=environment, log_file=log_file)
            yield cls(environment)
        finally:
            server.terminate()
            server.wait(timeout=10)

    @contextmanager
    def recording(self) -> Iterator[Recorded]:
        """Record what the sink plays until the block ends, then fill `Recorded.samples`.

        The first second may come short: align on the sound, not on the start.
        """
        recorded = Recorded()
        sound_file = Path(self.environment["HOME"]) / "recorded.s16le"
        command = [
            *(find_program("parec", package="pulseaudio-utils"), "--device=speaker.monitor", "--latency-msec=20"),
            *("--format=s16le", "--channels=1", f"--rate={SAMPLES_PER_SECOND}", "--raw"),
        ]
        with sound_file.open("wb") as sound:
            recorder = subprocess.Popen(command, env=dict(self.environment), stdout=sound)
        try:
            _wait_for_sound(recorder, sound_file=sound_file)
            yield recorded
        finally:
            recorder.terminate()
            recorder.wait(timeout=10)
        heard = sound_file.read_bytes()
        recorded.samples.frombytes(heard[: len(heard) // 2 * 2])


def _wait_until_ready(server: subprocess.Popen[bytes], *, environment: Mapping[str, str], log_file: Path) -> None:
    """Return when a client gets an answer; the socket appears before the sink does."""
    ask = [find_program("pactl", package="pulseaudio-utils"), "get-sink-volume", "speaker"]
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while server.poll() is None and time.monotonic() < deadline:
        if subprocess.run(ask, env=dict(environment), capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.02)
    raise PulseNotStartedError(log_file.read_text(encoding="utf-8", errors="replace"))


def _wait_for_sound(recorder: subprocess.Popen[bytes], *, sound_file: Path) -> None:
    """Return when the first samples are on disk; a silent sink gives zeros."""
    deadline = time.monotonic() + _STARTS_WITHIN_S
    while recorder.poll() is None and time.monotonic() < deadline:
        if sound_file.stat().st_size:
            return
        time.sleep(0.02)
    raise PulseNotStartedError("parec recorded nothing")
