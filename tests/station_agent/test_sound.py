"""What really comes out of a sound card (a PulseAudio sink that records): instants, cuts and fades, to the sample."""

import time
from array import array

import pytest

from station_agent.player import Backend
from station_agent.ports import Cue, Part, Recordings
from tests.services.pulse import SAMPLES_PER_SECOND, PulseSink
from tests.station_agent.conftest import MakeTone, Stage

pytestmark = [pytest.mark.sound, pytest.mark.realtime]

LOUD = 300


def edges(samples: "array[int]", quiet: int = 480) -> list[tuple[float, float]]:
    """Return (begin, end) in seconds of every stretch of sound parted by at least `quiet` silent samples."""
    found: list[tuple[float, float]] = []
    first = last = None
    for index, sample in enumerate(samples):
        if abs(sample) > LOUD:
            if last is not None and index - last > quiet and first is not None:
                found.append((first / SAMPLES_PER_SECOND, last / SAMPLES_PER_SECOND))
                first = index
            first = index if first is None else first
            last = index
    if first is not None and last is not None:
        found.append((first / SAMPLES_PER_SECOND, last / SAMPLES_PER_SECOND))
    return found


def test_items_are_heard_as_far_apart_as_planned(
    pulse_sink: PulseSink, monkeypatch: pytest.MonkeyPatch, tone: MakeTone
) -> None:
    """Spacing between starts is free of the card's constant delay, so it shows the true error of a start."""
    monkeypatch.setenv("PULSE_SERVER", pulse_sink.environment["PULSE_SERVER"])
    stage = Stage(Backend.PULSE)
    sound = Recordings((Part(tone(3, suffix="wav"), 3),))
    plan = [(0.0, 0.4), (0.7, 1.0), (1.5, 2.1)]

    with pulse_sink.recording() as recorded:
        start = time.monotonic() + 4
        stage.player.wake(start)
        for number, (begin, end) in enumerate(plan):
            stage.player.cue(Cue(play=str(number), sound=sound, start=start + begin, end=start + end))
        for number in range(len(plan)):
            stage.ended(str(number))
        time.sleep(0.5)
    stage.player.close()

    heard = edges(recorded.samples)
    assert len(heard) == len(plan)
    for (begin, end), (heard_begin, heard_end) in zip(plan, heard, strict=True):
        assert heard_begin - heard[0][0] == pytest.approx(begin, abs=0.005)
        assert heard_end - heard_begin == pytest.approx(end - begin, abs=0.005)


def test_a_missing_sound_card_is_said_not_hidden(monkeypatch: pytest.MonkeyPatch, tone: MakeTone) -> None:
    monkeypatch.setenv("PULSE_SERVER", "unix:/nonexistent")
    stage = Stage(Backend.PULSE)
    start = time.monotonic() + 0.2

    stage.player.cue(Cue(play="a", sound=Recordings((Part(tone(1), 1),)), start=start, end=start + 0.5))

    assert stage.player.fault == "sound.no_device"
    assert stage.ended("a").reason == "sound.no_device"
    stage.player.close()
