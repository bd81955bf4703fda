"""What an ear tells through its pipe is heard as it was: sounds apart, births, and stalls."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chaos.clock import unix_now
from tests.chaos.ear import BORN, PIPE, SOUND, STALLED, Ear
from tests.chaos.hearing import Hearing

POLE = "loudspeaker-1"
LOUD, SILENT = b"\1\0" * 4800, b"\0\0" * 4800


@pytest.fixture
def hearing(tmp_path: Path) -> Iterator[Hearing]:
    heard = Hearing()
    heard.attach(POLE, tmp_path)
    yield heard
    heard.close()


def come(holds: Callable[[], object]) -> None:
    """Wait until what was told has come."""
    ends = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.01)


def test_buffers_that_follow_each_other_are_one_sound_and_silence_parts_two(hearing: Hearing, tmp_path: Path) -> None:
    ear = Ear(tmp_path / PIPE)

    for since in (100.0, 100.1, 105.0):
        ear.tell(SOUND, since, since + 0.1)
    come(lambda: len(hearing.sounds(POLE)) == 2)

    first, second = hearing.sounds(POLE)
    assert (first.until - first.since, second.since - first.since) == pytest.approx((0.2, 5.0))
    assert (first.seconds, second.seconds) == pytest.approx((0.2, 0.1))


def test_only_what_is_no_silence_is_told(hearing: Hearing, tmp_path: Path) -> None:
    ear = Ear(tmp_path / PIPE)
    before = unix_now()

    ear.hear(SILENT)
    ear.hear(SILENT + LOUD)
    come(lambda: hearing.sounds(POLE))

    (sound,) = hearing.sounds(POLE)
    assert sound.seconds == pytest.approx(0.1, abs=0.001)
    assert sound.since == pytest.approx(before + 0.1, abs=0.5)


def test_births_and_stalls_are_no_sound(hearing: Hearing, tmp_path: Path) -> None:
    ear = Ear(tmp_path / PIPE)

    ear.tell(BORN, time.monotonic(), time.monotonic())
    ear.tell(STALLED, 10.0, 10.5)
    come(lambda: hearing.stalls(POLE))

    assert hearing.born_since(POLE, unix_now() - 60) is not None
    assert hearing.born_since(POLE, unix_now() + 60) is None
    assert hearing.sounds(POLE) == []
