"""The database, the keys and the audio are lost, and the backup of an hour ago is put in their place.

What loudspeakers played since and what they were ordered comes back from them; nothing is counted twice.
"""

from pathlib import Path
from shutil import rmtree

import pytest
from sqlalchemy import text

from schedules.reconciliation import Verdict
from schedules.times import Span
from server import locked
from server.backup.making import make_backup
from server.backup.place import Place
from server.backup.progress import Progress
from server.backup.restoring import Wish, restore
from server.config import Config
from server.services import emergencies
from server.store.engine import open_engine
from tests.journeys.conftest import on_both_databases
from tests.journeys.places import at_once, local
from tests.journeys.test_emergency import cancels, issues, lives, told
from tests.journeys.world import World

pytestmark = on_both_databases
WORDS = "bốn từ ghép lại"


class Machine:
    """The centre's machine: it is backed up, lost with all that is on it, and brought back."""

    def __init__(self, world: World, folder: Path, address: str, place: Path) -> None:
        self._world, self._folder, self._address, self._place = world, folder, address, Place(place)
        self._config = Config(state_directory=folder, database_url=address)
        self._quiet = Progress(lambda *_: None)

    def is_backed_up(self) -> None:
        """Make a backup beside the running centre, and let a minute pass."""
        make_backup(self._config, self._place, WORDS, now=self._world.clock.now(), progress=self._quiet)
        self._world.passes(minutes=1)

    def is_lost(self) -> None:
        """Lose everything on its disks."""
        self._world.loses_its_centre()
        rmtree(self._config.key_directory)
        rmtree(self._config.audio_directory, ignore_errors=True)
        if self._address.startswith("sqlite"):
            for file in self._folder.glob("radio.db*"):
                file.unlink()
            return
        engine = open_engine(self._address)
        with engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
        engine.dispose()

    def is_restored(self) -> None:
        """Bring back the backup, start the centre, and let everybody hear of it."""
        wish = Wish(by="Lê Thị Hoa", passphrase=WORDS)
        restore(self._config, self._place.root, wish, now=self._world.clock.now(), progress=self._quiet)
        self._world.has_a_centre_again()


