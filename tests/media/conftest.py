"""Fixtures of the audio tests."""

from pathlib import Path

import pytest

from media.library import Library
from media.speech import EmbeddedVoice

NOTICE = (
    "Kính thưa bà con thôn Làng Mới và thôn Gò Sim. Để bảo trì đường dây, Điện lực sẽ tạm ngừng cấp điện từ 7 giờ đến "
    "11 giờ 30 phút, thứ Năm, ngày 26 tháng 11. Xin cảm ơn bà con."
)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "library")


@pytest.fixture(scope="session")
def speech(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("speech") / "notice.wav"
    EmbeddedVoice().speak(NOTICE, path)
    return path
