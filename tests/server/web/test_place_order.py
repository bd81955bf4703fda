"""The order of what stands in a place, on its page: moving up and down, what keeps its turn, and who may save."""

import re
from collections.abc import Callable

import pytest

from schedules.ids import SlotId
from tests.fakes.store import FakeStore
from tests.server.web.commune import INSPECTOR, OFFICER, Account
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.morning import submits

Visit = Callable[[Account], Visitor]
PAGE = "places/sang-thong-bao/order"


@pytest.fixture
def officer(visit: Visit, store: FakeStore) -> Visitor:
    """Give the officer, who has submitted two notices for one place."""
    visitor = visit(OFFICER)
    for title in ("Cháy rừng", "Mất nước"):
        submits(visitor, store, title)
    return visitor


def keys_on(page: str) -> list[SlotId]:
    return [SlotId(key) for key in re.findall(r'name="keys" value="([^"]+)"', page)]


def mark_on(page: str) -> str:
    (mark,) = re.findall(r'name="seen" value="([^"]+)"', page)
    return str(mark)


def test_the_day_leads_to_the_order_of_a_place_with_several_items(officer: Visitor) -> None:
    page = officer.opens("today").text

    assert f'href="/stations/son-ha/{PAGE}"' in page


def test_moving_saves_nothing_and_saving_counts(officer: Visitor) -> None:
    page = officer.opens(PAGE).text
    first, second = keys_on(page)

    up = officer.sends(PAGE, keys=[first, second], up=second, seen=mark_on(page))
    still = officer.opens(PAGE).text
    saved = officer.sends(PAGE, keys=keys_on(up.text), seen=mark_on(up.text))

    assert keys_on(up.text) == [second, first]
    assert "Thứ tự mới chưa được lưu" in text_of(up)
    assert keys_on(still) == [first, second]
    assert "Đã lưu thứ tự trong mục" in text_of(saved)
    assert keys_on(saved.text) == [second, first]
    assert saved.text.index("1. <a") < saved.text.index("Mất nước") < saved.text.index("Cháy rừng")


def test_who_goes_on_by_keyboard_stands_on_the_button_that_was_pressed(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    for title in ("Cháy rừng", "Mất nước", "Họp thôn"):
        submits(officer, store, title)
    page = officer.opens(PAGE).text
    first, second, third = keys_on(page)

    def focused(**pressed: str) -> list[tuple[str, str]]:
        answer = officer.sends(PAGE, keys=[first, second, third], seen=mark_on(page), **pressed)
        return re.findall(r'name="(up|down)" value="([^"]+)"[^>]* autofocus', answer.text)

    assert focused(up=third) == [("up", third)]
    assert focused(up=second) == [("down", second)]
    assert focused(down=second) == [("up", second)]
    assert re.findall(r"autofocus", page) == []


def test_an_order_of_somebody_else_meanwhile_is_not_overwritten(officer: Visitor) -> None:
    page = officer.opens(PAGE).text
    officer.sends(PAGE, keys=keys_on(page)[::-1], seen=mark_on(page))

    up = officer.sends(PAGE, keys=keys_on(page), up=keys_on(page)[1], seen=mark_on(page))
    late = officer.sends(PAGE, keys=keys_on(up.text), seen=mark_on(up.text))

    assert late.status_code == 409
    assert "Đinh Thị Lan đã sửa lúc" in text_of(late)


def test_what_is_gone_or_twice_in_a_form_moves_nothing(officer: Visitor) -> None:
    page = officer.opens(PAGE).text
    first, second = keys_on(page)

    shown = officer.sends(PAGE, keys=["another", second, second], up=second, seen=mark_on(page))
    refused = officer.sends(PAGE, keys=[first, first], seen=mark_on(page))

    assert sorted(keys_on(shown.text)) == sorted([first, second])
    assert refused.status_code == 422
    assert "Hãy mở lại trang" in text_of(refused)
    assert keys_on(officer.opens(PAGE).text) == [first, second]


def test_who_does_not_write_there_sees_the_order_without_buttons_and_is_refused(visit: Visit, officer: Visitor) -> None:
    page = officer.opens(PAGE).text
    inspector = visit(INSPECTOR)

    theirs = inspector.opens(PAGE).text
    refused = inspector.sends(PAGE, keys=keys_on(page)[::-1], seen=mark_on(page))

    assert 'name="up"' not in theirs
    assert "của cấp khác" not in theirs
    assert "Cháy rừng" in theirs
    assert refused.status_code == 403


def test_an_empty_place_says_so_and_an_unknown_one_is_not_found(visit: Visit) -> None:
    officer = visit(OFFICER)

    assert "Mục này chưa có bài nào" in officer.reads(PAGE)
    assert officer.opens("places/none/order").status_code == 404
