"""The day of a station: its running order, what waits, what is on the air by the loudspeakers' own word."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from schedules.ids import LoudspeakerId
from server.services import issuing
from tests.browser.evidence import speak_up
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.web.commune import APPROVER, GO_SIM, INSPECTOR, OFFICER, Account
from tests.server.web.conftest import OneSound, Visitor, text_of
from tests.server.web.morning import TITLE, approves, submits

Visit = Callable[[Account], Visitor]
AT_0531 = timedelta(minutes=91, seconds=30)


def the_morning_comes(store: FakeStore, clock: FakeClock, *, away: str = "") -> None:
    """Issue the rundowns at four, and hear from the loudspeakers at half past five and a bit."""
    issuing.issue_wanted(store, clock, FakeSealing())
    clock.advance(AT_0531)
    speak_up(store, clock.now(), away=frozenset({LoudspeakerId(away)} if away else ()))


def test_the_day_shows_both_sessions_with_computed_times(visit: Visit) -> None:
    page = visit(OFFICER).reads("today")

    assert "Buổi sáng 05:30 – 06:30" in page
    assert "05:30:00 – 05:31:00 Nhạc hiệu, lời xướng" in page
    assert "06:00:00 – 06:29:00 Thời sự VOV1" in page
    assert "trống Mục thông báo" in page


def test_what_waits_for_approval_stands_apart_from_what_is_planned(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    programme = submits(officer, store)

    before = officer.reads("today")
    approves(visit(APPROVER), programme)
    after = officer.reads("today")

    assert f"05:31:00 – 05:33:22 {TITLE} Mục thông báo · 2:22 Gò Sim, Làng Mới Chờ duyệt" in before
    assert f"05:31:00 – 05:33:22 {TITLE} Mục thông báo · 2:22 Gò Sim, Làng Mới Theo lịch" in after


def test_an_item_that_runs_over_says_where_it_is_cut(visit: Visit, store: FakeStore, sound: OneSound) -> None:
    sound.lasts = timedelta(minutes=31)
    officer = visit(OFFICER)

    submits(officer, store, times_read="1")

    page = officer.reads("today")
    assert "Vượt 2 phút, sẽ bị cắt lúc 06:00." in page
    assert "buổi phát vượt 2 phút" in page


def test_what_was_approved_after_its_time_is_told_calmly(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    officer = visit(OFFICER)
    programme = submits(officer, store)
    clock.advance(timedelta(hours=3))
    approves(visit(APPROVER), programme)

    page = officer.reads("today")

    assert f"{TITLE} Mục thông báo · 2:22 Gò Sim, Làng Mới Lịch được duyệt sau giờ này" in page
    assert "buổi phát vượt" not in page.lower()


def test_an_officer_can_add_to_a_place_from_the_day(visit: Visit) -> None:
    officer = visit(OFFICER)

    page = officer.opens("today").text
    form = officer.opens("notices/new?place=chieu-thong-bao&day=2026-11-24").text

    assert "/stations/son-ha/notices/new?place=sang-thong-bao&amp;day=2026-11-23" in page
    assert re.search(r'value="chieu-thong-bao" checked', form)
    assert not re.search(r'value="sang-thong-bao" checked', form)
    assert 'value="24/11/2026"' in form


def test_who_may_not_write_is_offered_no_writing(visit: Visit) -> None:
    assert "notices/new" not in visit(INSPECTOR).opens("today").text


def test_on_air_is_what_loudspeakers_say_with_position_and_age(
    visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    the_morning_comes(store, clock)
    clock.advance(timedelta(seconds=4))

    page = visit(OFFICER).reads("today")

    assert "Đang phát Nhạc không lời đã phát được 34 giây, loa báo lúc 05:31:29" in page
    assert "Do 4 cụm loa báo về" in page
    assert "Đang phát ở 4/4" in page
    assert "Đã phát 4/4" in page


def test_what_is_past_is_folded_and_says_how_it_went(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    issuing.issue_wanted(store, clock, FakeSealing())
    clock.advance(AT_0531)
    officer = visit(OFFICER)

    during = officer.opens("today")
    clock.advance(timedelta(hours=1))
    after = officer.reads("today")
    yesterday = officer.opens("today?day=2026-11-22").text

    assert re.search(r'<details class="past" id="past-[^"]+"><summary>', during.text)
    assert "Đã qua 1 mục Chờ báo về 1 05:30:00 – 05:31:00 Nhạc hiệu, lời xướng" in text_of(during)
    assert "Buổi sáng 05:30 – 06:30 Đã qua 3 mục Chờ báo về 3 05:30:00" in after
    assert "Tiếp theo: Nhạc hiệu, lời xướng lúc 17:00" in after
    assert 'class="past"' not in yesterday


def test_one_zone_is_shown_by_itself_on_the_day_as_well(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    submits(officer, store)

    everywhere = officer.opens("today").text
    alone = officer.opens(f"today?zone={GO_SIM}")
    elsewhere = officer.opens("today?zone=dong-bang").text

    assert everywhere.count(f">{TITLE}</a></strong>") == 2  # morning and evening, once each however many zones hear it
    assert f"/today/live?day=2026-11-23&amp;zone={GO_SIM}" in alone.text
    assert f"{TITLE} Mục thông báo · 2:22 Chờ duyệt" in text_of(alone)
    assert f">{TITLE}</a></strong>" not in elsewhere


def test_nothing_is_on_air_that_no_loudspeaker_told(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    issuing.issue_wanted(store, clock, FakeSealing())
    clock.advance(AT_0531)

    page = visit(OFFICER).reads("today")

    assert "Không cụm loa nào báo đang phát" in page
    assert "Đang phát ở" not in page
    assert "Chờ báo về 4/4" in page


def test_the_live_part_sends_the_running_order_only_when_it_changed(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    mark = re.search(r'name="mark" value="(\w+)"', officer.opens("today").text)
    assert mark

    same = officer.opens(f"today/live?day=2026-11-23&mark={mark[1]}").text
    submits(officer, store)
    changed = officer.opens(f"today/live?day=2026-11-23&mark={mark[1]}").text

    assert "hx-swap-oob" not in same
    assert 'hx-swap-oob="true"' in changed
    assert TITLE in changed


def test_the_strip_marks_now_and_the_permitted_hours(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    the_morning_comes(store, clock)

    page = visit(OFFICER).opens("today").text

    assert page.count('class="window" x=') == 2
    assert 'class="now"' in page
    assert 'class="relay"' in page
    assert "style=" not in page


def test_other_days_can_be_looked_at(visit: Visit) -> None:
    page = visit(OFFICER).reads("today?day=2026-11-29")

    assert "Chủ nhật, 29/11/2026" in page
    assert "Đang phát" not in page


@pytest.mark.parametrize("day", ["mai", "2026-13-45", "31/02/2026"])
def test_a_day_that_does_not_exist_is_refused_in_words(visit: Visit, day: str) -> None:
    answer = visit(OFFICER).opens(f"today?day={day}")

    assert answer.status_code == 422
    assert "Hãy nhập ngày" in answer.text
