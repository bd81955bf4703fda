"""A part of a page is drawn once for all to whom it shows the same, and again for whoever it does not."""

from collections.abc import Callable
from itertools import count

import pytest

from server.web.parts import Parts
from tests.fakes.store import FakeStore
from tests.server.web.commune import APPROVER, INSPECTOR, OFFICER, Account
from tests.server.web.conftest import Visitor
from tests.server.web.morning import submits

Visit = Callable[[Account], Visitor]
IN_PLACE = {"when": "places", "first_day": "24/11/2026", "last_day": "24/11/2026"}


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


@pytest.mark.parametrize(("page", "offer"), [("today", "/notices/new?place="), ("week", "data-move=")])
def test_a_reader_is_not_shown_what_a_writer_was(visit: Visit, store: FakeStore, page: str, offer: str) -> None:
    submits(visit(OFFICER), store, **IN_PLACE)

    offered = [offer in visit(each).opens(page).text for each in (OFFICER, INSPECTOR, APPROVER, OFFICER)]

    assert offered == [True, False, False, True]


@pytest.mark.parametrize(("page", "said"), [("today", "Theo lịch"), ("week", "Còn trống")])
def test_each_reads_it_in_their_language(visit: Visit, page: str, said: str) -> None:
    inspector, approver = visit(INSPECTOR), visit(APPROVER)  # who may do the same
    approver.sends("/language", language="en", back="/")

    in_vietnamese = [said in each.reads(page) for each in (inspector, approver, inspector)]

    assert in_vietnamese == [True, False, True]
