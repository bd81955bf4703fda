"""A backup: whole or not at all, only new recordings travel, no key in clear, and no backup harms an older one."""

import os
from pathlib import Path

import pytest

from server.backup import audio, sqlite
from server.backup.audio import path_of
from server.backup.files import sum_of
from server.backup.manifest import FILE, Manifest
from server.backup.place import Place
from server.backup.postgresql import PostgresqlDatabase
from server.backup.progress import Progress
from server.clock import WallClock
from server.errors import BackupUnusable
from server.store.snapshots import state_of
from tests.server.backup.conftest import Centre, on_both_databases


@pytest.fixture(autouse=True)
def _each_in_a_second_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Backups are named by the second; tests do not wait for the next one."""
    monkeypatch.setattr("server.backup.place._NAME", "%Y-%m-%dT%H%M%S%fZ")


def manifest(backup: Path) -> Manifest:
    return Manifest.of((backup / FILE).read_text(encoding="utf-8"), name="")


@on_both_databases
def test_it_holds_everything_each_with_its_sum(centre: Centre, place: Path) -> None:
    code, said = centre.runs("backup", "--to", str(place))

    (backup,) = Place(place).backups()
    kept = manifest(backup)
    assert (code, "1 of them new" in said) == (0, True)
    assert kept.state == state_of(centre.url)
    assert kept.state.size > 0
    for part in (kept.database, kept.secrets):
        assert sum_of(backup / part.name) == part.sha256
    (recording,) = kept.audio
    assert path_of(place / "audio", recording.sha256).read_bytes() == b"a recording"
    assert {each.name for each in backup.iterdir()} == {FILE, kept.database.name, kept.secrets.name}


def test_no_key_is_in_it_in_clear(centre: Centre, place: Path) -> None:
    secrets = [each.read_text().strip() for each in centre.config.key_directory.rglob("*") if each.is_file()]

    centre.runs("backup", "--to", str(place))

    (backup,) = Place(place).backups()
    kept = b"".join(each.read_bytes() for each in backup.iterdir())
    assert len(secrets) >= 4
    assert not any(secret.encode() in kept for secret in secrets)
    assert {each.stat().st_mode & 0o077 for each in backup.iterdir()} == {0}


def test_only_new_recordings_travel(centre: Centre, place: Path) -> None:
    centre.runs("backup", "--to", str(place))
    before = {each: each.stat().st_mtime_ns for each in (place / "audio").rglob("*") if each.is_file()}
    centre.takes_in(b"another")

    _, said = centre.runs("backup", "--to", str(place))

    assert "2 recordings (1 of them new)" in said
    assert {each: each.stat().st_mtime_ns for each in before} == before


def test_recordings_are_copied_where_the_place_is_on_another_disk(
    centre: Centre, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refuse)

    centre.runs("backup", "--to", str(place))

    (recording,) = manifest(Place(place).backups()[0]).audio
    file = path_of(place / "audio", recording.sha256)
    assert (file.read_bytes(), file.stat().st_nlink) == (b"a recording", 1)


def test_a_damaged_recording_is_named_and_the_rest_is_kept(centre: Centre, place: Path) -> None:
    centre.takes_in(b"another").write_bytes(b"rotten")

    code, said = centre.runs("backup", "--to", str(place))

    assert (code, "without 1 recordings that are damaged" in said) == (3, True)
    assert len(manifest(Place(place).backups()[0]).audio) == 1


def test_what_the_place_has_whole_is_not_replaced_by_what_was_damaged_since(centre: Centre, place: Path) -> None:
    file = centre.takes_in(b"another")
    centre.runs("backup", "--to", str(place))
    name = file.name
    file.unlink()
    file.write_bytes(b"rotten")

    code, _ = centre.runs("backup", "--to", str(place))

    assert code == 0
    assert path_of(place / "audio", name).read_bytes() == b"another"


@on_both_databases
def test_it_is_one_state_of_the_database_whoever_writes_meanwhile(
    centre: Centre, elsewhere: Centre, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody gets an account when the copying has begun: neither the account nor its leaf is in the backup."""
    before = state_of(centre.url)
    opened: list[str] = []

    def meanwhile(*_: object, **__: object) -> None:
        if not opened:
            opened.append("lan")
            store = centre.open()
            centre.opens_account(store, "lan")
            store.close()

    runs = PostgresqlDatabase._run  # noqa: SLF001  # there is no other moment in the middle

    def run(*given: object, **more: object) -> None:
        meanwhile()
        runs(*given, **more)  # type: ignore[arg-type]  # as it came

    with monkeypatch.context() as hurried:
        hurried.setattr(sqlite, "PAGES", 1)
        hurried.setattr(Progress, "at", meanwhile)
        hurried.setattr(PostgresqlDatabase, "_run", run)
        centre.runs("backup", "--to", str(place))
    code, _ = elsewhere.runs("restore", str(place))

    assert (code, manifest(Place(place).backups()[0]).state) == (0, before)
    assert (centre.logins(), elsewhere.logins()) == (["hoa", "lan"], ["hoa"])


def test_what_breaks_off_leaves_nothing_and_the_older_backup_as_it_was(
    centre: Centre, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre.runs("backup", "--to", str(place))
    before = {each: each.read_bytes() for each in place.rglob("*") if each.is_file()}

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(audio, "keep", full)
    code, said = centre.runs("backup", "--to", str(place))

    assert (code, "No space left on device" in said) == (1, True)
    assert {each: each.read_bytes() for each in place.rglob("*") if each.is_file()} == before


def test_what_a_power_cut_left_unfinished_is_swept_and_never_taken_for_a_backup(centre: Centre, place: Path) -> None:
    (place / ".unfinished-2026-11-28T000000Z").mkdir(parents=True)
    (place / ".unfinished-2026-11-28T000000Z" / FILE).write_text("{}")
    assert Place(place).backups() == []

    centre.runs("backup", "--to", str(place))

    assert not list(place.glob(".unfinished-*"))


def test_the_oldest_go_when_so_many_are_to_be_kept(centre: Centre, place: Path) -> None:
    for _ in range(3):
        centre.runs("backup", "--to", str(place))
    newest = Place(place).backups()[-1]

    _, said = centre.runs("backup", "--to", str(place), "--keep", "2")

    kept = Place(place).backups()
    assert len(kept) == 2
    assert kept[0] == newest
    assert "oldest backups were removed" in said


def test_two_in_one_second_do_not_meet(centre: Centre, place: Path) -> None:
    now = WallClock().now()
    with Place(place).beginning(now) as (name, directory):
        (directory / FILE).write_text("{}")

    with pytest.raises(BackupUnusable, match=r"backup\.is_there"), Place(place).beginning(now):
        pass

    assert (place / name / FILE).read_text() == "{}"


def test_a_short_passphrase_is_refused_before_anything_is_copied(centre: Centre, place: Path) -> None:
    centre.words.write_text("too short")

    code, said = centre.runs("backup", "--to", str(place))

    assert (code, "at least 12 characters" in said, place.exists()) == (1, True, False)


def test_settings_that_know_no_key_are_the_wrong_ones(centre: Centre, place: Path) -> None:
    for file in centre.config.key_directory.iterdir():
        file.unlink()

    code, said = centre.runs("backup", "--to", str(place))

    assert (code, "conductor.toml" in said, Place(place).backups()) == (1, True, [])
