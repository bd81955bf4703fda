"""The inspector's desk: plays as chosen by the address, units by days, saved views and files."""

from collections.abc import Callable
from datetime import date

import pytest

from server.services import issuing, tallies
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.web.commune import ADMINISTRATOR, APPROVER, INSPECTOR, NEIGHBOUR, OFFICER, SON_LINH, Account
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.morning import TITLE, approves, submits

Visit = Callable[[Account], Visitor]
MONDAY = "first=23/11/2026&last=23/11/2026"
PAGES = ("", "/days", "/lines.csv", "/lines.xlsx", "/days.csv", "/days.xlsx")


@pytest.fixture
def three_days_later(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    """A notice was planned for Monday at two zones, and no loudspeaker has said anything of it."""
    approves(visit(APPROVER), submits(visit(OFFICER), store))
    issuing.issue_wanted(store, clock, FakeSealing())
    clock.advance(date(2026, 11, 26) - date(2026, 11, 23))


@pytest.mark.usefixtures("three_days_later")
def test_plays_are_found_by_what_the_address_says(visit: Visit) -> None:
    page = visit(INSPECTOR).reads(f"/inspection?{MONDAY}&verdict=missed&text=cap dien&kind=notice&way=own")

    assert TITLE in page
    assert "Ngã ba chợ" in page
    assert "chưa báo về" in page.lower()


@pytest.mark.usefixtures("three_days_later")
def test_what_nothing_fits_says_so(visit: Visit) -> None:
    assert "Không có lượt phát nào khớp" in visit(INSPECTOR).reads(f"/inspection?{MONDAY}&text=gì đó")


@pytest.mark.usefixtures("three_days_later")
def test_a_wrong_choice_is_passed_over_and_a_wrong_day_is_not(visit: Visit) -> None:
    inspector = visit(INSPECTOR)

    assert TITLE in inspector.reads(f"/inspection?{MONDAY}&verdict=wrong&kind=x&after=x~y")
    refused = inspector.opens("/inspection?first=hôm qua")

    assert refused.status_code == 422
    assert inspector.opens("/inspection/days?first=hôm qua").status_code == 422
    assert "nhiều nhất 92 ngày" in text_of(inspector.opens("/inspection?first=01/01/2026&last=26/11/2026"))


@pytest.mark.usefixtures("three_days_later")
def test_a_station_s_days_lead_to_the_plays_of_a_zone(visit: Visit) -> None:
    answer = visit(INSPECTOR).opens(f"/inspection/days?{MONDAY}")

    assert "0%" in text_of(answer)
    assert "zone=lang-moi" in answer.text


@pytest.mark.usefixtures("three_days_later")
def test_a_province_s_days_are_those_that_were_counted(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    administrator = visit(ADMINISTRATOR)
    assert "Xã Sơn Hà" in administrator.reads(f"/inspection/days?{MONDAY}")
    tallies.count_due(store, clock)
    while tallies.count_due(store, clock) > tallies.OPEN_DAYS:
        pass

    page = administrator.reads(f"/inspection/days?{MONDAY}")

    assert "Xã Sơn Linh" in page
    assert "0%" in page


@pytest.mark.usefixtures("three_days_later")
def test_the_file_has_what_the_page_has(visit: Visit) -> None:
    inspector = visit(INSPECTOR)

    answer = inspector.opens(f"/inspection/lines.csv?{MONDAY}&text=cap dien")

    lines = answer.get_data().decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + 2 * 3
    assert all(TITLE in line for line in lines[1:])
    assert inspector.opens(f"/inspection/lines.xlsx?{MONDAY}").data.startswith(b"PK")
    assert "23/11/2026;Làng Mới" in inspector.opens(f"/inspection/days.csv?{MONDAY}").text
    assert inspector.opens(f"/inspection/days.xlsx?{MONDAY}").data.startswith(b"PK")


def test_whoever_takes_the_log_away_is_written_down(visit: Visit, store: FakeStore) -> None:
    visit(INSPECTOR).opens(f"/inspection/lines.csv?{MONDAY}")

    line = store.kept.audit[-1]
    assert (line.action, line.by, line.subject) == ("evidence.read", INSPECTOR.login, "nhat-ky-20261123-20261123.csv")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_whoever_takes_the_days_away_is_written_down(visit: Visit, store: FakeStore, kind: str) -> None:
    visit(INSPECTOR).opens(f"/inspection/days.{kind}?{MONDAY}")

    line = store.kept.audit[-1]
    assert (line.action, line.by) == ("evidence.read", INSPECTOR.login)
    assert line.subject == f"theo-ngay-20261123-20261123.{kind}"


def test_a_file_of_days_that_cannot_be_shown_is_refused_on_the_page(visit: Visit) -> None:
    assert visit(INSPECTOR).opens("/inspection/lines.csv?first=24/11/2026&last=23/11/2026").status_code == 422
    assert visit(INSPECTOR).opens("/inspection/days.csv?first=24/11/2026&last=23/11/2026").status_code == 422


def test_a_view_is_saved_found_again_and_forgotten(visit: Visit) -> None:
    inspector = visit(INSPECTOR)

    saved = inspector.sends(
        "/inspection/views", page="inspection.lines", query="verdict=missed&next=//elsewhere", name="Lỗi hôm qua"
    )
    assert "Đã lưu bộ lọc" in text_of(saved)
    assert 'href="/inspection?verdict=missed"' in inspector.opens("/inspection").text
    assert "Lỗi hôm qua" not in visit(OFFICER).reads("/inspection")

    forgotten = inspector.sends("/inspection/views", page="inspection.matrix", query="", remove="Lỗi hôm qua")
    assert "Lỗi hôm qua" not in text_of(forgotten)


def test_a_view_without_a_name_is_refused(visit: Visit) -> None:
    assert "Hãy đặt tên" in text_of(visit(INSPECTOR).sends("/inspection/views", page="inspection.lines", name=" "))


@pytest.mark.parametrize("page", PAGES)
def test_nobody_looks_into_another_s_station(visit: Visit, stranger: Visitor, page: str) -> None:
    assert visit(INSPECTOR).opens(f"/inspection{page}?unit={SON_LINH}").status_code == 404
    assert visit(NEIGHBOUR).opens(f"/inspection{page}?unit=son-ha").status_code == 404
    assert visit(NEIGHBOUR).opens(f"/inspection{page}?unit=quang-ngai").status_code == 404
    assert visit(INSPECTOR).opens(f"/inspection{page}?unit=nowhere").status_code == 404
    assert stranger.opens(f"/inspection{page}").status_code == 302
