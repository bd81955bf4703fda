"""The player on the silent device, which runs in real time: instants, cuts, fades, sequences, joins, loss."""

import time
from pathlib import Path

import pytest

from schedules.evidence import Ending
from schedules.guard import Allowed
from station_agent.errors import SoundError
from station_agent.player import SoundPlayer, output
from station_agent.ports import Cue, Part, Recordings
from tests.station_agent.conftest import MakeTone, Stage

pytestmark = [pytest.mark.realtime]


def in_a_moment(seconds: float = 0.4) -> float:
    return time.monotonic() + seconds


def whole(path: Path, seconds: float) -> Recordings:
    return Recordings((Part(path, seconds),))


def test_a_cue_starts_on_its_instant_and_plays_to_its_end(stage: Stage, tone: MakeTone) -> None:
    start = in_a_moment()

    stage.cue(Cue(play="a", sound=whole(tone(1), 1), start=start))
    ended = stage.ended("a")

    started = stage.started("a")
    assert abs(started.at - start) < 0.001
    assert ended.how is Ending.FINISHED
    assert ended.started == started.at
    assert ended.seconds == pytest.approx(1.0, abs=0.06)
    assert ended.gaps == 0
    assert ended.level is not None
    assert -25 < ended.level < -15  # ffmpeg's sine is at 1/8 of full scale: -21 dBFS


def test_the_end_instant_cuts_hard(stage: Stage, tone: MakeTone) -> None:
    start = in_a_moment()

    stage.cue(Cue(play="a", sound=whole(tone(3), 3), start=start, end=start + 0.5))
    ended = stage.ended("a")

    assert ended.how is Ending.CUT
    assert ended.ended == pytest.approx(start + 0.5, abs=0.001)
    assert ended.seconds == pytest.approx(0.5, abs=0.01)


def test_a_moved_end_counts(stage: Stage, tone: MakeTone) -> None:
    start = in_a_moment()
    stage.cue(Cue(play="a", sound=whole(tone(3), 3), start=start, end=start + 2))

    stage.player.let_sound("a", Allowed(100), end=start + 0.3)

    assert stage.ended("a").seconds == pytest.approx(0.3, abs=0.01)


def test_a_fade_ends_the_play_after_its_length(stage: Stage, tone: MakeTone) -> None:
    start = in_a_moment()
    stage.cue(Cue(play="a", sound=whole(tone(3), 3), start=start))
    time.sleep(0.8)

    asked = time.monotonic()
    stage.player.fade_out("a", 0.3)
    ended = stage.ended("a")

    assert ended.how is Ending.STOPPED
    assert asked + 0.25 < ended.ended < asked + 0.5


def test_hush_silences_at_once_also_what_is_only_cued(stage: Stage, tone: MakeTone) -> None:
    start = in_a_moment()
    stage.cue(Cue(play="on air", sound=whole(tone(3), 3), start=start))
    stage.cue(Cue(play="next", sound=whole(tone(1), 1), start=start + 2))
    time.sleep(0.7)

    asked = time.monotonic()
    stage.player.hush()

    assert stage.ended("on air").ended < asked + 0.2
    following = stage.ended("next", within=0.5)
    assert (following.how, following.started, following.seconds) == (Ending.STOPPED, None, 0)
    assert not stage.player.sounding()


def test_hush_can_spare_one_play(stage: Stage, tone: MakeTone) -> None:
    start = in_a_moment()
    stage.cue(Cue(play="news", sound=whole(tone(3), 3), start=start))
    stage.cue(Cue(play="alarm", sound=whole(tone(1), 1), start=start))
    time.sleep(0.7)

    stage.player.hush(spares="alarm")

    assert stage.ended("news").how is Ending.STOPPED
    assert stage.ended("alarm").how is Ending.FINISHED


def test_two_plays_follow_each_other_without_a_gap(stage: Stage, tone: MakeTone) -> None:
    start = in_a_moment()
    stage.cue(Cue(play="a", sound=whole(tone(3), 3), start=start, end=start + 0.4))
    stage.cue(Cue(play="b", sound=whole(tone(1, 880), 1), start=start + 0.4, end=start + 0.8))

    first, second = stage.ended("a"), stage.ended("b")

    assert second.started == pytest.approx(first.ended, abs=0.0005)


def test_a_notice_read_twice_has_a_pause_between(stage: Stage, tone: MakeTone) -> None:
    start = in_a_moment()
    notice = Part(tone(0.5, suffix="wav"), 0.5)

    stage.cue(Cue(play="a", sound=Recordings((notice, notice), pause=0.3), start=start))
    ended = stage.ended("a")

    assert ended.seconds == pytest.approx(1.3, abs=0.01)


