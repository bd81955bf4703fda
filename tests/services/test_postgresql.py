"""Shows that the database server's fixture keeps databases apart, outlives a kill and leaves nothing behind."""

from pathlib import Path

import psycopg
import pytest

from tests.services.postgresql import PostgreSQL

pytestmark = pytest.mark.postgresql


def connected(server: PostgreSQL, name: str) -> psycopg.Connection:
    return psycopg.connect(server.url(name).replace("+psycopg", ""), autocommit=True)


def test_a_database_is_a_copy_that_shares_nothing(postgresql: PostgreSQL) -> None:
    with postgresql.database() as original:
        with connected(postgresql, original) as connection:
            connection.execute("CREATE TABLE notices (title text)")
        with postgresql.database(template=original) as first, postgresql.database(template=original) as second:
            with connected(postgresql, first) as connection:
                connection.execute("INSERT INTO notices VALUES ('Tiêm chủng')")

            with connected(postgresql, second) as connection:
                assert connection.execute("SELECT * FROM notices").fetchall() == []


def test_what_was_committed_outlives_a_kill(postgresql: PostgreSQL) -> None:
    with postgresql.database() as name:
        with connected(postgresql, name) as connection:
            connection.execute("CREATE TABLE notices (title text)")

        postgresql.kill()
        postgresql.start()

        with connected(postgresql, name) as connection:
            assert connection.execute("SELECT * FROM notices").fetchall() == []


@pytest.mark.slow
def test_nothing_is_left_behind() -> None:
    with PostgreSQL.running() as server, server.database() as name:
        directory = Path(server.url(name).split("host=")[1])
        process = int((directory / "cluster" / "postmaster.pid").read_text(encoding="utf-8").split()[0])

    assert not directory.exists()
    assert not Path(f"/proc/{process}").exists()
