"""A restore: everything is proven first, what is there is set aside, and the ledger says that it was done."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from schedules.ledger import LeafKind
from schedules.wire.messages import KeyRole
from server.backup import restoring
from server.backup.audio import path_of
from server.backup.making import make_backup
from server.backup.manifest import FILE
from server.backup.place import Place
from server.backup.progress import Progress
from server.clock import WallClock
from server.passwords import Argon2Hashing
from server.sealing import KeyFiles
from server.services import people
from server.store.snapshots import state_of
from tests.server.backup.conftest import PASSWORD, WORDS, Centre, on_both_databases

OLDER = Path(__file__).parents[1] / "store" / "older"


@pytest.fixture
def backup(centre: Centre, place: Path) -> Path:
    """A backup of the centre, after which somebody got an account."""
    (centre.config.state_directory / "web-secret").write_text("5e" * 32)
    centre.runs("backup", "--to", str(place))
    store = centre.open()
    centre.opens_account(store, "lan")
    store.close()
    return Place(place).backups()[-1]


def restored(here: Centre, *more: str, place: Path) -> tuple[int, str]:
    return here.runs("restore", str(place), "--by", "Lê Thị Hoa", *more)


@on_both_databases
def test_everything_comes_back_on_an_empty_machine(
    centre: Centre, elsewhere: Centre, backup: Path, place: Path
) -> None:
    code, said = restored(elsewhere, place=place)

    assert (code, "Next: 1. start" in said) == (0, True)
    assert elsewhere.logins() == ["hoa"]
    for file in centre.config.key_directory.rglob("*.seed"):
        back = elsewhere.config.key_directory / file.relative_to(centre.config.key_directory)
        assert (back.read_text(), back.stat().st_mode & 0o777) == (file.read_text(), 0o600)
    assert (elsewhere.config.state_directory / "web-secret").read_text() == "5e" * 32
    (recording,) = (each for each in elsewhere.config.audio_directory.rglob("*") if each.is_file())
    assert recording.read_bytes() == b"a recording"
    store = elsewhere.open()
    assert people.sign_in(store, WallClock(), Argon2Hashing(), login="hoa", password=PASSWORD).login == "hoa"
    store.close()


@on_both_databases
def test_the_ledger_says_by_whom_and_from_where_to_where(elsewhere: Centre, backup: Path, place: Path) -> None:
    state = json.loads((backup / FILE).read_text())["ledger"]

    restored(elsewhere, place=place)

    (record,) = map(json.loads, elsewhere.leaves(LeafKind.RESTORE))
    assert (record["by"], record["backup"]) == ("Lê Thị Hoa", backup.name)
    assert (record["size"], record["root"]) == (state["size"], state["root"])


@on_both_databases
def test_what_is_there_is_not_touched_unless_told(centre: Centre, backup: Path, place: Path) -> None:
    code, said = restored(centre, place=place)

    assert (code, "run it again with --replace" in said) == (1, True)
    assert centre.logins() == ["hoa", "lan"]


@on_both_databases
def test_what_is_there_is_set_aside_when_told(centre: Centre, backup: Path, place: Path) -> None:
    """Twice: neither what was set aside nor the schema it lies in is in the way."""
    issue = centre.config.key_directory / "issue.seed"
    drawn_later = centre.config.key_directory / "issue-0123.seed"
    issue.chmod(0o600)
    issue.write_text("00" * 32)
    drawn_later.write_text("01" * 32)

    codes = [restored(centre, "--replace", place=place)[0] for _ in range(2)]

    assert codes == [0, 0]
    assert centre.logins() == ["hoa"]
    assert issue.read_text() != "00" * 32
    assert drawn_later.exists()
    (aside,) = issue.parent.glob("issue.seed.before-restore-*")
    assert aside.read_text() == "00" * 32


@on_both_databases
def test_a_backup_of_what_was_restored_can_be_restored(
    centre: Centre, elsewhere: Centre, backup: Path, place: Path
) -> None:
    restored(centre, "--replace", place=place)

    centre.runs("backup", "--to", str(place / "second"))
    code, _ = restored(elsewhere, place=place / "second")

    assert code == 0
    assert elsewhere.logins() == ["hoa"]
    assert len(elsewhere.leaves(LeafKind.RESTORE)) == 2


@on_both_databases
def test_a_running_centre_is_never_replaced(centre: Centre, backup: Path, place: Path) -> None:
    store = centre.open()
    store.changes()

    code, said = restored(centre, "--replace", place=place)

    assert (code, "Stop the pages and the conductor" in said) == (1, True)
    store.close()
    assert centre.logins() == ["hoa", "lan"]


@pytest.mark.parametrize("part", ["database", "secrets"])
def test_a_damaged_part_is_found_before_anything_is_changed(
    elsewhere: Centre, backup: Path, place: Path, part: str
) -> None:
    file = backup / json.loads((backup / FILE).read_text())[part]["file"]
    sound = file.read_bytes()
    file.write_bytes(sound[:100] + bytes([sound[100] ^ 1]) + sound[101:])

    code, said = restored(elsewhere, place=place)

    assert (code, "is damaged or missing; nothing was changed" in said) == (1, True)
    assert not elsewhere.config.state_directory.exists()


def test_a_damaged_recording_stops_it_unless_it_can_be_done_without(
    elsewhere: Centre, backup: Path, place: Path
) -> None:
    ((name, _),) = json.loads((backup / FILE).read_text())["audio"]
    file = path_of(place / "audio", name)
    file.unlink()
    file.write_bytes(b"rotten")

    refused, why = restored(elsewhere, place=place)
    code, said = restored(elsewhere, "--without-damaged-audio", place=place)

    assert (refused, "--without-damaged-audio" in why) == (1, True)
    assert (code, name in said) == (0, True)
    assert elsewhere.logins() == ["hoa"]


def test_another_passphrase_changes_nothing(elsewhere: Centre, backup: Path, place: Path) -> None:
    elsewhere.words.write_text(WORDS + "x")

    code, said = restored(elsewhere, place=place)

    assert (code, "does not open" in said) == (1, True)
    assert not elsewhere.config.state_directory.exists()


def test_a_backup_of_a_later_release_is_refused(elsewhere: Centre, backup: Path, place: Path) -> None:
    tree = json.loads((backup / FILE).read_text())
    (backup / FILE).write_text(json.dumps({**tree, "schema": "9999"}))

    code, said = restored(elsewhere, place=place)

    assert (code, "newer release" in said) == (1, True)


@on_both_databases
def test_what_fails_while_it_is_put_in_place_leaves_what_was_there(
    centre: Centre, backup: Path, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(restoring, "record_restore", fail)

    code, said = restored(centre, "--replace", place=place)

    assert (code, "No space left" in said) == (1, True)
    assert centre.logins() == ["hoa", "lan"]


@pytest.mark.parametrize("text", ["", "{}", '{"format": "another"}', "[]"])
def test_a_manifest_that_is_none_is_said_to_be_none(elsewhere: Centre, backup: Path, place: Path, text: str) -> None:
    (backup / FILE).write_text(text)

    code, said = restored(elsewhere, place=place)

    assert (code, "manifest of the backup cannot be read" in said) == (1, True)


def test_a_place_without_a_backup_is_said_to_have_none(elsewhere: Centre, tmp_path: Path) -> None:
    code, said = restored(elsewhere, place=tmp_path)

    assert (code, "There is no backup" in said) == (1, True)


def test_a_backup_of_an_earlier_release_is_brought_up_to_date(elsewhere: Centre, tmp_path: Path, place: Path) -> None:
    """Made with the tables of release 0023, in which a ledger was kept."""
    earlier = Centre(tmp_path / "earlier", f"sqlite:///{tmp_path}/earlier/state/radio.db")
    earlier.config.state_directory.mkdir()
    with closing(sqlite3.connect(earlier.config.state_directory / "radio.db")) as made:
        made.executescript((OLDER / "ledger_0023.sql").read_text(encoding="utf-8"))
    KeyFiles(earlier.config.key_directory).public(KeyRole.ISSUE)
    made_backup = make_backup(
        earlier.config, Place(place), WORDS, now=WallClock().now(), progress=Progress(lambda *_: None)
    )

    code, _ = restored(elsewhere, place=place)

    assert (code, made_backup.manifest.state.schema) == (0, "0023")
    assert len(elsewhere.leaves(LeafKind.RESTORE)) == 1
    assert int(state_of(elsewhere.url).schema) > 23
