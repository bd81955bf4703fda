"""Gives hostile clients a broker in production form to be hostile to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hostile_clients.province import Province


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Province]:
    """A province whose accounts do not change, for all tests of a file."""
    province = Province(tmp_path_factory.mktemp("province"))
    yield province
    province.broker.kill()


@pytest.fixture
def province(tmp_path: Path) -> Iterator[Province]:
    """A province of the test's own."""
    own = Province(tmp_path)
    yield own
    own.broker.kill()
