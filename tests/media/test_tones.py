"""The station's own sounds are real, repeatable and fit for the same pipeline as any upload."""

import wave
from datetime import timedelta
from pathlib import Path

import pytest

from media import engine
from media.library import Library
from media.prepare import prepare


def length_s(path: Path) -> float:
    with wave.open(str(path)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 48_000)
        return float(sound.getnframes() / 48_000)


def test_the_station_signal_is_short_and_can_be_broadcast(tmp_path: Path, library: Library) -> None:
    engine.write_station_signal(tmp_path / "signal.wav")

    prepared = prepare(tmp_path / "signal.wav", library=library, limit=timedelta(minutes=1))

    assert 3 < length_s(tmp_path / "signal.wav") < 8
    assert prepared.after.integrated_lufs == pytest.approx(-16, abs=0.5)


@pytest.mark.parametrize("seconds", [1, 7.25, 60])
def test_a_tune_is_as_long_as_asked(seconds: float, tmp_path: Path) -> None:
    engine.write_tune(tmp_path / "tune.wav", seconds=seconds)

    assert length_s(tmp_path / "tune.wav") == pytest.approx(seconds, abs=0.001)


def test_the_same_call_makes_the_same_tune_and_another_begins_differently(tmp_path: Path) -> None:
    for name, tune in (("a", 0), ("b", 0), ("c", 1)):
        engine.write_tune(tmp_path / name, seconds=5, tune=tune)

    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert (tmp_path / "a").read_bytes() != (tmp_path / "c").read_bytes()


@pytest.mark.parametrize("seconds", [0, 601, float("nan")])
def test_a_tune_too_short_or_too_long_for_memory_is_refused(seconds: float, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="a tune lasts"):
        engine.write_tune(tmp_path / "tune.wav", seconds=seconds)
