"""The page "Vì sao?"."""

from collections.abc import Callable
from typing import TypeAlias

import pytest

from schedules.why import ROWS
from server.web.sentences import sentences
from tests.server.web.commune import INSPECTOR, LANG_MOI, NEIGHBOUR, OFFICER, Account
from tests.server.web.conftest import Visitor

Visit: TypeAlias = Callable[[Account], Visitor]


def test_every_row_that_may_decide_has_its_sentences() -> None:
    rows = (*ROWS, "next")

    assert {f"why.{side}.{row}" for side in ("before", "after") for row in rows} <= set(sentences())


def test_it_tells_what_a_zone_hears_at_a_time_and_why(visit: Visit) -> None:
    page = visit(INSPECTOR).reads(f"why?zone={LANG_MOI}&day=23/11/2026&time=06:05")

    assert "Lúc 06:05 ngày 23/11/2026, Làng Mới nghe “" in page
    assert "Quy chế số" in page


def test_at_night_it_tells_the_hours_that_come_next(visit: Visit) -> None:
    page = visit(OFFICER).reads("why?day=23/11/2026&time=02:00")

    assert "im lặng." in page
    assert "Ngoài khung giờ được phát theo quy chế số" in page


def test_without_a_time_it_explains_the_present(visit: Visit) -> None:
    assert "Lúc 04:00 ngày 23/11/2026" in visit(OFFICER).reads("why")


def test_every_line_of_the_day_leads_to_its_reasons(visit: Visit) -> None:
    visitor = visit(OFFICER)
    day = visitor.opens("today").text
    start = day.index("/why?")
    address = day[start - len("/stations/son-ha") : day.index('"', start)].replace("&amp;", "&")

    page = visitor.reads(address)

    assert "Được phát trọn" in page
    assert "Không có chương trình nào khác đặt vào giờ này." in page


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("why?zone=nowhere", 404),
        (f"why?zone={LANG_MOI}&occurrence=none", 404),
        ("why?at=yesterday", 422),
        ("why?at=2026-11-23T05:30:00", 422),
        ("why?day=01/01/0001&time=00:00", 422),
        ("why?day=23/11/2026&time=dawn", 422),
    ],
)
def test_what_cannot_be_explained_is_told(visit: Visit, address: str, status: int) -> None:
    assert visit(OFFICER).opens(address).status_code == status


def test_a_neighbour_learns_nothing(visit: Visit) -> None:
    assert visit(NEIGHBOUR).opens("why").status_code == 404
