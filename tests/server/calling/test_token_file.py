"""The token comes from a closed file or the environment."""

from pathlib import Path

import pytest

from server.calling.errors import CallFailed, Ending
from server.calling.token_file import IN_FILE, IN_WORDS, required, token_of


def file_with(folder: Path, text: str, mode: int) -> Path:
    file = folder / "token"
    file.write_text(text, encoding="utf-8")
    file.chmod(mode)
    return file


def test_it_is_read_from_the_file_that_was_named_first(tmp_path: Path) -> None:
    file = file_with(tmp_path, "abc.def\n", 0o600)

    assert token_of(file, {IN_FILE: "nowhere", IN_WORDS: "x"}) == "abc.def"
    assert token_of(None, {IN_FILE: str(file), IN_WORDS: "x"}) == "abc.def"
    assert token_of(None, {IN_WORDS: "x.y"}) == "x.y"
    assert token_of(None, {}) == ""


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o777])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(CallFailed, match=r"call\.open_token_file"):
        token_of(file_with(tmp_path, "abc.def", mode), {})


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CallFailed, match=r"call\.no_token_file") as refused:
        token_of(tmp_path / "none", {})

    assert refused.value.values["file"] == str(tmp_path / "none")


@pytest.mark.parametrize("text", ["two words", "a\nb", "mã"])
def test_what_is_no_token_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(CallFailed, match=r"call\.not_a_token"):
        token_of(file_with(tmp_path, text, 0o600), {})


def test_without_one_nothing_goes_on() -> None:
    with pytest.raises(CallFailed, match=r"call\.no_token") as refused:
        required("")

    assert refused.value.ending is Ending.NOT_ALLOWED
    assert required("a.b") == "a.b"
