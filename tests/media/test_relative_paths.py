"""A library and a source may be named relative to the working directory, as a settings file does."""

from datetime import timedelta
from pathlib import Path

import pytest

from media.engine import write_station_signal
from media.library import Library
from media.prepare import prepare

pytestmark = pytest.mark.ffmpeg


def test_relative_paths_are_prepared_like_absolute_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_station_signal(Path("signal.wav"))

    prepared = prepare(Path("signal.wav"), library=Library(Path("audio")), limit=timedelta(minutes=1))

    assert Library(tmp_path / "audio").exists(prepared.sha256)
