"""A part of a page is drawn once for all to whom it shows the same, and again for whoever it does not."""

from collections.abc import Callable
from itertools import count

from server.web.parts import Parts
from tests.server.web.commune import APPROVER, INSPECTOR, OFFICER, Account
from tests.server.web.conftest import Visitor

Visit = Callable[[Account], Visitor]


def test_what_shows_the_same_is_drawn_once() -> None:
    parts, drawn = Parts(), count()

    first = parts.drawn(("today", "vi"), lambda: f"<p>{next(drawn)}</p>")

    assert parts.drawn(("today", "vi"), lambda: f"<p>{next(drawn)}</p>") is first
    assert parts.drawn(("today", "en"), lambda: f"<p>{next(drawn)}</p>") != first


def test_no_more_than_the_last_are_kept() -> None:
    parts, drawn = Parts(most=2), count()
    for which in (1, 2, 1, 3):
        parts.drawn(which, lambda: str(next(drawn)))

    assert parts.drawn(1, lambda: str(next(drawn))) == "0"
    assert parts.drawn(2, lambda: str(next(drawn))) == "3"


def test_a_reader_is_not_shown_what_a_writer_was(visit: Visit) -> None:
    for page in ("today", "week"):
        for account, adds in ((OFFICER, True), (INSPECTOR, False), (APPROVER, False), (OFFICER, True)):
            answer = visit(account).opens(page)

            assert answer.status_code == 200
            assert ("/notices/new?place=" in answer.text) == (adds and page == "today")


def test_each_reads_it_in_their_language(visit: Visit) -> None:
    officer = visit(OFFICER)
    before = officer.reads("today")
    officer.sends("/language", language="en", back="/")

    assert "Thêm vào" in before
    assert "Thêm vào" not in officer.reads("today")
