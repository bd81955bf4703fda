"""The stored copy has the loudness it claims, and the figures are those another EBU R128 meter gives."""

import json
import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from media import engine
from media.engine import find_ffmpeg
from media.facts import LOUDNESS_FLOOR_LUFS, PEAK_FLOOR_DBTP, Container, Loudness
from media.library import Library
from media.loudness import gain_towards
from media.prepare import prepare
from media.speech import EmbeddedVoice
from tests.media.sounds import SPEECH_LIKE, make_sound

pytestmark = pytest.mark.ffmpeg

HOUR = timedelta(hours=1)


def measure_with_loudnorm(path: Path) -> Loudness:
    """Measure with ffmpeg's other meter, on the same mono sound."""
    filters = "aformat=channel_layouts=mono,loudnorm=print_format=json"
    command = [find_ffmpeg(), "-hide_banner", "-nostdin", "-i", str(path), "-af", filters, "-f", "null", "-"]
    log = subprocess.run(command, check=True, capture_output=True, text=True).stderr
    found = re.search(r"\{[^{}]+\}", log)
    assert found
    figures = json.loads(found[0])
    return Loudness(float(figures["input_i"]), float(figures["input_tp"]))


@pytest.mark.parametrize("target_lufs", [-16.0, -23.0])
@pytest.mark.parametrize("variant", ["vi", "vi-vn-x-central", "vi-vn-x-south"])
def test_speech_reaches_its_target_and_keeps_its_peaks_below_minus_one(
    variant: str, target_lufs: float, tmp_path: Path, library: Library
) -> None:
    source = tmp_path / "speech.wav"
    EmbeddedVoice(variant).speak(
        "Kính thưa bà con, mời bà con đi tiêm chủng lúc 7 giờ 30 ngày 25/12 tại trạm y tế xã.", source
    )

    prepared = prepare(source, library=library, limit=HOUR, target_lufs=target_lufs)

    assert prepared.after.integrated_lufs == pytest.approx(target_lufs, abs=0.5)
    assert prepared.after.true_peak_dbtp <= -1.0


@pytest.mark.parametrize("level_db", [-30, 0, 12])
def test_quiet_and_overdriven_recordings_come_out_alike(level_db: int, tmp_path: Path, library: Library) -> None:
    source = make_sound(tmp_path / "upload.wav", "-af", f"volume={level_db}dB", source=SPEECH_LIKE, seconds=8)

    prepared = prepare(source, library=library, limit=HOUR)

    assert prepared.after.integrated_lufs == pytest.approx(-16, abs=0.5)
    assert prepared.after.true_peak_dbtp <= -1.0


def test_both_figures_agree_with_another_meter(speech: Path, library: Library) -> None:
    prepared = prepare(speech, library=library, limit=HOUR)

    before = measure_with_loudnorm(speech)
    after = measure_with_loudnorm(library.path(prepared.sha256))
    assert prepared.before.integrated_lufs == pytest.approx(before.integrated_lufs, abs=0.3)
    assert prepared.after.integrated_lufs == pytest.approx(after.integrated_lufs, abs=0.3)
    assert prepared.after.true_peak_dbtp == pytest.approx(after.true_peak_dbtp, abs=0.3)


def test_a_sine_of_known_level_measures_what_the_standard_says(tmp_path: Path) -> None:
    """EBU Tech 3341, case 1, in mono: 1 kHz at -23 dBFS in one channel is -26 LUFS with a peak of -23 dBTP."""
    source = make_sound(
        tmp_path / "case1.wav", source=f"aevalsrc=exprs='{10 ** (-23 / 20)}*sin(1000*2*PI*t)':s=48000", seconds=20
    )

    heard = engine.listen(source, Container.WAV, stop_after_s=30)

    assert heard.loudness.integrated_lufs == pytest.approx(-26, abs=0.1)
    assert heard.loudness.true_peak_dbtp == pytest.approx(-23, abs=0.1)


def test_the_gain_is_the_way_from_the_measure_to_the_target() -> None:
    assert gain_towards(-16.0, Loudness(-23.5, -3.0)) == 7.5


@pytest.mark.parametrize("figure", [float("-inf"), float("nan"), -200.0])
def test_a_figure_below_the_floor_of_the_measure_is_the_floor(figure: float) -> None:
    assert Loudness(figure, figure) == Loudness(LOUDNESS_FLOOR_LUFS, PEAK_FLOOR_DBTP)
