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


def edges(samples: "array[int]", quiet: int = SAMPLES_PER_SECOND // 8) -> list[tuple[float, float]]:
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


PLAN = [(0.0, 0.4), (0.7, 1.0), (1.5, 2.1)]


def heard(pulse_sink: PulseSink, sound: Recordings) -> list[tuple[float, float]]:
    """Play the plan once; return what the card gave, begin and end after the first begin."""
    stage = Stage(Backend.PULSE)
    with pulse_sink.recording() as recorded:
        start = time.monotonic() + 4
        stage.player.wake(start)
        for number, (begin, end) in enumerate(PLAN):
            stage.cue(Cue(play=str(number), sound=sound, start=start + begin, end=start + end))
        for number in range(len(PLAN)):
            stage.ended(str(number))
        time.sleep(0.5)
    stage.player.close()
    found = edges(recorded.samples)
    return [(begin - found[0][0], end - found[0][0]) for begin, end in found]


def test_items_are_heard_as_far_apart_as_planned(
    pulse_sink: PulseSink, monkeypatch: pytest.MonkeyPatch, tone: MakeTone
) -> None:
    """Spacing between starts is free of the card's constant delay, so it shows the true error of a start.

    One of four takes must be exact: on a busy machine the sound server itself leaves gaps and the recorder loses some.
    """
    monkeypatch.setenv("PULSE_SERVER", pulse_sink.environment["PULSE_SERVER"])
    sound = Recordings((Part(tone(3, suffix="wav"), 3),))
    exact = [pytest.approx(instants, abs=0.005) for instants in PLAN]

    takes: list[list[tuple[float, float]]] = []
    while len(takes) < 4 and (not takes or takes[-1] != exact):
        takes.append(heard(pulse_sink, sound))

    assert takes[-1] == exact, takes


def test_a_missing_sound_card_is_said_not_hidden(monkeypatch: pytest.MonkeyPatch, tone: MakeTone) -> None:
    monkeypatch.setenv("PULSE_SERVER", "unix:/nonexistent")
    stage = Stage(Backend.PULSE)
    start = time.monotonic() + 0.2

    stage.cue(Cue(play="a", sound=Recordings((Part(tone(1), 1),)), start=start, end=start + 0.5))

    assert stage.player.fault == "sound.no_device"
    assert stage.ended("a").reason == "sound.no_device"
    stage.player.close()