@pytest.fixture
def machine(world: World, folder: Path, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The machine of the world's centre. A guess at the passphrase costs nothing here."""
    monkeypatch.setattr(locked, "OPERATIONS", 1)
    monkeypatch.setattr(locked, "MEMORY", 8192)
    return Machine(world, folder, address, tmp_path / "place")


def test_what_was_acknowledged_after_the_backup_comes_back_once_and_the_radio_goes_on(
    world: World, machine: Machine
) -> None:
    before = world.airs("Bản tin", at_once("05:45"))
    after = world.airs("Lịch cấp nước", at_once("06:30"))
    world.until("06:00")
    machine.is_backed_up()
    forgotten = world.airs("Lịch tiêm chủng", at_once("17:10"))
    world.until("06:45")
    assert world.verdicts(after) == [Verdict.CONFIRMED] * 2
    assert [pole.unanswered for pole in world.poles] == [0, 0]
    held = [world.in_force(pole).revision for pole in world.poles]

    machine.is_lost()
    machine.is_restored()
    world.passes(minutes=1)

    for notice in (before, after):
        assert world.verdicts(notice) == [Verdict.CONFIRMED] * 2
    with world.store.reading() as uow:
        rows = uow.evidence.heard(Span(local("05:00"), local("07:00")), [pole.id for pole in world.poles])
    assert sorted((each.entry.loudspeaker, each.entry.programme) for each in rows) == sorted(
        (pole.id, notice) for pole in world.poles for notice in (before, after)
    )
    assert not any(each.flags for each in rows)
    for pole, revision in zip(world.poles, held, strict=True):
        assert world.in_force(pole).revision > revision
        assert world.ready(pole).held == world.in_force(pole).revision
        assert world.planned(forgotten, pole) == ()
    anew = world.airs("Lịch tiêm chủng", at_once("17:20"))
    world.until("17:30")
    assert world.verdicts(anew) == [Verdict.CONFIRMED] * 2
    assert [len(pole.sounded) for pole in world.poles] == [3, 3]


@pytest.mark.parametrize("broker_too", [False, True])
def test_the_red_button_that_was_pressed_after_the_backup_is_not_forgotten(
    world: World, machine: Machine, broker_too: bool
) -> None:
    notice = world.airs("Bản tin", at_once("05:45"))
    machine.is_backed_up()
    world.officer.orders_silence()

    machine.is_lost()
    if broker_too:
        world.broker.forgets_everything()
        for pole in world.poles:
            pole.loses_line()
    machine.is_restored()
    if broker_too:
        for pole in world.poles:
            pole.has_line_again()
    world.passes(minutes=1)

    board = world.officer.silence_board
    assert (board.holds, board.missing) == (True, ())
    world.until("06:00")
    assert not any(pole.sounded for pole in world.poles)
    world.officer.lifts_silence()
    assert not world.officer.silence_board.missing
    evening = world.airs("Bản tin chiều", at_once("17:00"))
    world.until("17:10")
    assert world.verdicts(evening) == [Verdict.CONFIRMED] * 2
    assert world.verdicts(notice) == [Verdict.MISSED] * 2


def test_a_silence_that_was_lifted_after_the_backup_is_known_to_be_lifted(world: World, machine: Machine) -> None:
    world.officer.orders_silence()
    machine.is_backed_up()
    world.officer.lifts_silence()

    machine.is_lost()
    machine.is_restored()
    world.passes(minutes=1)

    board = world.officer.silence_board
    assert (board.holds, board.missing) == (False, ())


def test_one_that_comes_back_later_brings_what_no_other_knew(world: World, machine: Machine) -> None:
    """The market was away when the centre was restored, and is the only one that had heard the order."""
    machine.is_backed_up()
    world.gate.loses_power()
    world.officer.orders_silence()
    world.market.loses_line()
    world.gate.boots()

    machine.is_lost()
    world.broker.forgets_everything()
    world.gate.loses_power()
    world.gate.loses_disk()
    machine.is_restored()
    world.gate.boots()
    world.passes(minutes=1)
    with world.store.reading() as uow:
        assert uow.issue.silences() == []
    world.market.has_line_again()
    world.settle()

    board = world.officer.silence_board
    assert (board.holds, board.missing) == (True, ())


def test_an_emergency_that_was_issued_after_the_backup_goes_on_and_can_be_cancelled(
    world: World, machine: Machine
) -> None:
    cancels(world, issues(world))  # the rights to issue are in the backup
    lives(world, 3)
    machine.is_backed_up()
    stored = issues(world, times=5)
    lives(world, 10)

    machine.is_lost()
    machine.is_restored()
    lives(world, 5)

    with world.store.reading() as uow:
        known = uow.emergencies.get(stored.emergency.id)
        listed = uow.emergencies.list_of(stored.emergency.units[0])
    assert known is not None
    assert known.emergency.expires == stored.emergency.expires
    assert listed.holds(stored.emergency.id)
    assert all(pole.is_sounding for pole in world.poles) or all(told(pole) for pole in world.poles)
    emergencies.cancel(world.store, world.clock, world.officer.person, known.emergency.id)
    world.settle()
    lives(world, 60)
    assert not any(pole.is_sounding for pole in world.poles)


def test_an_emergency_that_was_cancelled_after_the_backup_does_not_sound_again(world: World, machine: Machine) -> None:
    stored = issues(world, times=5)
    machine.is_backed_up()
    cancels(world, stored)
    lives(world, 3)
    before = [len(pole.sounded) for pole in world.poles]

    machine.is_lost()
    machine.is_restored()
    lives(world, 90)

    assert [len(pole.sounded) for pole in world.poles] == before
    with world.store.reading() as uow:
        assert not uow.emergencies.list_of(stored.emergency.units[0]).holds(stored.emergency.id)
