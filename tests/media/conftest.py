"""Fixtures of the audio tests."""

from pathlib import Path

import pytest

from media.library import Library
from media.speech import EmbeddedVoice
from tests.media.sounds import NOTICE


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("speech") / "notice.wav"
    EmbeddedVoice().speak(NOTICE, path)
    return path
