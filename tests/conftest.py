"""Gives the tests their real broker, browser and loudspeaker; fakes live beside the tests that use them.

Nothing here may skip: a missing program fails the test and names the Debian package that has it.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from shutil import copyfile

import pytest
from playwright.sync_api import Browser, Error, Page

from server.store import SqlStore, open_as_it_is, open_store
from tests.services.chromium import open_context, running_chromium
from tests.services.mosquitto import OPEN_TO_ALL, Mosquitto
from tests.services.ports import find_free_port
from tests.services.postgresql import PostgreSQL
from tests.services.pulse import PulseSink


@pytest.fixture
def free_port() -> int:
    """A TCP port of 127.0.0.1 that nothing listens on."""
    return find_free_port()


@pytest.fixture
def start_mosquitto(tmp_path: Path) -> Iterator[Callable[[str], Mosquitto]]:
    """Start a broker with the configuration given; it ends with the test."""
    with ExitStack() as ended_with_the_test:

        def start(config: str) -> Mosquitto:
            broker = Mosquitto(tmp_path / f"mosquitto-{find_free_port()}", config=config)
            ended_with_the_test.callback(broker.kill)
            broker.start()
            return broker

        yield start


@pytest.fixture
def mosquitto(start_mosquitto: Callable[[str], Mosquitto]) -> Mosquitto:
    """A running broker that lets everybody in and forgets everything when stopped."""
    return start_mosquitto(OPEN_TO_ALL)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """One real server for all tests."""
    with PostgreSQL.running() as server:
        yield server


@pytest.fixture(scope="session")
def postgresql_template(postgresql: PostgreSQL) -> Iterator[str]:
    """The name of an empty database with all its tables: each test takes a copy."""
    with postgresql.database() as name:
        open_store(postgresql.url(name)).close()
        yield name


@pytest.fixture
def postgresql_url(postgresql: PostgreSQL, postgresql_template: str) -> Iterator[str]:
    """The address of an empty database of its own on PostgreSQL, with all its tables."""
    with postgresql.database(template=postgresql_template) as name:
        yield postgresql.url(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an empty database with all its tables: each test takes a copy."""
    file = tmp_path_factory.mktemp("template") / "radio.db"
    open_store(f"sqlite:///{file}").close()
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The same on SQLite: `radio.db` in the test's directory."""
    copyfile(sqlite_template, tmp_path / "radio.db")
    return f"sqlite:///{tmp_path}/radio.db"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database with all its tables; the test runs on SQLite, then on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[SqlStore]:
    """The store there."""
    opened = open_as_it_is(database_url)
    yield opened
    opened.close()


@pytest.fixture
def pulse_sink() -> Iterator[PulseSink]:
    """A sound card that keeps what it is given; see `PulseSink`."""
    # Not tmp_path: a socket's path has at most 107 characters.
    with tempfile.TemporaryDirectory(prefix="pulse-") as directory, PulseSink.running(Path(directory)) as sink:
        yield sink


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One real browser for all tests; each test opens contexts of its own in it."""
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def chromium_page(chromium: Browser) -> Iterator[Page]:
    """An empty page on a desktop screen, in Vietnamese, with a microphone that beeps.

    The test fails if a script on the page ends in an error that nobody catches.
    """
    uncaught: list[Error] = []
    with open_context(chromium) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: uncaught.append(error))  # noqa: PLW0108 -- Playwright marks what it is given
        yield page
    assert not uncaught
