"""Gives the contracts their stores: the fake in memory and the real one on SQLite and PostgreSQL."""

from collections.abc import Iterator

import pytest

from server.ports import Store
from server.store import open_as_it_is
from tests.contracts.samples import founded
from tests.fakes.store import FakeStore


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """A store with nothing in it."""
    if request.param == "memory":
        yield FakeStore()
        return
    opened = open_as_it_is(request.getfixturevalue(f"{request.param}_url"))
    yield opened
    opened.close()


@pytest.fixture
def store(empty_store: Store) -> Store:
    """A store with units, zones and loudspeakers."""
    return founded(empty_store)
