"""The root's file: what a passphrase opens and nothing else does."""

import json
from pathlib import Path

import pytest

from schedules.wire.seal import SigningKey, new_seed
from server import locked, root_key
from server.errors import KeysInvalid
from server.root_key import is_locked, make_root, open_root
from server.secret_files import write_new

WORDS = "bốn từ ghép lại"


@pytest.fixture(autouse=True)
def _cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """A guess that costs nothing, for tests alone."""
    monkeypatch.setattr(locked, "OPERATIONS", 1)
    monkeypatch.setattr(locked, "MEMORY", 8192)


def test_the_passphrase_opens_it(tmp_path: Path) -> None:
    made = make_root(tmp_path / "a.root", WORDS)

    opened = open_root(tmp_path / "a.root", WORDS)

    assert (opened.key, opened.public) == (made.key, made.public)
    assert opened.sign(b"x") == made.sign(b"x")
    assert is_locked(tmp_path / "a.root")


def test_another_passphrase_does_not(tmp_path: Path) -> None:
    make_root(tmp_path / "a.root", WORDS)

    with pytest.raises(KeysInvalid, match=r"keys\.wrong_passphrase"):
        open_root(tmp_path / "a.root", WORDS + " ")


def test_the_seed_is_not_in_the_file_and_others_cannot_read_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seed = new_seed()
    monkeypatch.setattr(root_key, "new_seed", lambda: seed)
    make_root(tmp_path / "a.root", WORDS)

    text = (tmp_path / "a.root").read_text()

    assert seed.hex() not in text
    assert (tmp_path / "a.root").stat().st_mode & 0o777 == 0o600


def test_a_short_passphrase_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    with pytest.raises(KeysInvalid, match=r"keys\.passphrase_short"):
        make_root(tmp_path / "a.root", "x" * 11)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_never_written_over(tmp_path: Path) -> None:
    make_root(tmp_path / "a.root", WORDS)
    before = (tmp_path / "a.root").read_bytes()

    with pytest.raises(FileExistsError):
        make_root(tmp_path / "a.root", WORDS)
    assert (tmp_path / "a.root").read_bytes() == before


@pytest.mark.parametrize("name", ["salt", "locked", "operations", "memory"])
def test_a_damaged_file_is_said_to_be_one(tmp_path: Path, name: str) -> None:
    make_root(tmp_path / "a.root", WORDS)
    tree = json.loads((tmp_path / "a.root").read_text())
    for damaged in ({**tree, name: None}, {key: value for key, value in tree.items() if key != name}):
        (tmp_path / "a.root").write_text(json.dumps(damaged))

        with pytest.raises(KeysInvalid, match=r"keys\.root_unreadable"):
            open_root(tmp_path / "a.root", WORDS)


def test_the_root_of_a_demonstration_needs_no_passphrase(tmp_path: Path) -> None:
    write_new(tmp_path / "root.seed", "01" * 32 + "\n")

    assert not is_locked(tmp_path / "root.seed")
    assert open_root(tmp_path / "root.seed", "").public == SigningKey("", bytes([1]) * 32).public
