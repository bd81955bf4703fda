"""Three days of Sơn Hà by the real services, kept on a disk; and the head that went outside yesterday."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from shutil import copyfile
from zoneinfo import ZoneInfo

import pytest

from schedules.wire.messages import KeyRole
from schedules.wire.seal import SigningKey
from server.sealing import OnlineSealing
from server.services.ledger import head_file, sign_head
from server.store import open_store
from server.store.ledger_source import open_ledger
from server.verification import Verdict, Witness, verify
from tests.insider.hand import drop_triggers, reseal
from tests.journeys.founding import database, found
from tests.journeys.places import MONDAY, MORNING_AND_EVENING, every_day, in_the_morning
from tests.journeys.world import World

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True)
class Centre:
    """A database, and what is known of it.

    Attributes:
        file: the database.
        earlier: a backup of the first evening.
        head: the file that went outside yesterday.
        key: with which the centre signs heads.
        devices: keys of the loudspeakers.
    """

    file: Path
    earlier: Path
    head: str
    key: SigningKey
    devices: dict[str, SigningKey]

    def copied(self, folder: Path) -> "Centre":
        """Give a copy, to be attacked."""
        copyfile(self.file, folder / "radio.db")
        return replace(self, file=folder / "radio.db")

    def says(self, *, outside: bool = True) -> Verdict:
        """Verify the database as it is."""
        with open_ledger(f"sqlite:///{self.file}") as source:
            return verify(source, [Witness("yesterday", self.head)] if outside else [], processes=1)

    def suffers(
        self, attack: Callable[[sqlite3.Connection, Random], object], *, seed: int, key: SigningKey | None
    ) -> None:
        """Let somebody have the database for a while."""
        connection = sqlite3.connect(self.file)
        drop_triggers(connection)
        attack(connection, Random(seed))
        reseal(connection, key)
        connection.commit()
        connection.close()


def live(folder: Path) -> Centre:
    """Let a centre live for three days in an empty folder."""
    found(folder, database(folder))
    store = open_store(database(folder))
    world = World(folder, store, begins="04:00", regulation=MORNING_AND_EVENING)
    sealing = OnlineSealing(world.keys, store)

    def signs() -> None:
        sign_head(store, world.clock, sealing, HANOI)

    signs()
    last = MONDAY + timedelta(days=3)
    world.airs("Lịch cắt điện", in_the_morning(last))
    withdrawn = world.airs("Tiêm chủng", every_day("17:30", until=last))
    for hours in (2, 4, 6, 6):
        world.passes(hours=hours)
        signs()
    earlier = folder / "earlier.db"
    with closing(sqlite3.connect(folder / "radio.db")) as connection:
        connection.execute("VACUUM INTO ?", (str(earlier),))
    world.market.loses_power()
    for hours in (6, 6, 6, 6):
        world.passes(hours=hours)
        signs()
    world.market.boots()
    world.officer.orders_silence()
    world.officer.lifts_silence()
    world.officer.withdraws(withdrawn)
    world.passes(hours=6)
    signs()
    with store.reading() as uow:
        newest = uow.ledger.head(outside=True)
    assert newest is not None
    head = head_file(store, newest).text()
    world.passes(hours=2)
    key = world.keys.key(KeyRole.STATE)
    devices = {str(pole.id): pole.key for pole in world.poles}
    world.ends()
    with closing(sqlite3.connect(folder / "radio.db")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Centre(folder / "radio.db", earlier, head, key, devices)


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    """The centre after three days; nothing was done to it."""
    return live(tmp_path_factory.mktemp("lived"))


@pytest.fixture
def centre(lived: Centre, tmp_path: Path) -> Centre:
    """A copy of it, to be attacked."""
    return lived.copied(tmp_path)
