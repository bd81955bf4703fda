"""Im lặng ngay: on every page, one press and one confirmation, who obeyed, and how it is lifted."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from server.services import issuing
from tests.browser.evidence import speak_up
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.web.commune import GO_SIM, INSPECTOR, NEIGHBOUR, OFFICER, TECHNICIAN, Account
from tests.server.web.conftest import Visitor, text_of

Visit = Callable[[Account], Visitor]


@pytest.mark.parametrize(
    "address", ["today", "programmes", "notices/new", "approvals", "loudspeakers", "log", "diary", "silence"]
)
def test_the_red_button_is_on_every_page_of_a_station(visit: Visit, address: str) -> None:
    page = visit(OFFICER).opens(address).text

    assert '<form class="hush__sheet" method="post" action="/stations/son-ha/silence">' in page


@pytest.mark.parametrize("account", [OFFICER, TECHNICIAN, INSPECTOR])
def test_anybody_with_a_role_at_the_station_may_press_it(visit: Visit, store: FakeStore, account: Account) -> None:
    answer = visit(account).sends("silence")

    assert "Đã ra lệnh im lặng lúc 04:00:00" in text_of(answer)
    with store.reading() as uow:
        (order,) = uow.issue.silences()
    assert (order.audience, order.ordered, order.until, order.by) == ("unit:son-ha", True, None, account.login)


def test_it_is_said_on_every_page_until_it_is_lifted(visit: Visit) -> None:
    officer = visit(OFFICER)
    officer.sends("silence")
    during = officer.reads("programmes")

    lifted = officer.sends("silence/lift", unit="son-ha")

    assert "Xã Sơn Hà đang im lặng theo lệnh của Đinh Thị Lan" in during
    assert "Đã cho phát lại" in text_of(lifted)
    assert "đang im lặng theo lệnh" not in officer.reads("programmes")


def test_a_technician_orders_it_and_reads_who_lifts_it(visit: Visit, store: FakeStore) -> None:
    technician = visit(TECHNICIAN)
    technician.sends("silence")

    answer = technician.sends("silence/lift", unit="son-ha")

    assert answer.status_code == 403
    assert "phát lại</button>" not in technician.opens("silence").text
    assert "Người phụ trách đài, lãnh đạo duyệt hoặc quản trị của nơi này cho phát lại." in technician.reads("silence")
    with store.reading() as uow:
        assert [each.ordered for each in uow.issue.silences()] == [True]


def test_the_board_tells_who_has_obeyed(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    issuing.issue_wanted(store, clock, FakeSealing())
    officer = visit(OFFICER)
    officer.sends("silence")
    before = officer.reads("silence/board")
    clock.advance(timedelta(seconds=2))

    speak_up(store, clock.now())

    assert "0/4 cụm loa xác nhận đã im" in before
    assert "mất kết nối, chưa biết" in before
    assert "4/4 cụm loa xác nhận đã im" in officer.reads("silence/board")


def test_one_group_is_silenced_for_a_while(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    visit(OFFICER).sends("silence", zone=GO_SIM, minutes="30", reason="nhà có tang", emergencies="silent")

    with store.reading() as uow:
        (order,) = uow.issue.silences()
        (line,) = [each for each in uow.audit.latest(unit=None, limit=5) if each.action == "silence.ordered"]
    assert order.audience == "zone:go-sim"
    assert order.until == clock.now() + timedelta(minutes=30)
    assert not order.spares_emergencies
    assert line.details["reason"] == "nhà có tang"


def test_a_neighbour_cannot_silence_the_station(visit: Visit, store: FakeStore) -> None:
    answers = [
        visit(NEIGHBOUR).sends("/stations/son-ha/silence"),
        visit(NEIGHBOUR).sends("/stations/son-linh/silence", unit="son-ha"),
    ]

    assert [answer.status_code for answer in answers] == [404, 403]
    with store.reading() as uow:
        assert not uow.issue.silences()


def test_lifting_what_nobody_ordered_says_so(visit: Visit) -> None:
    answer = visit(OFFICER).sends("silence/lift", unit="son-ha")

    assert answer.status_code == 404
    assert "Nơi này không có lệnh im lặng nào" in text_of(answer)


def test_without_an_order_the_page_says_what_the_button_is_for(visit: Visit) -> None:
    assert "Khi loa phát sai, bấm nút đỏ" in visit(OFFICER).reads("silence")
