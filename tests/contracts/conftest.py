"""Gives the contracts their stores: the fake in memory and the real one on SQLite."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copyfile

import pytest

from server.ports import Store
from server.store import open_store
from tests.contracts.samples import founded
from tests.fakes.store import FakeStore


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with all its tables, made once: each test takes a copy."""
    file = tmp_path_factory.mktemp("migrated") / "radio.db"
    open_store(f"sqlite:///{file}").close()
    return file


@pytest.fixture(params=["memory", "sqlite"])
def empty_store(request: pytest.FixtureRequest, migrated: Path, tmp_path: Path) -> Iterator[Store]:
    """A store with nothing in it."""
    if request.param == "memory":
        yield FakeStore()
        return
    copyfile(migrated, tmp_path / "radio.db")
    opened = open_store(f"sqlite:///{tmp_path}/radio.db")
    yield opened
    opened.close()


@pytest.fixture
def store(empty_store: Store) -> Store:
    """A store with units, zones and loudspeakers."""
    return founded(empty_store)
