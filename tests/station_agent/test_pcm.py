"""Arithmetic on samples and the clock of a device."""

import math
import random
from array import array

import pytest

from station_agent.player.pcm import RATE, FrameClock, Meter, amplified, mixed, ramped


@pytest.mark.parametrize("count", [0, 1, 2, 3, 959, 1920])
@pytest.mark.parametrize("gain", [0.0, 0.1, 0.5, 0.8, 0.999])
def test_amplifying_all_samples_at_once_is_amplifying_each(count: int, gain: float) -> None:
    chance = random.Random(count)
    block = array("h", [chance.randint(-32_768, 32_767) for _ in range(count)])

    louder = amplified(block, gain)

    assert len(louder) == count
    assert all(abs(got - sample * gain) < 2 for got, sample in zip(louder, block, strict=True))


def test_full_volume_changes_nothing() -> None:
    block = array("h", [-32_768, -1, 0, 1, 32_767])

    assert amplified(block, 1.0) is block


def test_a_ramp_stays_between_silence_and_the_sound() -> None:
    block = array("h", [1000] * 10)

    assert list(ramped(block, 1.25, -0.25)) == [1000, 1000, 750, 500, 250, 0, 0, 0, 0, 0]


def test_mixing_clips() -> None:
    assert list(mixed(array("h", [30_000, -30_000, 5]), array("h", [10_000, -10_000, 6]))) == [32_767, -32_768, 11]


def test_the_level_of_a_full_sine_is_three_decibels_below_full_scale() -> None:
    meter = Meter()

    meter.add(array("h", [round(32_767 * math.sin(index / 7)) for index in range(48_000)]))

    assert meter.mean == pytest.approx(-3.0, abs=0.1)
    assert meter.peak == pytest.approx(0.0, abs=0.1)


def test_silence_has_no_level() -> None:
    meter = Meter()

    meter.add(array("h", [0] * 100))

    assert (meter.mean, meter.peak) == (None, None)


class TestFrameClock:
    def test_follows_the_earliest_callbacks_not_the_late_ones(self) -> None:
        clock = FrameClock()
        chance = random.Random(1)

        for number in range(100):
            clock.observe(10 + number * 0.04 + chance.uniform(0, 0.01), round(number * 0.04 * RATE))

        assert clock.instant_of(RATE) == pytest.approx(11, abs=0.001)
        assert clock.frame_at(11.0) == pytest.approx(RATE, abs=48)

    def test_tells_how_late_a_callback_came(self) -> None:
        clock = FrameClock()
        for number in range(30):
            clock.observe(10 + number * 0.04, round(number * 0.04 * RATE))

        late = clock.observe(10 + 30 * 0.04 + 0.007, round(30 * 0.04 * RATE))

        assert late == pytest.approx(0.007, abs=0.0001)

    def test_a_stall_moves_its_line(self) -> None:
        """PulseAudio waits up to 2 s between its first two callbacks."""
        clock = FrameClock()
        clock.observe(10.0, 0)

        for number in range(1, 30):
            clock.observe(12 + number * 0.04, round(number * 0.04 * RATE))

        assert clock.instant_of(RATE) == pytest.approx(13, abs=0.001)
