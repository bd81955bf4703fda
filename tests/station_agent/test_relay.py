"""A relay over real HTTP: starts and ends on the instant, breaks, falls back, comes back."""

import time

import pytest

from schedules.evidence import Ending
from station_agent.ports import Cue, Part, Recordings, Stream
from tests.station_agent.conftest import MakeTone, Stage
from tests.station_agent.radio import Radio

pytestmark = [pytest.mark.realtime]


def test_a_relay_starts_and_ends_on_the_instant(stage: Stage, radio: Radio) -> None:
    start = time.monotonic() + 1.0

    stage.cue(Cue(play="vov", sound=Stream(radio.url), start=start, end=start + 1.5))
    ended = stage.ended("vov")

    assert abs(stage.started("vov").at - start) < 0.001
    assert ended.how is Ending.CUT
    assert ended.ended == pytest.approx(start + 1.5, abs=0.001)
    assert ended.seconds == pytest.approx(1.5, abs=0.01)
    assert ended.received == ended.seconds
    assert ended.level is not None


def test_a_relay_that_breaks_connects_again_and_counts_what_it_received(stage: Stage, radio: Radio) -> None:
    start = time.monotonic() + 0.8
    stage.cue(Cue(play="vov", sound=Stream(radio.url, patience=30), start=start, end=start + 7))
    time.sleep(1.5)

    radio.on.clear()
    time.sleep(3.0)
    radio.on.set()
    ended = stage.ended("vov", within=10)

    assert radio.connections >= 2
    assert ended.gaps > 0.3
    assert ended.received + ended.gaps == pytest.approx(7, abs=0.1)
    assert ended.received > 3


def test_a_relay_that_stays_silent_gives_way_to_its_fallback_and_takes_over_again(
    stage: Stage, radio: Radio, tone: MakeTone
) -> None:
    radio.on.clear()
    fallback = Recordings((Part(tone(1, 880), 1),))
    start = time.monotonic() + 0.5

    stage.cue(Cue(play="vov", sound=Stream(radio.url, fallback, patience=0.5), start=start, end=start + 9))
    time.sleep(2.5)
    (meanwhile,) = stage.player.sounding()
    radio.on.set()
    ended = stage.ended("vov", within=10)

    assert meanwhile.received == 0
    assert meanwhile.seconds > 0.8  # the fallback, read again and again
    assert ended.gaps == pytest.approx(0.5, abs=0.1)
    assert ended.received > 1
    assert ended.seconds == pytest.approx(8.5, abs=0.1)


def test_a_relay_never_follows_to_another_address(stage: Stage, radio: Radio) -> None:
    """What is not 200 is no sound: the signed channel list names one address."""
    start = time.monotonic() + 0.2
    stage.cue(Cue(play="x", sound=Stream(radio.url + "/elsewhere"), start=start, end=start + 0.5))

    ended = stage.ended("x")

    assert (ended.seconds, ended.received) == (0, 0)
    assert ended.gaps == pytest.approx(0.5, abs=0.01)
    assert ended.level is None


def test_silence_hangs_up(stage: Stage, radio: Radio) -> None:
    stage.cue(Cue(play="vov", sound=Stream(radio.url), start=time.monotonic() + 0.5))
    time.sleep(1.0)

    asked = time.monotonic()
    stage.player.hush()

    assert stage.ended("vov").ended < asked + 0.2
