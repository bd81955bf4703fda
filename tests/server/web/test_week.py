"""The week as a calendar: seven days, moving one item and moving it back, copying a week; and who may not."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from schedules.ids import ProgrammeId
from schedules.programme import State
from schedules.slot import AtTime, InPlace, Slot
from server.services import issuing
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.web.commune import (
    APPROVER,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MORNING_NOTICES,
    NEIGHBOUR,
    OFFICER,
    TECHNICIAN,
    Account,
)
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.morning import TITLE, approves, state_of, submits

Visit = Callable[[Account], Visitor]
TUESDAY, WEDNESDAY = "2026-11-24", "2026-11-25"
IN_PLACE: dict[str, Any] = {"places": [MORNING_NOTICES], "first_day": "24/11/2026", "last_day": "24/11/2026"}
AT_A_SECOND: dict[str, Any] = {"when": "exact", "exact_day": "24/11/2026", "at": "05:45", "repeat": "once"}


def slots_of(store: FakeStore, programme: ProgrammeId) -> list[Slot]:
    with store.reading() as uow:
        return [each.slot for each in uow.programmes.slots_of(programme)]


def planned(store: FakeStore, clock: FakeClock, programme: ProgrammeId) -> set[str]:
    """Give the local days and hours at which it is in a rundown."""
    issuing.issue_wanted(store, clock, FakeSealing())
    with store.reading() as uow:
        issued = uow.issue.issued(LANG_MOI)
    assert issued
    return {f"{item.starts_at:%m-%d %H:%M}" for item in issued.rundown.items if item.programme == programme}


def form_of(page: str) -> dict[str, object]:
    """Give what the small form on a page would send."""
    form = page[page.index('id="move"') :]
    return dict(re.findall(r'name="(slot|version|of|from|from_at|to|at)"[^>]* value="([^"]*)"', form))


def link_of(page: str) -> str:
    found = re.search(r'class="week__move" href="([^"]+)"', page)
    assert found
    return found[1].replace("&amp;", "&")


def approved(visit: Visit, store: FakeStore, where: dict[str, Any]) -> ProgrammeId:
    programme = submits(visit(OFFICER), store, **where)
    approves(visit(APPROVER), programme)
    assert state_of(store, programme) is State.APPROVED
    return programme


def test_the_week_shows_seven_days_with_what_is_put_into_sessions_and_what_waits(
    visit: Visit, store: FakeStore
) -> None:
    officer = visit(OFFICER)
    submits(officer, store)

    page = officer.opens("week")

    assert page.text.count('class="week__day') == 7
    assert page.text.count("data-entry") == 4  # two sessions of two days
    words = text_of(page)
    assert f"05:31 {TITLE} Mục thông báo" in words
    assert "Gò Sim, Làng Mới" in words
    assert "Chờ duyệt" in words
    assert "Buổi sáng 05:30 – 06:30" in words


def test_one_zone_is_shown_by_itself_and_another_unit_by_its_own_page(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    submits(officer, store)

    page = officer.opens(f"week?zone={GO_SIM}").text
    without = officer.opens("week?zone=dong-bang").text
    elsewhere = officer.opens("week?unit=son-linh")

    assert "data-entry" in page
    assert "data-entry" not in without
    assert elsewhere.headers["Location"].startswith("/stations/son-linh/week")


def test_days_and_sessions_that_are_over_are_folded_and_say_how_they_went(
    visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    submits(visit(OFFICER), store)
    clock.advance(timedelta(days=1, hours=4))

    page = visit(OFFICER).opens("week").text

    monday, tuesday, rest = (page.split('class="week__day')[number] for number in (1, 2, 3))
    assert monday.count('<details class="week__past">') == 1
    assert "Đã qua" in monday
    assert tuesday.count('<details class="week__past">') == 1
    assert tuesday.index("week__past") < tuesday.index("Buổi chiều")
    assert "week__past" not in rest


def test_another_week_is_shown_by_any_of_its_days_and_a_wrong_day_is_said(visit: Visit) -> None:
    officer = visit(OFFICER)

    assert "30/11/2026 – 06/12/2026" in officer.reads("week?day=2026-12-02")
    assert officer.opens("week?day=hôm-qua").status_code == 422


@pytest.mark.parametrize(
    ("where", "before", "after"),
    [(IN_PLACE, {"11-23 22:31"}, {"11-24 22:31"}), (AT_A_SECOND, {"11-23 22:45"}, {"11-24 22:45"})],
    ids=["in a place", "at a second"],
)
def test_a_moved_item_waits_for_approval_and_moved_back_it_is_approved_still(
    visit: Visit, store: FakeStore, clock: FakeClock, where: dict[str, Any], before: set[str], after: set[str]
) -> None:
    programme = approved(visit, store, where)
    officer = visit(OFFICER)
    assert planned(store, clock, programme) == before

    form = form_of(officer.opens(link_of(officer.opens("week").text)).text)
    answer = officer.sends("week/move", **{**form, "to": "25/11/2026"})
    while_it_waits = planned(store, clock, programme)
    waits = state_of(store, programme)
    back = dict(re.findall(r'type="hidden" name="(slot|version|of|to|at)" value="([^"]*)"', answer.text))
    officer.sends("week/move", **back)

    assert "Đã dời." in text_of(answer)
    assert while_it_waits == set()
    assert waits is State.SUBMITTED
    assert planned(store, clock, programme) == before
    assert state_of(store, programme) is State.APPROVED
    officer.sends("week/move", **{**form, "version": slots_of(store, programme)[0].version, "to": "25/11/2026"})
    approves(visit(APPROVER), programme)
    assert planned(store, clock, programme) == after


def test_what_a_move_would_do_is_shown_before_it_is_stored(visit: Visit, store: FakeStore) -> None:
    programme = approved(visit, store, AT_A_SECOND)
    officer = visit(OFFICER)
    (before,) = slots_of(store, programme)
    form = form_of(officer.opens(link_of(officer.opens("week").text)).text)

    fits = officer.asks_by_script("week/move/preview", **{**form, "at": "05:50"})
    outside = officer.asks_by_script("week/move/preview", **{**form, "at": "03:00"})
    refused = officer.sends("week/move", **{**form, "at": "03:00"})

    assert "Vừa chỗ" in text_of(fits)
    assert "note--bad" in outside.text
    assert refused.status_code == 422
    assert 'value="03:00"' in refused.text
    assert slots_of(store, programme) == [before]


def test_one_coming_of_a_series_is_moved_alone(visit: Visit, store: FakeStore) -> None:
    series = {**AT_A_SECOND, "repeat": "daily", "until": "27/11/2026"}
    programme = submits(visit(OFFICER), store, **series)
    officer = visit(OFFICER)

    form = form_of(officer.opens(link_of(officer.opens("week").text)).text)
    officer.sends("week/move", **{**form, "to": "28/11/2026", "at": "06:20"})

    (slot,) = slots_of(store, programme)
    assert isinstance(slot.timing, AtTime)
    assert [f"{each.moved_to:%d %H:%M}" for each in slot.timing.exceptions if each.moved_to] == ["27 23:20"]
    assert slot.timing.at.isoformat() == "05:45:00"


def test_one_day_of_several_in_a_place_is_moved_alone_and_the_others_stay_approved(
    visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    programme = approved(visit, store, {**IN_PLACE, "last_day": "26/11/2026"})
    officer = visit(OFFICER)

    small = officer.opens(link_of(officer.opens("week").text))
    moved = officer.sends("week/move", **{**form_of(small.text), "to": "28/11/2026"})

    assert "Chỉ dời lượt này, các ngày khác giữ nguyên." in text_of(small)
    assert "Đã dời." in text_of(moved)
    assert "Dời lại như cũ" not in text_of(moved)
    assert planned(store, clock, programme) == {"11-24 22:31", "11-25 22:31"}
    approves(visit(APPROVER), programme)
    assert planned(store, clock, programme) == {"11-24 22:31", "11-25 22:31", "11-27 22:31"}


def test_a_day_is_moved_neither_to_one_of_its_slot_nor_into_the_past(visit: Visit, store: FakeStore) -> None:
    programme = submits(visit(OFFICER), store)
    officer = visit(OFFICER)
    slots = slots_of(store, programme)
    form = form_of(officer.opens(link_of(officer.opens("week").text)).text)

    taken = officer.sends("week/move", **{**form, "of": "2026-11-23", "to": "24/11/2026"})
    past = officer.sends("week/move", **{**form, "to": "20/11/2026"})

    assert taken.status_code == past.status_code == 422
    assert "đã phát ngày 24/11/2026" in text_of(taken)
    assert slots_of(store, programme) == slots


def test_two_who_move_the_same_item_do_not_undo_each_other_unseen(visit: Visit, store: FakeStore) -> None:
    programme = submits(visit(OFFICER), store, **IN_PLACE)
    officer = visit(OFFICER)
    form = form_of(officer.opens(link_of(officer.opens("week").text)).text)

    officer.sends("week/move", **{**form, "to": "25/11/2026"})
    second = officer.sends("week/move", **{**form, "to": "26/11/2026"})

    assert second.status_code == 409
    timing = slots_of(store, programme)[0].timing
    assert isinstance(timing, InPlace)
    assert timing.first_day.isoformat() == WEDNESDAY


def test_a_copied_week_waits_for_approval_and_is_copied_once(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    programme = approved(visit, store, IN_PLACE)
    officer = visit(OFFICER)
    page = officer.reads("week/copy?day=2026-11-23")
    (slot,) = slots_of(store, programme)
    form = {"day": "2026-11-23", "to": "2026-11-30", "slot": [slot.id]}

    answer = officer.sends("week/copy", **form)
    again = officer.sends("week/copy", **form)

    assert "1 trong 1 mục chép được" in page
    assert "Đã chép 1 lịch đặt" in text_of(answer)
    assert again.status_code == 422
    assert "Tuần ấy đã có lịch đặt này." in text_of(again)
    assert {each.timing.first_day.isoformat() for each in slots_of(store, programme)} == {TUESDAY, "2026-12-01"}
    assert planned(store, clock, programme) == {"11-23 22:31"}
    approves(visit(APPROVER), programme)
    assert planned(store, clock, programme) == {"11-23 22:31", "11-30 22:31"}


def test_a_week_is_copied_to_a_later_one_only_and_says_so(visit: Visit) -> None:
    answer = visit(OFFICER).opens("week/copy?day=2026-11-23&to=2026-11-16")

    assert answer.status_code == 422
    assert "Hãy chọn một tuần sau" in text_of(answer)


@pytest.mark.parametrize("account", [INSPECTOR, TECHNICIAN, APPROVER], ids=str)
def test_who_does_not_write_reads_the_week_and_changes_nothing(
    visit: Visit, store: FakeStore, account: Account
) -> None:
    programme = submits(visit(OFFICER), store, **IN_PLACE)
    (slot,) = slots_of(store, programme)
    visitor = visit(account)
    form = {"slot": slot.id, "version": slot.version, "of": TUESDAY, "to": "25/11/2026"}

    page = visitor.opens("week").text

    assert TITLE in page
    assert "week__move" not in page
    assert "week/copy" not in page
    assert visitor.opens(f"week/move?slot={slot.id}&of={TUESDAY}").status_code == 403
    assert visitor.sends("week/move", **form).status_code == 403
    assert "Vừa chỗ" not in visitor.asks_by_script("week/move/preview", **form).text
    assert visitor.opens("week/copy").status_code == 403
    assert visitor.sends("week/copy", day=TUESDAY, to="2026-11-30", slot=[slot.id]).status_code == 403
    assert slots_of(store, programme) == [slot]


def test_a_neighbour_finds_no_week_and_nothing_to_move_there(visit: Visit, store: FakeStore) -> None:
    programme = submits(visit(OFFICER), store, **IN_PLACE)
    (slot,) = slots_of(store, programme)
    neighbour = visit(NEIGHBOUR)

    own = neighbour.sends(
        "/stations/son-linh/week/move", slot=slot.id, version=slot.version, of=TUESDAY, to="25/11/2026"
    )

    for page in ("week", "week/move", "week/copy"):
        assert neighbour.opens(page).status_code == 404
    assert own.status_code == 403
    assert slots_of(store, programme) == [slot]
