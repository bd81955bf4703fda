"""The radio of the use cases' tests, for a training too."""

from pathlib import Path

import pytest

from tests.server.services.radio import Radio


@pytest.fixture
def radio(tmp_path: Path) -> Radio:
    """Sơn Hà and its neighbour on a Monday at 04:00, in memory."""
    return Radio(uploads=tmp_path)
