"""Alarms and digests on the pages: one line for each cause, taken note of; the digest as it was made."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from server.lease_records import Lease
from server.services import alarms, digests, issuing
from server.services.leases import CONDUCTOR
from tests.browser.evidence import speak_up
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.web.commune import ADMINISTRATOR, INSPECTOR, LANG_MOI, NEIGHBOUR, OFFICER, Account
from tests.server.web.conftest import Visitor, text_of

Visit = Callable[[Account], Visitor]


def without_power(store: FakeStore, clock: FakeClock) -> None:
    away = frozenset(each.id for each in store.kept.loudspeakers.values() if each.zone == LANG_MOI)
    speak_up(store, clock.now(), away=away)


def at_eight(store: FakeStore, clock: FakeClock) -> None:
    """Let it be eight in the evening, and the digests be made."""
    clock.advance(timedelta(hours=1, minutes=30))
    without_power(store, clock)
    digests.make_due(store, clock)


@pytest.fixture
def power_cut(store: FakeStore, clock: FakeClock) -> str:
    """Half past six in the evening before: Làng Mới was lost at ten to five; give the alarm's id."""
    issuing.issue_wanted(store, clock, FakeSealing())
    clock.advance(timedelta(hours=14, minutes=30))
    without_power(store, clock)
    alarms.watch(store, clock)
    (alarm,) = store.kept.readiness.alarms
    return alarm


@pytest.mark.usefixtures("power_cut")
def test_the_board_says_the_cause_once_and_what_to_try_first(visit: Visit) -> None:
    for page in ("loudspeakers", "loudspeakers/live", "alarms"):
        board = visit(INSPECTOR).reads(page)

        assert board.count("Nhiều khả năng mất điện ở Thôn Làng Mới: 2 cụm loa từ 16:50 ngày 23/11/2026.") == 1
        assert "Gọi trưởng thôn hỏi có mất điện không" in board


def test_a_person_takes_note_and_everybody_reads_who(visit: Visit, power_cut: str) -> None:
    officer = visit(OFFICER)
    assert "Đã xem" in officer.reads("alarms")

    page = text_of(officer.sends(f"alarms/{power_cut}/seen"))

    assert "Đã ghi là cảnh báo đã có người xem." in page
    assert "Đinh Thị Lan đã xem lúc 18:30 23/11/2026" in visit(INSPECTOR).reads("alarms")


def test_the_wrong_person_takes_no_note(visit: Visit, store: FakeStore, power_cut: str) -> None:
    assert visit(INSPECTOR).sends(f"alarms/{power_cut}/seen").status_code == 403
    assert visit(NEIGHBOUR).opens("alarms").status_code == 404
    assert store.kept.readiness.alarms[power_cut].seen_by is None


def test_one_that_ended_is_listed_for_some_days(
    visit: Visit, store: FakeStore, clock: FakeClock, power_cut: str
) -> None:
    assert power_cut
    speak_up(store, clock.now())
    alarms.watch(store, clock)
    clock.advance(timedelta(minutes=6))
    alarms.watch(store, clock)

    page = visit(OFFICER).reads("alarms")

    assert "Không có cảnh báo nào." in page
    assert "16:50 23/11/2026 – 18:30 23/11/2026 · nhiều nhất 2 cụm loa" in page


@pytest.mark.usefixtures("power_cut")
def test_a_digest_is_listed_and_shown_as_it_was_made(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    officer = visit(OFFICER)
    assert "Chưa có bản tin nào." in officer.reads("digests")
    at_eight(store, clock)
    clock.advance(timedelta(hours=1))
    speak_up(store, clock.now())

    assert "Buổi sáng, 05:30 24/11/2026 2 không chắc phát được 2 sẵn sàng phát" in officer.reads("digests")
    page = officer.reads("digests/evening-2026-11-24")
    assert "2 không chắc phát được; 2 sẵn sàng phát." in page
    assert "Ngoài ra có 6 cụm FM/có dây không tự báo về" in page
    assert "nhiều khả năng mất điện. → Gọi trưởng thôn hỏi có mất điện không" in page
    assert "Lập lúc 20:00 23/11/2026" in page


@pytest.mark.usefixtures("power_cut")
def test_the_unit_above_reads_its_sums_and_open_alarms(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    at_eight(store, clock)
    administrator = visit(ADMINISTRATOR)

    page = administrator.reads("/units/quang-ngai/readiness")
    assert "Nhiều khả năng mất điện ở Thôn Làng Mới" in page
    assert "Các đài, 05:30 24/11/2026" in page
    summary = administrator.reads("/units/quang-ngai/readiness/evening-2026-11-24")
    assert "Xã Sơn Hà 2 2 6" in summary


@pytest.mark.usefixtures("power_cut")
def test_a_digest_of_somebody_else_or_of_nothing_is_not_shown(visit: Visit) -> None:
    assert visit(OFFICER).opens("/units/quang-ngai/readiness").status_code == 403
    assert visit(OFFICER).opens("/units/nowhere/readiness").status_code == 404
    assert visit(OFFICER).opens("digests/evening-2026-01-01").status_code == 404
    assert visit(NEIGHBOUR).opens("digests").status_code == 404


def test_a_conductor_that_stands_still_is_said_on_every_page(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    said = "Bộ điều hành ở trung tâm đã dừng từ 04:00 ngày 23/11/2026"
    with store.writing() as uow:
        uow.leases.put(Lease(name=CONDUCTOR, holder="one", token=1, renewed_at=clock.now()))
        uow.commit()
    officer = visit(OFFICER)
    assert said not in officer.reads("today")

    clock.advance(timedelta(minutes=2))

    for page in ("today", "programmes", "alarms", "loudspeakers/live", "/fleet", "/faults", "silence/banner"):
        assert said in officer.reads(page), page
    assert "Đã xem" not in officer.reads("alarms")
