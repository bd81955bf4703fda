"""Writing a notice on one page: what is kept, what is foreseen, what is refused and in which words."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest

from schedules.ids import PlaceId, ProgrammeId, TemplateId
from schedules.programme import State
from schedules.recurrence import weekly
from schedules.slot import AtTime, InPlace
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.web.commune import (
    ADMINISTRATOR,
    APPROVER,
    EVENING,
    EVENING_NOTICES,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    MORNING_NOTICES,
    OFFICER,
    Account,
)
from tests.server.web.conftest import OneSound, Visitor, text_of
from tests.server.web.morning import (
    TEXT,
    TITLE,
    a_notice,
    brings_a_sound,
    state_of,
    submits,
    the_programme,
    version_of,
    writes,
)

Visit = Callable[[Account], Visitor]


def test_the_form_offers_the_zones_the_places_and_the_next_day(visit: Visit) -> None:
    page = visit(OFFICER).opens("notices/new").text

    assert page.count('name="zones"') == 3
    assert page.count('name="places"') == 3
    assert "214 hộ · tiếng Việt, Hrê" in page
    assert 'name="first_day" type="text"' in page
    assert 'value="23/11/2026"' in page


def test_the_next_day_is_one_on_which_a_session_takes_notices(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    stored = store.kept.templates
    for name, each in stored.items():
        stored[name] = replace(each, template=replace(each.template, weekdays=frozenset({0})))
    clock.advance(timedelta(days=1))

    page = visit(OFFICER).opens("notices/new").text

    assert 'value="30/11/2026"' in page


def test_no_place_is_offered_of_a_session_that_was_sent_back_and_never_sounded(visit: Visit, store: FakeStore) -> None:
    officer, approved = visit(OFFICER), store.kept.templates[EVENING]
    places = tuple(replace(each, id=PlaceId(f"noon-{each.id}")) for each in approved.template.places if each.by_hand)
    new = replace(approved.template, id=TemplateId("noon"), name="Buổi trưa", places=places)
    for note in ("Sai giờ", ""):
        store.kept.templates[new.id] = replace(approved, template=new, note=note)
        store.kept.templates[EVENING] = replace(approved, note=note)

        page = officer.reads("notices/new")

        assert ("Buổi trưa" in page, "Buổi chiều" in page) == (not note, True)


def test_a_station_without_open_places_is_offered_an_exact_second(visit: Visit, store: FakeStore) -> None:
    store.kept.templates.clear()

    page = visit(OFFICER).opens("notices/new").text

    assert re.search(r'value="exact" checked', page)
    assert not re.search(r'value="places" checked', page)


def test_whoever_saves_second_sees_what_the_first_stored_and_loses_nothing(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    writes(officer)
    programme = the_programme(store)
    seen = version_of(store, programme)
    first = officer.sends(f"notices/{programme}", **a_notice(title="Bản một", version=str(seen)))

    second = officer.sends(f"notices/{programme}", **a_notice(title="Bản hai", version=str(seen)))
    offered = re.search(r'name="version" value="(\d+)"', second.text)
    assert offered
    again = officer.sends(f"notices/{programme}", **a_notice(title="Bản hai", version=offered[1]))

    assert "Đã lưu nháp" in text_of(first)
    assert second.status_code == 409
    assert "Đinh Thị Lan đã sửa lúc 04:00" in text_of(second)
    assert "khác bản vừa gõ ở: Tên thông báo Bản một" in text_of(second)
    assert 'value="Bản hai"' in second.text
    assert "Đã lưu nháp" in text_of(again)


def test_a_draft_whose_times_were_refused_is_corrected_and_not_made_again(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    before = len(store.kept.programmes)

    refused = officer.sends("notices/new", **a_notice(last_day="01/01/2026"))
    leads = re.search(r'action="([^"]+/notices/[^"]+)"', refused.text)
    assert leads
    officer.sends(leads[1], **a_notice(version=str(version_of(store, the_programme(store)))))

    assert refused.status_code == 422
    assert len(store.kept.programmes) == before + 1


def test_no_screen_speaks_of_rules_of_recurrence(visit: Visit) -> None:
    page = visit(OFFICER).opens("notices/new").text

    assert "rrule" not in page.lower()


def test_a_draft_keeps_all_that_was_typed(visit: Visit, store: FakeStore) -> None:
    answer = writes(visit(OFFICER), valid_day="25/11/2026", valid_time="07:00")

    assert "Đã lưu nháp" in text_of(answer)
    with store.reading() as uow:
        stored = uow.programmes.get(the_programme(store))
        (slot,) = uow.programmes.slots_of(the_programme(store))
    assert stored
    assert stored.texts == {"vi": TEXT}
    assert stored.programme.times_read == 2
    assert stored.programme.requested_by == "Điện lực Sơn Hà"
    assert str(stored.programme.valid_until) == "2026-11-25 00:00:00+00:00"
    assert isinstance(slot.slot.timing, InPlace)
    assert set(slot.slot.timing.places) == {MORNING_NOTICES, EVENING_NOTICES}
    assert slot.slot.target.zones == {LANG_MOI, GO_SIM}
    assert TEXT in answer.text
    assert "Thông báo số 218/TB-ĐLSH" in answer.text


def test_a_draft_needs_neither_a_title_nor_a_time(visit: Visit, store: FakeStore) -> None:
    answer = visit(OFFICER).sends("notices/new", act="keep", text=TEXT, language="vi", when="places")

    assert answer.status_code == 200
    assert the_programme(store, "Thông báo chưa đặt tên")


def test_the_script_of_the_page_gets_where_to_send_a_sound(visit: Visit, store: FakeStore) -> None:
    answer = visit(OFFICER).asks("notices/new", act="keep", **a_notice(places=[], zones=[]))

    programme = the_programme(store)
    assert answer.get_json() == {
        "address": f"/stations/son-ha/notices/{programme}?language=vi",
        "takes": f"/stations/son-ha/programmes/{programme}/takes",
        "version": 1,
        "programme": programme,
        "slot": "",
    }


def test_a_notice_is_foreseen_while_it_is_typed(visit: Visit) -> None:
    answer = visit(OFFICER).sends("notices/preview", **a_notice())

    page = text_of(answer)
    assert "Thứ Hai, 23/11/2026" in page
    assert "05:31:00" in page
    assert "Buổi sáng, Mục thông báo · Gò Sim, Làng Mới" in page
    assert "thời lượng ước theo lời đọc" in page
    assert "vừa giờ" in page


def test_a_notice_that_is_too_long_says_where_it_will_be_cut(visit: Visit) -> None:
    long = "Kính thưa bà con. " * 1200

    page = text_of(visit(OFFICER).sends("notices/preview", **a_notice(text=long, times_read="1")))

    assert "Vượt" in page
    assert "sẽ bị cắt lúc 06:00." in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"zones": []}, "Hãy chọn nơi phát"),
        ({"first_day": "24/11/2026", "last_day": "23/11/2026"}, "Ngày cuối (23/11/2026) trước ngày đầu (24/11/2026)"),
        ({"first_day": "31/02/2026"}, "Hãy nhập ngày, ví dụ 23/11/2026"),
        ({"first_day": "20/11/2026", "last_day": "23/11/2026"}, "đã qua"),
        ({"when": "exact", "exact_day": "23/11/2026", "at": "mai"}, "Hãy nhập giờ"),
        ({"when": "exact", "exact_day": "22/11/2026", "at": "05:40"}, "đã qua"),
        ({"when": "exact", "exact_day": "23/11/2026", "at": "05:40", "repeat": "daily"}, "phải có ngày kết thúc"),
        (
            {"when": "exact", "exact_day": "23/11/2026", "at": "05:40", "repeat": "weekly", "until": "30/11/2026"},
            "ít nhất một thứ trong tuần",
        ),
        (
            {
                "when": "exact",
                "exact_day": "24/11/2026",
                "at": "05:40",
                "repeat": "weekly",
                "weekdays": ["0"],
                "until": "25/11/2026",
            },
            "không rơi vào ngày nào",
        ),
        ({"times_read": "9"}, "Số lần đọc phải từ 1 đến 5"),
        ({"valid_day": "21/11/2026"}, "hết hiệu lực"),
        ({"title": "a" * 201}, "không quá 200 ký tự"),
    ],
)
def test_what_cannot_be_kept_is_explained_and_nothing_typed_is_lost(
    visit: Visit, changes: dict[str, object], sentence: str
) -> None:
    answer = writes(visit(OFFICER), **changes)

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert TEXT in answer.text


def test_an_exact_second_is_booked_on_chosen_weekdays(visit: Visit, store: FakeStore) -> None:
    writes(
        visit(OFFICER),
        when="exact",
        exact_day="23/11/2026",
        at="05:45:30",
        repeat="weekly",
        weekdays=["0", "3"],
        until="31/12/2026",
    )

    with store.reading() as uow:
        (slot,) = uow.programmes.slots_of(the_programme(store))
    timing = slot.slot.timing
    assert isinstance(timing, AtTime)
    assert (timing.rule, timing.at.isoformat()) == (weekly({0, 3}), "05:45:30")


def test_outside_the_permitted_hours_the_preview_says_so(visit: Visit) -> None:
    page = text_of(
        visit(OFFICER).sends("notices/preview", **a_notice(when="exact", exact_day="23/11/2026", at="21:00"))
    )

    assert "Ngoài khung giờ được phát" in page


def test_the_machine_speaks_the_text(visit: Visit, store: FakeStore, sound: OneSound) -> None:
    answer = visit(OFFICER).sends("notices/new", act="speak", **a_notice())

    assert sound.spoken == [TEXT]
    assert "Giọng máy – nghe thử" in text_of(answer)
    assert version_of(store, the_programme(store)) == 2


def test_a_text_is_heard_before_its_day_is_right(visit: Visit, store: FakeStore, sound: OneSound) -> None:
    wrong = a_notice(first_day="29/11/2026", last_day="23/11/2026")

    answer = visit(OFFICER).sends("notices/new", act="speak", **wrong)

    assert sound.spoken == [TEXT]
    assert "Giọng máy – nghe thử" in text_of(answer)
    assert "Chưa làm được, nội dung đã nhập vẫn còn" in text_of(answer)
    assert 'value="29/11/2026"' in answer.text


def test_who_changes_the_words_of_a_sound_is_told_and_so_is_who_approves(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    writes(officer)
    programme = the_programme(store)
    brings_a_sound(officer, programme)

    kept = officer.sends(
        f"notices/{programme}", act="keep", **a_notice(version=version_of(store, programme), text="Lời khác hẳn")
    )
    officer.sends(f"programmes/{programme}/submit", version=version_of(store, programme))

    assert "loa vẫn phát lời cũ: xem mục Âm thanh." in text_of(kept)
    assert "Lời đã sửa sau khi có bản này, loa vẫn phát lời cũ." in text_of(kept)
    assert "Lời đã sửa sau khi có bản này, loa vẫn phát lời cũ." in officer.reads(f"programmes/{programme}")
    assert "Lời đọc đã sửa nhưng âm thanh vẫn là bản cũ." in visit(APPROVER).reads(f"approvals/{programme}")


def test_a_recording_is_sent_before_its_day_is_right(visit: Visit, store: FakeStore) -> None:
    answer = visit(OFFICER).asks("notices/new", **a_notice(first_day="29/11/2026", last_day="23/11/2026"))

    assert answer.get_json()["takes"].endswith(f"{the_programme(store)}/takes")
    assert answer.get_json()["slot"] == ""


def test_a_page_whose_draft_was_kept_for_its_sound_foresees_that_draft(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    kept = officer.asks("notices/new", **a_notice()).get_json()
    brings_a_sound(officer, ProgrammeId(kept["programme"]))

    takes = officer.opens(f"programmes/{kept['programme']}/takes")
    seen = text_of(officer.sends("notices/preview", **a_notice(programme=kept["programme"], slot=kept["slot"])))

    with store.reading() as uow:
        assert [kept["slot"]] == [each.slot.id for each in uow.programmes.slots_of(ProgrammeId(kept["programme"]))]
    assert takes.headers["HX-Trigger-After-Swap"] == "heard"
    assert "Chưa có âm thanh" not in seen
    assert "vừa giờ" in seen


def test_the_form_says_whether_a_machine_may_be_heard(visit: Visit) -> None:
    officer = visit(OFFICER)
    before = officer.reads("notices/new")

    visit(ADMINISTRATOR).sends("machine-voice", allowed="yes")

    assert "Muốn phát phải được quản trị cho phép." in before
    assert "Muốn phát phải được quản trị cho phép." not in officer.reads("notices/new")


def test_a_file_is_taken_in_without_any_script(visit: Visit, store: FakeStore) -> None:
    answer = visit(OFFICER).sends("notices/new", act="upload", sound=(BytesIO(b"a recording"), "tin.mp3"), **a_notice())

    assert "Dùng được" in text_of(answer)
    assert "1:10" in text_of(answer)


def test_a_notice_goes_to_the_approvers_in_one_press(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    writes(officer)
    programme = the_programme(store)
    brings_a_sound(officer, programme)

    answer = officer.sends(f"notices/{programme}", act="submit", **a_notice(version=version_of(store, programme)))

    assert "Đã trình duyệt" in text_of(answer)
    assert state_of(store, programme) is State.SUBMITTED


def test_a_notice_without_a_sound_is_not_submitted_but_kept(visit: Visit, store: FakeStore) -> None:
    answer = visit(OFFICER).sends("notices/new", act="submit", **a_notice())

    assert answer.status_code == 422
    assert "Chưa có âm thanh" in text_of(answer)
    assert state_of(store, the_programme(store)) is State.DRAFT


def test_a_machine_voice_is_not_submitted_until_it_is_allowed(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    officer.sends("notices/new", act="speak", **a_notice())
    programme = the_programme(store)

    answer = officer.sends(f"notices/{programme}", act="submit", **a_notice(version=version_of(store, programme)))

    assert answer.status_code == 422
    assert "giọng máy – nghe thử. Hãy thu âm" in text_of(answer)


def test_of_two_people_who_edit_the_second_is_told_of_the_first(visit: Visit, store: FakeStore) -> None:
    first, second = visit(OFFICER), visit(OFFICER)
    writes(first)
    programme = the_programme(store)
    first.sends(f"notices/{programme}", act="keep", **a_notice(version=1, text="Lời của người thứ nhất"))

    answer = second.sends(f"notices/{programme}", act="keep", **a_notice(version=1, text="Lời của người thứ hai"))

    assert answer.status_code == 409
    assert "Đinh Thị Lan đã sửa lúc 04:00" in text_of(answer)


def test_a_form_goes_on_after_its_own_sound_but_not_after_somebody_elses_edit(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    writes(officer)
    programme = the_programme(store)
    brings_a_sound(officer, programme)
    own = officer.opens(f"programmes/{programme}/takes?version=1&known=").text
    visit(OFFICER).sends(f"notices/{programme}", act="keep", **a_notice(version=2, text="Người khác sửa"))
    others = officer.opens(f"programmes/{programme}/takes?version=1&known=").text

    assert 'name="version" value="2"' in own
    assert 'name="version" value="1"' in others


@pytest.mark.parametrize("account", [APPROVER, INSPECTOR])
def test_whoever_may_not_write_is_told_before_they_type(visit: Visit, account: Account) -> None:
    answer = visit(account).opens("notices/new")

    assert answer.status_code == 403
    assert "<textarea" not in answer.text


@pytest.mark.parametrize("account", [APPROVER, INSPECTOR])
def test_only_writers_write(visit: Visit, store: FakeStore, account: Account) -> None:
    answer = writes(visit(account))

    assert answer.status_code == 403
    assert "Cần vai trò: Biên tập viên, Người phụ trách đài" in text_of(answer)


def test_editing_what_is_approved_warns_before_it_is_done(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    programme = submits(officer, store)

    page = officer.reads(f"notices/{programme}")

    assert "phải trình duyệt lại" in page
    assert TITLE in officer.opens(f"notices/{programme}").text


def test_a_new_notice_leaves_out_the_session_of_today_that_has_begun(visit: Visit, clock: FakeClock) -> None:
    clock.advance(timedelta(hours=2))
    officer = visit(OFFICER)

    during = officer.opens("notices/new").text
    tomorrow = officer.opens("notices/new?day=2026-11-24").text

    assert f'value="{EVENING_NOTICES}" checked' in during
    assert f'value="{MORNING_NOTICES}" checked' not in during
    assert f'value="{MORNING_NOTICES}" checked' in tomorrow
