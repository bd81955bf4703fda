"""Power cuts on the pages: from a notice in two clicks, by hand, ended early, and told in the story of what it cost."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from server.services import issuing
from tests.browser.evidence import speak_up
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.web.commune import GO_SIM, INSPECTOR, LANG_MOI, NEIGHBOUR, OFFICER, Account
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.morning import TITLE, submits, the_programme, writes

Visit = Callable[[Account], Visitor]
FORM = {
    "zones": [LANG_MOI],
    "since_day": "23/11/2026",
    "since": "05:00",
    "until_day": "23/11/2026",
    "until": "11:00",
    "reason": "Thay máy biến áp",
}


def values(page: str, name: str) -> list[str]:
    return re.findall(rf'name="{name}" type="text"[^>]*? value="([^"]*)"', page)


def test_two_clicks_on_a_notice_of_a_power_cut_mark_its_zones_and_times(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    programme = submits(officer, store)
    assert f"outages/new?programme={programme}" in officer.opens(f"programmes/{programme}").text

    form = officer.opens(f"outages/new?programme={programme}").text

    assert re.findall(r'value="([\w-]+)" checked', form) == [GO_SIM, LANG_MOI]
    assert [values(form, each) for each in ("since_day", "since", "until_day", "until")] == [
        ["24/11/2026"],
        ["07:00"],
        ["24/11/2026"],
        ["11:00"],
    ]
    page = text_of(officer.sends("outages/new", **FORM, programme=programme))
    assert "Đã ghi mất điện theo lịch" in page
    assert "Làng Mới 05:00 – 11:00, 23/11/2026 Thay máy biến áp" in page
    (made,) = store.kept.readiness.outages.values()
    assert (made.programme, made.since) == (programme, datetime(2026, 11, 22, 22, tzinfo=UTC))


def test_a_notice_of_something_else_has_no_such_link(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    writes(officer, title="Lịch tiêm chủng", text="Mời bà con đưa trẻ đi tiêm.")

    assert "outages/new" not in officer.opens(f"programmes/{the_programme(store, 'Lịch tiêm chủng')}").text


def test_what_cannot_be_is_said_beside_its_field_and_what_was_typed_stays(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)

    answer = officer.sends("outages/new", **{**FORM, "until": "04:30"})

    assert answer.status_code == 422
    assert "Giờ có điện lại phải sau giờ mất điện." in text_of(answer)
    assert values(answer.text, "until") == ["04:30"]
    assert store.kept.readiness.outages == {}
    assert officer.sends("outages/new", **{**FORM, "since": "sáng"}).status_code == 422


def test_it_is_ended_early(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    officer.sends("outages/new", **FORM)
    (made,) = store.kept.readiness.outages.values()

    page = text_of(officer.sends(f"outages/{made.id}/end"))

    assert "Đã ghi là có điện" in page
    assert "Đã qua (1)" in page


def test_the_wrong_person_may_not(visit: Visit, store: FakeStore) -> None:
    visit(OFFICER).sends("outages/new", **FORM)
    (made,) = store.kept.readiness.outages.values()
    inspector = visit(INSPECTOR)

    assert "Thêm đợt mất điện" not in inspector.reads("outages")
    assert inspector.opens("outages/new").status_code == 403
    assert inspector.sends("outages/new", **FORM).status_code == 403
    assert inspector.sends(f"outages/{made.id}/end").status_code == 403
    assert visit(NEIGHBOUR).opens("outages").status_code == 404
    assert list(store.kept.readiness.outages.values()) == [made]


def test_the_board_is_grey_and_the_story_of_a_missed_play_says_why(
    visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    officer = visit(OFFICER)
    officer.sends("outages/new", **FORM)
    issuing.issue_wanted(store, clock, FakeSealing())
    clock.advance(timedelta(hours=2, seconds=10))
    lost = next(each for each in store.kept.loudspeakers.values() if each.zone == LANG_MOI)
    speak_up(store, clock.now(), away=frozenset({lost.id}))

    board = officer.reads("loudspeakers/live")
    assert "Mất điện theo lịch từ 05:00 ngày 23/11/2026 đến 11:00 ngày 23/11/2026 (Thay máy biến áp)." in board
    assert "0 không chắc phát được 2 không phát" in board

    (item, *_rest) = store.kept.issued[LANG_MOI].rundown.items
    story = officer.reads(f"log/{LANG_MOI}/{item.occurrence}/{lost.id}")
    assert "Mất điện theo lịch từ 05:00" in story
    assert TITLE not in story
