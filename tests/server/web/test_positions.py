"""The page on which a technician says where a loudspeaker stands."""

from collections.abc import Callable

from schedules.ids import LoudspeakerId
from tests.fakes.store import FakeStore
from tests.server.web.commune import ADMINISTRATOR, INSPECTOR, NEIGHBOUR, OFFICER, TECHNICIAN, Account
from tests.server.web.conftest import Visitor, text_of

Visit = Callable[[Account], Visitor]


def a_loudspeaker(store: FakeStore) -> LoudspeakerId:
    return next(each.id for each in store.kept.loudspeakers.values() if each.name == "Ngã ba chợ")


def test_it_is_typed_shown_on_the_page_and_the_map_and_forgotten_again(visit: Visit, store: FakeStore) -> None:
    technician, which = visit(TECHNICIAN), a_loudspeaker(store)
    page = f"loudspeakers/{which}/position"

    said = text_of(technician.sends(page, seen=seen(technician, page), north="14,98735, 108,4712"))

    assert "Đã lưu toạ độ" in said
    assert "14.98735, 108.47120" in said
    assert store.kept.loudspeakers[which].position == (14.98735, 108.4712)
    assert f"loudspeakers/{which}" in technician.opens("/fleet/map").text
    assert "Ngã ba chợ" in technician.reads("/fleet/map")
    assert "108.4712" in technician.opens(page).text
    assert "Đã xoá toạ độ" in text_of(technician.sends(page, seen=seen(technician, page), north="", east=""))
    assert store.kept.loudspeakers[which].position is None


def test_what_is_wrong_is_said_at_its_field_and_given_back(visit: Visit, store: FakeStore) -> None:
    technician, page = visit(TECHNICIAN), f"loudspeakers/{a_loudspeaker(store)}/position"

    answer = technician.sends(page, seen=seen(technician, page), north="108.4712", east="14.98735")

    assert answer.status_code == 422
    assert "đổi chỗ cho nhau" in text_of(answer)
    assert 'value="108.4712"' in answer.text


def test_this_page_alone_may_ask_the_browser_where_it_is(visit: Visit, store: FakeStore) -> None:
    technician, page = visit(TECHNICIAN), f"loudspeakers/{a_loudspeaker(store)}/position"

    assert "geolocation=(self)" in technician.opens(page).headers["Permissions-Policy"]
    assert "geolocation=()" in technician.opens("loudspeakers").headers["Permissions-Policy"]


def test_nobody_else_says_where_it_stands(visit: Visit, stranger: Visitor, store: FakeStore) -> None:
    page = f"loudspeakers/{a_loudspeaker(store)}/position"

    for account, status in ((OFFICER, 403), (INSPECTOR, 403), (NEIGHBOUR, 404)):
        assert visit(account).opens(page).status_code == status
        assert visit(account).sends(page, seen="", north="15", east="108").status_code == status
    assert stranger.opens(page).status_code == 302
    assert visit(ADMINISTRATOR).opens(page).status_code == 200
    assert all(each.position is None for each in store.kept.loudspeakers.values())


def seen(visitor: Visitor, page: str) -> str:
    return visitor.opens(page).text.partition('name="seen" value="')[2].partition('"')[0]
