"""Gives each journey a world of its own."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, rmtree
from typing import Protocol

import pytest

from schedules.regulation import Regulation
from server.store import SqlStore, open_store
from tests.journeys.founding import database, found
from tests.journeys.places import MORNING_AND_EVENING
from tests.journeys.world import World


class Begin(Protocol):
    """Begins a journey on Monday, 23 November 2026, at an hour, under a regulation."""

    def __call__(self, at: str, *, regulation: Regulation = MORNING_AND_EVENING) -> World: ...


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of Sơn Hà as they lie on the disk before the first morning."""
    folder = tmp_path_factory.mktemp("founded")
    found(folder)
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
def begin(founded: Path, folder: Path, store: SqlStore) -> Iterator[Begin]:
    """Begin the journey of a test; its world ends with the test."""
    begun: list[World] = []

    def begin(at: str, *, regulation: Regulation = MORNING_AND_EVENING) -> World:
        store.close()
        rmtree(folder)
        copytree(founded, folder)
        begun.append(World(folder, store, begins=at, regulation=regulation))
        return begun[-1]

    yield begin
    for world in begun:
        world.ends()


@pytest.fixture
def world(begin: Begin) -> World:
    """Sơn Hà at 04:00."""
    return begin("04:00")
