"""The page of the log: a play that went wrong lies open, what it is chosen by is said above it."""

from collections.abc import Callable

import pytest

from schedules.times import DAY
from server.services import issuing
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.web.commune import APPROVER, GO_SIM, INSPECTOR, OFFICER, Account
from tests.server.web.conftest import Visitor
from tests.server.web.morning import TITLE, approves, submits

Visit = Callable[[Account], Visitor]
MONDAY = "log?day=23/11/2026"


@pytest.fixture(autouse=True)
def a_notice_on_monday(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    approves(visit(APPROVER), submits(visit(OFFICER), store))
    issuing.issue_wanted(store, clock, FakeSealing())
    clock.advance(DAY)


def test_what_nobody_reported_yet_is_folded(visit: Visit) -> None:
    page = visit(INSPECTOR).opens(MONDAY).text

    assert page.count('<details class="card card--flush play"') > 0
    assert 'play" open' not in page
    assert "Đang lọc:" not in page


def test_what_was_missed_lies_open(visit: Visit, clock: FakeClock) -> None:
    clock.advance(30 * DAY)

    page = visit(INSPECTOR).opens(MONDAY).text

    assert 0 < page.count('" open>\n  <summary>') == page.count("card--flush play")


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (f"zone={GO_SIM}", "Gò Sim"),
        ("text=tạm ngừng", "tạm ngừng"),
        ("verdict=confirmed", "Đã phát (thiết bị xác nhận)"),
    ],
)
def test_what_it_is_chosen_by_is_said_and_can_be_let_go(visit: Visit, chosen: str, said: str) -> None:
    visitor = visit(INSPECTOR)

    page = visitor.reads(f"{MONDAY}&{chosen}")

    assert f"Đang lọc: {said} Bỏ lọc" in page
    assert TITLE in visitor.reads("log?day=2026-11-23")


def test_the_diary_that_is_signed_is_vietnamese_whoever_opens_it(visit: Visit) -> None:
    inspector = visit(INSPECTOR)
    inspector.sends("/language", language="en", back="/")

    page = inspector.reads("diary?day=23/11/2026")

    assert "Chờ báo về: 1/1" in page
    assert "Awaited" not in page
