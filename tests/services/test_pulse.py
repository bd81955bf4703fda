"""Shows that what a program plays into the sink is what the recording holds."""

import array
import itertools
import math
import subprocess

import pytest

from tests.services.programs import find_program
from tests.services.pulse import SAMPLES_PER_SECOND, PulseSink

pytestmark = [pytest.mark.sound, pytest.mark.slow]


def tone(*, hertz: int, seconds: float) -> bytes:
    """Return a sine at half of full scale, as the recording has it: mono, 16 bits, 48,000 a second."""
    count = int(seconds * SAMPLES_PER_SECOND)
    return array.array(
        "h", (int(16_384 * math.sin(2 * math.pi * hertz * n / SAMPLES_PER_SECOND)) for n in range(count))
    ).tobytes()


def test_a_tone_is_heard_at_its_pitch_level_and_length(pulse_sink: PulseSink) -> None:
    play = [
        *(find_program("pacat", package="pulseaudio-utils"), "--playback", "--raw", "--format=s16le"),
        *("--channels=1", f"--rate={SAMPLES_PER_SECOND}"),
    ]

    with pulse_sink.recording() as recorded:
        subprocess.run(play, input=tone(hertz=440, seconds=1), env=dict(pulse_sink.environment), check=True)

    loud = [n for n, sample in enumerate(recorded.samples) if abs(sample) > 1_000]
    heard = recorded.samples[loud[0] : loud[-1]]
    rising = sum(1 for before, after in itertools.pairwise(heard) if before < 0 <= after)
    assert len(heard) / SAMPLES_PER_SECOND == pytest.approx(1, abs=0.05)
    assert rising == pytest.approx(440, abs=10)
    assert max(heard) == pytest.approx(16_384, rel=0.02)


def test_an_idle_sink_is_silent(pulse_sink: PulseSink) -> None:
    with pulse_sink.recording() as recorded:
        pass

    assert recorded.samples
    assert not any(recorded.samples)
