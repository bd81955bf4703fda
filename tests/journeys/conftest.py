"""Gives each journey a world of its own."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, rmtree
from typing import Protocol

import pytest

from schedules.regulation import Regulation
from server.store import SqlStore, open_as_it_is, open_store
from tests.journeys.founding import database, found
from tests.journeys.places import MORNING_AND_EVENING
from tests.journeys.world import World
from tests.services.postgresql import PostgreSQL

on_both_databases = pytest.mark.parametrize(
    "kept_in", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
"""For the journeys whose story is what the database keeps: orders, marks, receipts, what was published, missed or lost.

The others run on SQLite alone. In `test_agent_stopped`, `test_audio_missing`, `test_edges_of_the_day`,
`test_hostile_broker`, `test_reboot_in_mid_item` and `test_valid_until` the loudspeaker decides, and the centre does
what it does in these. Of `test_keys` one goes through everything that a new list rewrites. Approvals, emergencies and
enrolment run on both below (`tests/contracts`, `tests/server/services/*_on_a_database.py`). `test_in_real_time`,
`test_over_tls` and `test_smoke` start whole programs, as `tests/server/test_conductor_on_postgresql.py` does there.
"""


class Begin(Protocol):
    """Begins a journey on Monday, 23 November 2026, at an hour, under a regulation."""

    def __call__(self, at: str, *, regulation: Regulation = MORNING_AND_EVENING) -> World: ...


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of Sơn Hà as they lie on the disk before the first morning."""
    folder = tmp_path_factory.mktemp("founded")
    found(folder, database(folder))
    return folder


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a copy of them lies, a fresh one for each journey."""
    return tmp_path_factory.mktemp("journey")


@pytest.fixture(scope="session")
def store(folder: Path) -> SqlStore:
    """The database there. It stays open: to prepare every statement anew takes longer than many a journey."""
    return open_store(database(folder))


@pytest.fixture
def kept_in(request: pytest.FixtureRequest) -> str:
    """Which database the journey's centre has."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def sqlite_store(founded: Path, folder: Path, store: SqlStore) -> SqlStore:
    """Sơn Hà before the first morning, on SQLite."""
    store.close()
    rmtree(folder)
    copytree(founded, folder)
    return store


@pytest.fixture(scope="session")
def founded_on_postgresql(
    postgresql: PostgreSQL, postgresql_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, str]]:
    """The files of Sơn Hà, and the name of its database, before the first morning."""
    folder = tmp_path_factory.mktemp("founded-on-postgresql")
    with postgresql.database(template=postgresql_template) as name:
        found(folder, postgresql.url(name))
        yield folder, name


@pytest.fixture
def postgresql_station(founded_on_postgresql: tuple[Path, str], folder: Path, postgresql: PostgreSQL) -> Iterator[str]:
    """A fresh copy of them: the address of the database; the files are in `folder`."""
    files, template = founded_on_postgresql
    rmtree(folder)
    copytree(files, folder)
    with postgresql.database(template=template) as name:
        yield postgresql.url(name)


@pytest.fixture
def postgresql_store(postgresql_station: str) -> SqlStore:
    """Sơn Hà before the first morning, on PostgreSQL."""
    return open_as_it_is(postgresql_station)


@pytest.fixture
def address(request: pytest.FixtureRequest, kept_in: str, folder: Path) -> str:
    """The address of the journey's database."""
    return database(folder) if kept_in == "sqlite" else str(request.getfixturevalue("postgresql_station"))


@pytest.fixture
def begin(request: pytest.FixtureRequest, kept_in: str, folder: Path) -> Iterator[Begin]:
    """Begin the journey of a test; its world ends with the test."""
    begun: list[World] = []
    store: SqlStore = request.getfixturevalue(f"{kept_in}_store")

    def begin(at: str, *, regulation: Regulation = MORNING_AND_EVENING) -> World:
        begun.append(World(folder, store, begins=at, regulation=regulation))
        return begun[-1]

    yield begin
    for world in begun:
        world.ends()


@pytest.fixture
def world(begin: Begin) -> World:
    """Sơn Hà at 04:00."""
    return begin("04:00")
