"""Gives each journey a world of its own."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree
from typing import Protocol

import pytest

from schedules.regulation import Regulation
from tests.journeys.founding import found
from tests.journeys.places import MORNING_AND_EVENING
from tests.journeys.world import World


class Begin(Protocol):
    """Begins a journey on Monday, 23 November 2026, at an hour, under a regulation."""

    def __call__(self, at: str, *, regulation: Regulation = MORNING_AND_EVENING) -> World: ...


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of Sơn Hà as they lie on the disk before the first morning."""
    folder = tmp_path_factory.mktemp("son-ha")
    found(folder)
    return folder


@pytest.fixture
def begin(founded: Path, tmp_path: Path) -> Iterator[Begin]:
    """Begin the one journey of a test; its world ends with the test."""
    begun: list[World] = []

    def begin(at: str, *, regulation: Regulation = MORNING_AND_EVENING) -> World:
        folder = copytree(founded, tmp_path / f"son-ha-{len(begun)}")
        begun.append(World(folder, begins=at, regulation=regulation))
        return begun[-1]

    yield begin
    for world in begun:
        world.ends()


@pytest.fixture
def world(begin: Begin) -> World:
    """Sơn Hà at 04:00."""
    return begin("04:00")
