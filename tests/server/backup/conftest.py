"""Gives the tests a small centre that is backed up and brought back by the commands themselves, on either database."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from shutil import copytree

import pytest

from schedules.ids import UnitId
from schedules.ledger import LeafKind
from schedules.unit import Unit, UnitLevel
from server import cli, locked
from server.at_the_machine import whoever_sits_here
from server.backup.audio import path_of
from server.backup.files import sum_of
from server.clock import WallClock
from server.config import Config, load_config
from server.passwords import Argon2Hashing
from server.sealing import KeyFiles
from server.services import keys, people
from server.services.people import NewPerson
from server.store import SqlStore, open_store
from server.values import Role
from tests.services.postgresql import PostgreSQL

WORDS = "bốn từ ghép lại"
PASSWORD = "mot hai ba bon"
PROVINCE = UnitId("quang-ngai")


on_both_databases = pytest.mark.parametrize(
    "kept_in", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
"""For what a database does; the rest is the same whichever it is, and runs on SQLite."""


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A guess that costs nothing, for tests alone."""
    monkeypatch.setattr(locked, "OPERATIONS", 1)
    monkeypatch.setattr(locked, "MEMORY", 8192)


class Centre:
    """A machine with a centre on it, or with none yet, and what its commands print."""

    def __init__(self, folder: Path, url: str, capsys: pytest.CaptureFixture[str] | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.url, self._capsys = url, capsys
        self.settings = folder / "centre.toml"
        self.settings.write_text(f'state_directory = "state"\ndatabase_url = "{url}"\n', encoding="utf-8")
        self.words = folder / "words"
        self.words.write_text(WORDS + "\n", encoding="utf-8")

    @property
    def config(self) -> Config:
        return load_config(self.settings)

    def runs(self, *arguments: str) -> tuple[int, str]:
        """Run a command and give its exit code and what it printed."""
        given = (*arguments, "--config", str(self.settings), "--passphrase-file", str(self.words), "--language", "en")
        assert self._capsys is not None
        code = cli.main(list(given))
        printed = self._capsys.readouterr()
        return code, printed.out + printed.err

    def open(self) -> SqlStore:
        return open_store(self.url)

    def is_founded(self) -> None:
        """Draw its keys, open an account, and take in a recording."""
        store = self.open()
        keys.initialise(store, WallClock(), KeyFiles(self.config.key_directory))
        with store.writing() as uow:
            unit = Unit(id=PROVINCE, code="51", name="Tỉnh Quảng Ngãi", level=UnitLevel.PROVINCE, parent=None)
            uow.places.put_units([unit])
            uow.commit()
        self.opens_account(store, "hoa")
        store.close()
        self.takes_in(b"a recording")

    def opens_account(self, store: SqlStore, login: str) -> None:
        """Do what a backup of before does not know."""
        by = whoever_sits_here(store, PROVINCE)
        roles = frozenset({Role.OFFICER})
        new = NewPerson(login=login, name=login, unit=PROVINCE, roles=roles, language="vi")
        people.add_person(store, WallClock(), Argon2Hashing(), by, new=new, password=PASSWORD)

    def takes_in(self, sound: bytes) -> Path:
        """Have a recording on its disk; give where it lies."""
        fresh = self.settings.with_name("fresh")
        fresh.write_bytes(sound)
        file = path_of(self.config.audio_directory, sum_of(fresh))
        file.parent.mkdir(parents=True, exist_ok=True)
        return fresh.rename(file)

    def logins(self) -> list[str]:
        """Give whose accounts it has."""
        store = self.open()
        with store.reading() as uow:
            found = sorted(each.login for each in uow.people.of_unit(PROVINCE))
        store.close()
        return found

    def leaves(self, kind: LeafKind) -> list[bytes]:
        """Give what its ledger has of a kind."""
        store = self.open()
        with store.reading() as uow:
            found = [leaf.data for leaf in uow.ledger.leaves(after=0, limit=9999) if leaf.kind == kind]
        store.close()
        return found


@pytest.fixture
def kept_in(request: pytest.FixtureRequest) -> str:
    """Which database the test's centre has."""
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a centre on SQLite that was founded; each test takes a copy."""
    folder = tmp_path_factory.mktemp("founded") / "centre"
    Centre(folder, f"sqlite:///{folder}/state/radio.db").is_founded()
    return folder


@pytest.fixture
def centre(request: pytest.FixtureRequest, kept_in: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Centre:
    """A centre that was founded."""
    folder = tmp_path / "centre"
    if kept_in == "sqlite":
        copytree(request.getfixturevalue("founded"), folder)
        return Centre(folder, f"sqlite:///{folder}/state/radio.db", capsys)
    made = Centre(folder, request.getfixturevalue("postgresql_url"), capsys)
    made.is_founded()
    return made


@pytest.fixture
def elsewhere(
    request: pytest.FixtureRequest, kept_in: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[Centre]:
    """An empty machine with the same sort of database."""
    with ExitStack() as ended_with_the_test:
        url = f"sqlite:///{tmp_path}/elsewhere/state/radio.db"
        if kept_in == "postgresql":
            server: PostgreSQL = request.getfixturevalue("postgresql")
            url = server.url(ended_with_the_test.enter_context(server.database()))
        yield Centre(tmp_path / "elsewhere", url, capsys)


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where backups go."""
    return tmp_path / "place"
