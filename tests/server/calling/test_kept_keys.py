"""The key of a write stays until its answer came, and only its owner reads it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from server.calling.errors import CallFailed
from server.calling.kept_keys import GOOD_FOR, KeptKeys

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture
def keys(tmp_path: Path) -> KeptKeys:
    return KeptKeys(tmp_path / "state" / "radio")


def test_what_was_never_answered_is_sent_again_under_its_key_and_version(keys: KeptKeys) -> None:
    drawn = keys.keep("a", '"3"', NOW)

    found = keys.find("a", NOW + GOOD_FOR)

    assert found is not None
    assert (found.key, found.version) == (drawn.key, '"3"')


def test_another_write_and_an_answered_one_have_none(keys: KeptKeys) -> None:
    keys.keep("a", "", NOW)
    keys.forget("a")
    keys.forget("a")

    assert keys.find("a", NOW) is None
    assert keys.find("b", NOW) is None


def test_no_two_keys_are_alike(keys: KeptKeys) -> None:
    assert len({keys.keep(str(number), "", NOW).key for number in range(20)}) == 20


def test_one_the_centre_may_have_forgotten_is_not_used(keys: KeptKeys) -> None:
    keys.keep("a", "", NOW)

    with pytest.raises(CallFailed, match=r"call\.too_old"):
        keys.find("a", NOW + GOOD_FOR + timedelta(seconds=1))


def test_only_its_owner_reads_it(keys: KeptKeys, tmp_path: Path) -> None:
    keys.keep("a", "", NOW)

    directory = tmp_path / "state" / "radio"
    (file,) = directory.iterdir()
    assert directory.stat().st_mode & 0o077 == 0
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["", "{", '{"key": "k"}', "[1]"])
def test_one_that_was_cut_short_counts_for_nothing(keys: KeptKeys, tmp_path: Path, text: str) -> None:
    keys.keep("a", "", NOW)
    (file,) = (tmp_path / "state" / "radio").iterdir()
    file.write_text(text, encoding="ascii")

    assert keys.find("a", NOW) is None
