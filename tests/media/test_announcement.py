"""An announcement is one small mono MP3, at the loudness of speech, and a longer text at a lower rate."""

from pathlib import Path

import pytest

from media import engine
from media.announcement import FORMATS, announce
from media.errors import TooLong
from media.facts import Container, Format
from media.speech import EmbeddedVoice
from tests.media.sounds import SPEECH_LIKE, make_sound

pytestmark = pytest.mark.ffmpeg

LIMIT = 96 * 1024
SHORT = "Bà con ven suối lên chỗ cao ngay."


class Tone:
    """A voice that makes as many seconds of a sound like speech as its text has words."""

    name, label = "tone", "tiếng thử"

    def speak(self, text: str, into: Path) -> None:
        make_sound(into, source=SPEECH_LIKE, seconds=len(text.split()))


def rate_of(sound: bytes, seconds: float) -> float:
    """Kilobits of a second."""
    return len(sound) * 8 / 1000 / seconds


@pytest.mark.parametrize(("seconds", "form"), [(20, FORMATS[0]), (40, FORMATS[1]), (80, FORMATS[2])])
def test_it_has_the_best_rate_that_fits(tmp_path: Path, seconds: int, form: Format) -> None:
    sound = announce(Tone(), "lên " * seconds, limit=LIMIT, workspace=tmp_path)

    assert len(sound) <= LIMIT
    assert rate_of(sound, seconds) == pytest.approx(form.bit_rate_kbps, rel=0.05)


def test_it_is_mono_as_long_as_what_was_said_and_about_as_loud_as_speech(tmp_path: Path) -> None:
    """One gain and a limiter, not measured again: it has to be there soon."""
    (tmp_path / "said.mp3").write_bytes(announce(Tone(), "lên " * 20, limit=LIMIT, workspace=tmp_path))

    heard = engine.listen(tmp_path / "said.mp3", Container.MP3, stop_after_s=60)

    assert engine.probe(tmp_path / "said.mp3", Container.MP3).layout == "mono"
    assert heard.duration_ms == pytest.approx(20_000, abs=150)
    assert heard.loudness.integrated_lufs == pytest.approx(-16.0, abs=2.5)
    assert heard.loudness.true_peak_dbtp <= -1.0


def test_what_does_not_fit_at_the_lowest_rate_is_refused_with_its_length(tmp_path: Path) -> None:
    with pytest.raises(TooLong) as refused:
        announce(Tone(), "lên " * 20, limit=16_000, workspace=tmp_path)

    assert refused.value.values == {"limit_s": 16, "length_s": 20}


def test_it_begins_with_a_frame_of_sound_and_no_tag(tmp_path: Path) -> None:
    """A loudspeaker decodes it as a stream."""
    sound = announce(Tone(), "lên " * 3, limit=LIMIT, workspace=tmp_path)

    assert sound[0] == 0xFF
    assert sound[1] & 0xE0 == 0xE0


def test_the_embedded_voice_speaks_a_warning_in_a_few_kilobytes(tmp_path: Path) -> None:
    sound = announce(EmbeddedVoice(), SHORT, limit=LIMIT, workspace=tmp_path)

    assert 4_000 < len(sound) < 40_000
