"""The page of who was reached."""

from collections.abc import Callable

import pytest

from schedules.times import DAY
from server.services import issuing
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.web.commune import ADMINISTRATOR, APPROVER, INSPECTOR, NEIGHBOUR, OFFICER, Account
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.morning import TITLE, approves, submits

Visit = Callable[[Account], Visitor]


@pytest.fixture
def a_day_later(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    """A notice was planned for Monday at two zones, and no loudspeaker has said anything of it."""
    approves(visit(APPROVER), submits(visit(OFFICER), store))
    issuing.issue_wanted(store, clock, FakeSealing())
    clock.advance(3 * DAY)


@pytest.mark.usefixtures("a_day_later")
def test_the_month_so_far_is_shown_by_programme(visit: Visit) -> None:
    page = visit(INSPECTOR).reads("coverage")

    assert "Xã Sơn Hà, 01/11/2026 – 26/11/2026" in page
    assert TITLE in page
    assert "0 người trong các nhóm ấy" in page


@pytest.mark.usefixtures("a_day_later")
@pytest.mark.parametrize(
    ("by", "row"), [("language", "Việt"), ("topic", "(không ghi chủ đề)"), ("unit", "Thôn Gò Sim")]
)
def test_it_can_be_sorted_otherwise(visit: Visit, by: str, row: str) -> None:
    assert row in visit(INSPECTOR).reads(f"coverage?by={by}&first=23/11/2026&last=24/11/2026")


def test_days_without_plays_say_so(visit: Visit) -> None:
    assert "Những ngày này chưa có lượt phát nào" in visit(INSPECTOR).reads("coverage?by=nothing")


@pytest.mark.usefixtures("a_day_later")
def test_sorted_by_campaign_there_may_be_no_row(visit: Visit) -> None:
    assert "Không có lượt phát nào thuộc mục này" in visit(INSPECTOR).reads("coverage?by=campaign")


def test_days_that_cannot_be_shown_are_refused_in_words(visit: Visit) -> None:
    inspector = visit(INSPECTOR)

    backwards = inspector.opens("coverage?first=24/11/2026&last=23/11/2026")
    unreadable = inspector.opens("coverage?first=hôm qua")

    assert (backwards.status_code, unreadable.status_code) == (422, 422)
    assert "Ngày cuối 23/11/2026 đứng trước ngày đầu 24/11/2026" in text_of(backwards)


@pytest.mark.usefixtures("a_day_later")
def test_only_who_may_look_at_the_province_is_offered_it(visit: Visit) -> None:
    above = visit(ADMINISTRATOR).opens("coverage?unit=quang-ngai")
    here = visit(INSPECTOR).opens("coverage?unit=quang-ngai")

    assert "Tỉnh Quảng Ngãi, 01/11/2026" in text_of(above)
    assert "Tỉnh Quảng Ngãi" not in text_of(here)


def test_a_neighbour_sees_nothing(visit: Visit) -> None:
    assert visit(NEIGHBOUR).opens("coverage").status_code == 404
