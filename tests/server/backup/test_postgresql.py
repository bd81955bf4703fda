"""PostgreSQL's own programs: what is said when they are missing, too old or fail, and that no password is shown."""

from pathlib import Path

import pytest

from server.backup.place import Place
from server.backup.postgresql import PostgresqlDatabase
from server.backup.progress import Progress
from server.errors import BackupUnusable

pytestmark = pytest.mark.postgresql


def quiet() -> Progress:
    return Progress(lambda *_: None)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only directory in which programs are looked for."""
    directory = tmp_path / "programs"
    directory.mkdir()
    monkeypatch.setenv("PATH", str(directory))
    return directory


def write_program(directory: Path, *, version: str, does: str) -> None:
    file = directory / "pg_dump"
    file.write_text(f'#!/bin/sh\ncase "$1" in --version) echo "pg_dump (PostgreSQL) {version}" ;; *) {does} ;; esac\n')
    file.chmod(0o755)


def test_a_missing_program_is_named(postgresql_url: str, programs: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupUnusable, match=r"backup\.no_program.*pg_dump"):
        PostgresqlDatabase(postgresql_url).dump(tmp_path / "kept", quiet())


def test_a_program_older_than_the_server_is_not_tried(postgresql_url: str, programs: Path, tmp_path: Path) -> None:
    write_program(programs, version="14.9 (Debian 14.9-1)", does="exit 0")

    with pytest.raises(BackupUnusable, match=r"backup\.program_too_old.*'14'.*15"):
        PostgresqlDatabase(postgresql_url).dump(tmp_path / "kept", quiet())


def test_what_a_program_complains_of_is_told(postgresql_url: str, programs: Path, tmp_path: Path) -> None:
    write_program(programs, version="15.1", does="echo 'no room' >&2; exit 1")

    with pytest.raises(BackupUnusable, match=r"backup\.program_failed.*no room"):
        PostgresqlDatabase(postgresql_url).dump(tmp_path / "kept", quiet())


def test_a_password_goes_by_the_environment_alone(postgresql_url: str, programs: Path, tmp_path: Path) -> None:
    write_program(programs, version="15.1", does='echo "$@" >&2; echo "by environment: $PGPASSWORD" >&2; exit 1')
    with_password = postgresql_url.replace("postgres@", "postgres:m%C3%A2t@")

    with pytest.raises(BackupUnusable) as refused:
        PostgresqlDatabase(with_password).dump(tmp_path / "kept", quiet())

    said = str(refused.value.values["cause"]).splitlines()
    assert "by environment: mât" in said
    assert not any("m%C3%A2t" in line or "mât" in line for line in said if not line.startswith("by environment"))


def test_a_server_that_does_not_answer_leaves_no_backup(tmp_path: Path) -> None:
    database = PostgresqlDatabase(f"postgresql+psycopg://postgres@/radio?host={tmp_path}")
    place = Place(tmp_path / "place")

    with pytest.raises(BackupUnusable, match=r"backup\.program_failed.*PostgreSQL"):
        database.dump(tmp_path / "kept", quiet())

    assert place.backups() == []
