"""The order of priority items on its page: what is contested, moving up and down, and who may save."""

import re
from collections.abc import Callable

import pytest

from schedules.ids import SlotId
from tests.fakes.store import FakeStore
from tests.server.web.commune import INSPECTOR, OFFICER, Account
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.morning import submits

Visit = Callable[[Account], Visitor]


@pytest.fixture
def officer(visit: Visit, store: FakeStore) -> Visitor:
    """Give the officer, who has submitted two priority notices of one time."""
    visitor = visit(OFFICER)
    for title, clock in (("Cháy rừng", "05:30:00"), ("Mất nước", "05:30:30")):
        exact = {"when": "exact", "exact_day": "23/11/2026", "at": clock, "repeat": "once", "places": []}
        submits(visitor, store, title, level="2", **exact)
    return visitor


def keys_on(page: str) -> list[SlotId]:
    return [SlotId(key) for key in re.findall(r'name="keys" value="([^"]+)"', page)]


def test_the_page_says_what_is_undecided_and_who_goes_first_until_then(officer: Visitor) -> None:
    page = officer.reads("priorities")

    assert "chưa phân định" in page
    assert page.index("1. Cháy rừng") < page.index("2. Mất nước")
    assert "Trùng giờ với: Mất nước; lần đầu" in page


def test_the_day_shows_it_and_leads_there(officer: Visitor) -> None:
    page = officer.opens("today").text

    assert "Chưa phân định thứ tự" in page
    assert 'href="/stations/son-ha/priorities"' in page


def test_moving_saves_nothing_and_saving_counts(officer: Visitor, store: FakeStore) -> None:
    first, second = keys_on(officer.opens("priorities").text)

    up = officer.sends("priorities", keys=[first, second], up=second)
    beyond = officer.sends("priorities", keys=[second, first], up=second)
    down = officer.sends("priorities", keys=[first, second], down=first)
    stranger = officer.sends("priorities", keys=[first, second], down="khac")

    assert keys_on(up.text) == keys_on(beyond.text) == keys_on(down.text) == [second, first]
    assert keys_on(stranger.text) == [first, second]
    assert "Thứ tự mới chưa được lưu" in text_of(up)
    assert not list(store.kept.orders)

    saved = officer.sends("priorities", keys=[second, first])

    assert "Đã lưu thứ tự ưu tiên" in text_of(saved)
    assert "Thứ tự do Đinh Thị Lan định lúc" in text_of(saved)
    assert "chưa phân định" not in text_of(saved)
    assert [order.keys for order in store.kept.orders] == [(second, first)]


def test_an_order_of_somebody_else_meanwhile_is_not_overwritten(officer: Visitor, store: FakeStore) -> None:
    page = officer.opens("priorities").text
    officer.sends("priorities", keys=keys_on(page))

    second = officer.sends("priorities", keys=keys_on(page)[::-1])

    assert second.status_code == 409
    assert len(store.kept.orders) == 1


def test_who_may_not_order_sees_no_button_and_is_refused(visit: Visit, officer: Visitor, store: FakeStore) -> None:
    keys = keys_on(officer.opens("priorities").text)
    inspector = visit(INSPECTOR)

    page = inspector.opens("priorities").text
    refused = inspector.sends("priorities", keys=keys)

    assert 'name="up"' not in page
    assert "Chỉ người phụ trách đài mới được phân định" in page
    assert refused.status_code == 403
    assert not list(store.kept.orders)


def test_without_a_contest_the_page_is_calm(visit: Visit) -> None:
    assert "Không có chương trình ưu tiên nào trùng giờ" in visit(OFFICER).reads("priorities")
