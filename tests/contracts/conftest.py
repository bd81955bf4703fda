"""Gives the contracts their stores: the fake in memory and the real one on SQLite."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from server.ports import Store
from server.store import open_store
from tests.contracts.samples import founded
from tests.fakes.store import FakeStore


@pytest.fixture(params=["memory", "sqlite"])
def empty_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """A store with nothing in it."""
    if request.param == "memory":
        yield FakeStore()
        return
    opened = open_store(f"sqlite:///{tmp_path}/radio.db")
    yield opened
    opened.close()


@pytest.fixture
def store(empty_store: Store) -> Store:
    """A store with units, zones and loudspeakers."""
    return founded(empty_store)
