"""A third language is a folder: it is in the menu, what it lacks is Vietnamese, what is wrong in it hurts nobody."""

from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask

from server.web import tongues
from server.web.sentences import sentence
from server.web.tongues import find, names, speak
from server.web.words import word
from tests.server.web.commune import OFFICER, Account
from tests.server.web.conftest import Visitor

Visit = Callable[[Account], Visitor]
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8"

msgid "Hôm nay"
msgstr "Qazday"

msgid "Im lặng toàn xã"
msgstr "<b>Hush</b>"

msgid "đến %(until)s"
msgstr "until %(when)s"

msgid "Chương trình"
msgstr "100 % programmes"

msgid "Duyệt"
msgstr ""
"""
SENTENCES = """
["sign_in.wrong"]
vi = "Tên đăng nhập hoặc mật khẩu chưa đúng."
qaz = "Qaz qaz."

["sign_in.many"]
qaz = "{broken"

["slot.in_the_past"]
qaz = "Past {start}, {nothing_known}."
"""
WORDS = """
[kind]
notice = { vi = "Thông báo", qaz = "Noqaz" }
"""


@pytest.fixture(autouse=True)
def _afterwards() -> Iterator[None]:
    yield
    speak(())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The languages of the centre of these tests, with a made-up one that is half done."""
    made = tmp_path / "var" / "languages" / "qaz"
    made.mkdir(parents=True)
    for name, text in (
        ("language.toml", 'name = "Qazqaz"'),
        ("messages.po", CATALOGUE),
        ("sentences.toml", SENTENCES),
        ("words.toml", WORDS),
    ):
        (made / name).write_text(text, encoding="utf-8")
    return made


@pytest.fixture
def app(folder: Path, app: Flask) -> Flask:
    """An application that was started when the folder was there."""
    return app


def speaks_it(visitor: Visitor) -> Visitor:
    visitor.sends("/language", language="qaz", back="/")
    return visitor


def test_it_stands_in_the_menu_with_its_own_name(visit: Visit) -> None:
    page = visit(OFFICER).opens("today").text

    assert 'value="qaz" lang="qaz"' in page
    assert "Qazqaz" in page
    assert 'value="en"' in page


def test_its_texts_are_shown_and_the_rest_is_vietnamese(visit: Visit) -> None:
    page = speaks_it(visit(OFFICER)).opens("today").text

    assert '<html lang="qaz">' in page
    assert "Qazday" in page
    assert "Cụm loa" in page
    assert '<button class="button button--plain" name="language" value="vi"' in page


def test_markup_does_not_get_into_a_page(visit: Visit) -> None:
    page = speaks_it(visit(OFFICER)).opens("today").text

    assert "Hush" not in page
    assert "Im lặng toàn xã" in page


def test_a_text_that_could_not_be_filled_is_left_out(visit: Visit) -> None:
    visitor = speaks_it(visit(OFFICER))

    read = visitor.reads("programmes")

    assert "100 % programmes" not in read
    assert "Chương trình" in read
    assert set(names()) == {"vi", "en", "qaz"}
    assert tongues.added()["qaz"].translations.ugettext("đến %(until)s") == "đến %(until)s"


def test_sentences_and_words_fall_back_one_by_one(folder: Path) -> None:
    speak(find(folder.parent))

    assert sentence("sign_in.wrong", {}, language="qaz", zone=HANOI) == "Qaz qaz."
    assert sentence("sign_in.many", {}, language="qaz", zone=HANOI) == sentence(
        "sign_in.many", {}, language="vi", zone=HANOI
    )
    assert sentence("slot.in_the_past", {"start": "05:30"}, language="qaz", zone=HANOI) == "Past 05:30, …."
    assert word("kind", "notice", "qaz") == "Noqaz"
    assert word("kind", "relay", "qaz") == word("kind", "relay", "vi")
    assert word("kind", "nobody", "qaz") == "nobody"


def test_a_language_may_have_no_more_than_a_name(folder: Path) -> None:
    for name in ("messages.po", "sentences.toml", "words.toml", "language.toml"):
        (folder / name).unlink()
    (folder / "language.toml").touch()

    speak(find(folder.parent))

    assert names()["qaz"] == "qaz"
    assert word("kind", "notice", "qaz") == "Thông báo"


@pytest.mark.parametrize("wrong", ["tag", "own", "toml", "bytes", "nameless"])
def test_a_folder_that_cannot_be_used_is_passed_over(folder: Path, wrong: str) -> None:
    match wrong:
        case "tag":
            folder.rename(folder.with_name("Not a tag"))
        case "own":
            folder.rename(folder.with_name("en"))
        case "toml":
            (folder / "words.toml").write_text("[kind\n", encoding="utf-8")
        case "bytes":
            (folder / "messages.po").write_bytes(b'msgid "\xff"\nmsgstr "\xff"\n')
        case _:
            (folder / "language.toml").unlink()

    assert list(find(folder.parent)) == []


def test_without_the_directory_there_are_two(tmp_path: Path) -> None:
    speak(find(tmp_path / "nowhere"))

    assert list(names()) == ["vi", "en"]


def test_the_next_application_speaks_only_its_own(folder: Path, tmp_path: Path) -> None:
    speak(find(folder.parent))
    speak(find(tmp_path))

    assert list(names()) == ["vi", "en"]
