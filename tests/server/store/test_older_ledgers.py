"""A database with a ledger, as an earlier release left it, is verified without a finding after the upgrade.

A migration that changes a row of evidence and adds no leaf with the row as it then is makes this fail. Of each file
there is one state of the tables, named by its revision; a file is never changed.
"""

import sqlite3
from pathlib import Path

import pytest

from server.store import open_store
from server.store.ledger_source import open_ledger
from server.verification import Verdict, verify

OLDER = sorted((Path(__file__).parent / "older").glob("ledger_*.sql"))


def restored(file: Path, folder: Path) -> str:
    """Give the address of a database as a file has it."""
    database = sqlite3.connect(folder / "older.db")
    database.executescript(file.read_text())
    database.close()
    return f"sqlite:///{folder}/older.db"


def verdict(url: str) -> Verdict:
    with open_ledger(url) as ledger:
        return verify(ledger, processes=1)


@pytest.mark.parametrize("older", OLDER, ids=[file.stem for file in OLDER])
def test_what_an_upgrade_changes_has_leaves(older: Path, tmp_path: Path) -> None:
    url = restored(older, tmp_path)

    open_store(url).close()

    found = verdict(url)
    assert found.findings == ()
    assert (found.leaves > 10, found.rows > 10) == (True, True)


@pytest.mark.parametrize("change", ["UPDATE zones SET name = name || '.'", "DELETE FROM successions"])
def test_a_change_without_a_leaf_is_noticed(change: str, tmp_path: Path) -> None:
    url = restored(OLDER[0], tmp_path)
    open_store(url).close()
    with sqlite3.connect(tmp_path / "older.db") as database:
        database.executescript(change)

    assert {each.code for each in verdict(url).findings} & {"verify.row_altered", "verify.row_missing"}