@pytest.mark.parametrize(("offset", "left"), [(0.2, 1.1), (0.6, 0.7), (0.9, 0.4), (1.2, 0.1)])
def test_a_sequence_is_joined_at_its_offset(stage: Stage, tone: MakeTone, offset: float, left: float) -> None:
    notice = Part(tone(0.5, suffix="wav"), 0.5)
    sound = Recordings((notice, notice), pause=0.3, offset=offset)

    stage.cue(Cue(play="a", sound=sound, start=in_a_moment()))

    assert stage.ended("a").seconds == pytest.approx(left, abs=0.01)


def test_a_long_recording_is_joined_near_its_end_in_time(stage: Stage, tone: MakeTone) -> None:
    path = tone(900)
    start = in_a_moment(0.3)

    stage.cue(Cue(play="a", sound=Recordings((Part(path, 900),), offset=899), start=start))
    ended = stage.ended("a")

    assert ended.gaps == 0
    assert ended.seconds == pytest.approx(1.0, abs=0.2)


def test_volume_lowers_the_measured_level(stage: Stage, tone: MakeTone) -> None:
    stage.cue(Cue(play="a", sound=whole(tone(1), 1), start=in_a_moment()), volume=50)

    level = stage.ended("a").level
    assert level == pytest.approx(-27, abs=1)  # half the amplitude is 6 dB less


def test_what_sounds_can_be_asked(stage: Stage, tone: MakeTone) -> None:
    stage.cue(Cue(play="a", sound=whole(tone(3), 3), start=in_a_moment(0.3)))
    assert stage.player.sounding()[0].started is None
    time.sleep(0.8)

    (now,) = stage.player.sounding()

    assert now.play == "a"
    assert now.seconds == pytest.approx(0.5, abs=0.15)
    assert now.level is not None


def test_a_missing_file_fails_with_its_reason(stage: Stage, tmp_path: Path) -> None:
    stage.cue(Cue(play="a", sound=whole(tmp_path / "gone.mp3", 1), start=in_a_moment(0.2)))

    ended = stage.ended("a")

    assert (ended.how, ended.reason) == (Ending.FAILED, "sound.missing")


def test_a_file_that_is_no_sound_fails_with_its_reason(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "note.mp3"
    path.write_text("no sound at all" * 100)
    stage.cue(Cue(play="a", sound=whole(path, 1), start=in_a_moment(0.2)))

    ended = stage.ended("a")

    assert (ended.how, ended.reason) == (Ending.FAILED, "sound.undecodable")


def test_a_lost_device_is_opened_again_and_what_sounded_is_left_to_be_joined(stage: Stage, tone: MakeTone) -> None:
    """What is cued for later sounds on the new device, on its instant; what was lost ends where it was."""
    start = in_a_moment(0.2)
    stage.cue(Cue(play="a", sound=whole(tone(10), 10), start=start, end=start + 6))
    stage.cue(Cue(play="b", sound=whole(tone(1), 1), start=start + 5))
    time.sleep(0.7)

    device = stage.player._device  # noqa: SLF001 - no port offers to pull a USB card out
    assert device is not None
    device.stop()
    lost, following = stage.ended("a"), stage.ended("b")

    assert (lost.how, lost.reason) == (Ending.LOST, "sound.device_lost")
    assert 0 < lost.seconds < 3
    assert start < lost.ended < start + 5
    assert following.how is Ending.FINISHED
    assert following.started == pytest.approx(start + 5, abs=0.001)


def test_a_device_that_is_missing_is_looked_for_though_nothing_is_to_sound(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "LOOK_AGAIN", 0.01)
    opens = SoundPlayer._open_device  # noqa: SLF001 - the silent device is never missing
    monkeypatch.setattr(SoundPlayer, "_open_device", _refuse)
    stage.player.wake(time.monotonic() + 0.1)
    assert stage.player.fault == "sound.no_device"
    monkeypatch.setattr(SoundPlayer, "_open_device", opens)
    time.sleep(0.2)

    stage.player.tend()
    assert not stage.player.fault

    stage.player.tend()
    assert not stage.player.is_open


def _refuse(_: SoundPlayer) -> None:
    raise SoundError("sound.no_device")


def test_the_device_is_given_back_when_nothing_is_cued(stage: Stage, tone: MakeTone) -> None:
    stage.cue(Cue(play="a", sound=whole(tone(0.5, suffix="wav"), 0.5), start=in_a_moment(0.1)))
    stage.ended("a")
    assert stage.player.is_open

    time.sleep(1.1)
    stage.player.tend()

    assert not stage.player.is_open
