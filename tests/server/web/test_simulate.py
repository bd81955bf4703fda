"""The page that tries what would be heard."""

from collections.abc import Callable
from typing import TypeAlias
from urllib.parse import urlencode

import pytest

from tests.server.web.commune import GO_SIM, INSPECTOR, NEIGHBOUR, OFFICER, Account
from tests.server.web.conftest import Visitor

Visit: TypeAlias = Callable[[Account], Visitor]


def asking(**fields: str) -> str:
    days = {"first_day": "23/11/2026", "last_day": "24/11/2026"}
    return f"simulate?{urlencode({**days, **fields})}"


def fault(name: str, begin: str, end: str, day: str = "23/11/2026") -> dict[str, str]:
    about = {"": "1", "_from_day": day, "_from_time": begin, "_to_day": day, "_to_time": end}
    return {f"{name}{suffix}": value for suffix, value in about.items()}


def test_the_form_comes_first_with_nothing_worked_out(visit: Visit) -> None:
    page = visit(INSPECTOR).reads("simulate")

    assert "Thử xem bà con sẽ nghe gì" in page
    assert "trái quy chế" not in page


def test_where_nothing_changes_it_says_so(visit: Visit) -> None:
    page = visit(INSPECTOR).reads(asking())

    assert "Bà con nghe đúng như hiện nay." in page
    assert "Không có gì trái quy chế." in page


def test_a_power_cut_is_drawn_and_told(visit: Visit) -> None:
    answer = visit(OFFICER).opens(asking(**fault("power_cut", "05:00", "05:45")))

    assert "Cụm loa không hoạt động vào giờ ấy" in answer.text
    assert 'class="lost"' in answer.text
    assert "Thứ Hai, 23/11/2026" in answer.text


@pytest.mark.parametrize("name", ["link_down", "clock_off", "download_failed"])
def test_every_fault_can_be_assumed_at_one_zone(visit: Visit, name: str) -> None:
    page = visit(OFFICER).reads(asking(zone=GO_SIM, minutes="3", **fault(name, "00:00", "23:00")))

    assert "Gò Sim" in page
    assert "Nghe khác đi" in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"last_day": "23/01/2027"}, "không quá 31 ngày"),
        ({"last_day": "30/11/2026", **fault("clock_off", "00:00", "23:00")}, "không quá 7 ngày"),
        ({"last_day": "22/11/2026"}, "Ngày cuối phải từ ngày đầu trở đi"),
        ({"first_day": "mai"}, "Hãy nhập ngày"),
        ({"programmes": "none"}, "Không có chương trình này."),
        (fault("power_cut", "06:00", "05:00"), "trước"),
        (fault("power_cut", "06:00", "06:00"), "phải kéo dài"),
        (fault("power_cut", "dawn", "06:00"), "Hãy nhập giờ"),
    ],
)
def test_what_cannot_be_worked_out_is_told_beside_the_form(visit: Visit, fields: dict[str, str], sentence: str) -> None:
    page = visit(OFFICER).reads(asking(**fields))

    assert sentence in page
    assert "Tính thử" in page


def test_a_neighbour_may_not_look(visit: Visit) -> None:
    assert visit(NEIGHBOUR).opens(asking()).status_code == 404
