"""The door to the audio pipeline, with real files and the real ffmpeg."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from media.engine import find_ffmpeg
from media.errors import VoiceUnavailable
from server.audio import MediaPreparation
from server.errors import Unacceptable
from server.ports import Preparation

LIMIT = timedelta(minutes=60)


def tone(into: Path, seconds: float = 3) -> Path:
    """Write a quiet WAV of one tone."""
    source = ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}", "-af", "volume=-12dB"]
    subprocess.run([str(find_ffmpeg()), "-v", "error", *source, "-y", str(into)], check=True)
    return into


def prepared(preparation: Preparation, source: Path, shares: list[float] | None = None) -> object:
    told = [] if shares is None else shares
    return preparation.prepare(source, limit=LIMIT, progress=told.append, cancelled=lambda: False)


@pytest.mark.slow
def test_a_file_becomes_a_recording_in_the_library(tmp_path: Path) -> None:
    preparation = MediaPreparation(tmp_path / "audio")
    shares: list[float] = []

    done = preparation.prepare(
        tone(tmp_path / "bản tin.wav"), limit=LIMIT, progress=shares.append, cancelled=lambda: False
    )

    kept = preparation.path(done.recording.sha256)
    assert kept is not None
    assert kept.stat().st_size == done.recording.length
    assert abs(done.recording.duration_ms - 3_000) < 100
    assert done.loudness_before < done.loudness_after < -15
    assert shares[-1] == 1.0


def test_what_is_no_sound_is_refused_with_the_pipelines_code(tmp_path: Path) -> None:
    renamed = tmp_path / "thông báo.mp3"
    renamed.write_bytes(b"%PDF-1.7 " + b"x" * 4096)

    with pytest.raises(Unacceptable) as refused:
        prepared(MediaPreparation(tmp_path / "audio"), renamed)

    assert refused.value.code == "media.refused.not-audio"


def test_a_recording_that_is_not_kept_has_no_path(tmp_path: Path) -> None:
    preparation = MediaPreparation(tmp_path / "audio")

    assert preparation.path("0" * 64) is None
    assert preparation.path("../../etc/passwd") is None


@pytest.mark.slow
def test_a_vietnamese_text_is_spoken(tmp_path: Path) -> None:
    preparation = MediaPreparation(tmp_path / "audio")

    preparation.speak("Kính thưa bà con thôn Làng Mới.", language="vi", into=tmp_path / "spoken")

    assert (tmp_path / "spoken").read_bytes()[:4] == b"RIFF"


class Mute:
    """A voice that fails."""

    name = label = "mute"

    def speak(self, text: str, into: Path) -> None:
        raise VoiceUnavailable(voice=self.name, reason="no such variant")


def test_another_language_and_a_voice_that_fails_are_told(tmp_path: Path) -> None:
    preparation = MediaPreparation(tmp_path / "audio", Mute())

    with pytest.raises(Unacceptable, match=r"voice.language"):
        preparation.speak("Kính thưa", language="hre", into=tmp_path / "spoken")
    with pytest.raises(Unacceptable, match=r"media.speech.voice-unavailable"):
        preparation.speak("Kính thưa", language="vi", into=tmp_path / "spoken")


def test_what_a_stopped_process_left_in_the_library_is_swept(tmp_path: Path) -> None:
    left = tmp_path / "audio" / "incoming" / "half"
    left.mkdir(parents=True)

    assert MediaPreparation(tmp_path / "audio").sweep() == 1
    assert not left.exists()
