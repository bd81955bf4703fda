"""The ledger as verification reads it, also where somebody wrote into it by hand."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from schedules.errors import InvalidValue
from server.store import open_store
from server.store.ledger_source import open_ledger
from tests.contracts import samples


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with a few leaves."""
    file = tmp_path / "radio.db"
    store = open_store(f"sqlite:///{file}")
    samples.founded(store)
    store.close()
    return file


def changed_by_hand(database: Path, statement: str) -> None:
    with closing(sqlite3.connect(database)) as connection, connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute(statement)


def test_a_text_among_the_bytes_is_read_as_what_it_says(database: Path) -> None:
    changed_by_hand(database, "UPDATE ledger SET data = 'by hand' WHERE number = 2")

    with open_ledger(f"sqlite:///{database}") as source:
        leaves = list(source.leaves())

    assert leaves[1].data == b"by hand"
    assert len(leaves[1].hash) == 32


def test_an_instant_that_is_none_is_refused_by_name(database: Path) -> None:
    changed_by_hand(database, "UPDATE ledger SET at = 'yesterday' WHERE number = 2")

    with (
        open_ledger(f"sqlite:///{database}") as source,
        pytest.raises(InvalidValue, match=r"ledger\.database_unreadable"),
    ):
        list(source.leaves())
