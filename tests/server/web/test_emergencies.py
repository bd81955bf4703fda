"""The emergency pages: what people read before the click, and what nobody may mistake."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from schedules.break_glass import COUNTDOWN
from schedules.emergency import Certainty, Event, Severity, Urgency, Words
from schedules.emergency_template import Gap, GapType
from schedules.ids import EmergencyTemplateId, LoudspeakerId, PersonId
from server.emergency_records import RequestState, Way
from server.services import break_glass, emergency_texts, grants
from server.services.emergency_texts import TextWanted
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.services.alarm import tells
from tests.server.web.commune import (
    ADMINISTRATOR,
    APPROVER,
    BOTH,
    INSPECTOR,
    LANG_MOI,
    NEIGHBOUR,
    OFFICER,
    PASSWORD,
    SECOND_ADMINISTRATOR,
    SON_HA,
    SON_LINH,
    TECHNICIAN,
    Account,
)
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.emergency_form import FLOOD, REAL, person

Visit = Callable[[Account], Visitor]


def a_text(store: FakeStore, clock: FakeClock, text: str = "Rời bìa rừng ngay.", *gaps: Gap) -> EmergencyTemplateId:
    """Have a text written and approved."""
    wanted = TextWanted(
        event=Event.FIRE,
        severity=Severity.EXTREME,
        urgency=Urgency.IMMEDIATE,
        certainty=Certainty.OBSERVED,
        headline="Cháy rừng",
        words=(Words("vi", text),),
        gaps=gaps,
    )
    saved = emergency_texts.save(store, clock, person(store, OFFICER), unit=SON_HA, wanted=wanted)
    emergency_texts.approve(store, clock, person(store, APPROVER), saved.template.id, seen=1)
    return saved.template.id


WHERE = Gap(name="a", label="Nơi sơ tán", type=GapType.PLACE)
pytestmark = pytest.mark.usefixtures("officer_may")


def test_before_the_click_the_page_says_what_where_for_whom_how_long_and_how_often(visit: Visit) -> None:
    page = text_of(visit(OFFICER).sends("emergency/new", **FLOOD))

    assert REAL in page
    assert "Lũ, ngập lụt · Nghiêm trọng · Làm ngay · Đang xảy ra" in page
    assert "Ở đâu Xã Sơn Hà · 3 nhóm cụm loa" in page
    assert "686 hộ, 2.753 người · 4 cụm loa" in page
    assert "đến 04:30" in page
    assert "3 lần, nghỉ 20 giây giữa hai lần" in page
    assert "Không có lời bằng tiếng mẹ đẻ của bà con ở: Gò Sim." in page


def test_before_the_click_the_page_says_that_a_machine_speaks_where_no_administrator_has_allowed_it(
    visit: Visit,
) -> None:
    asked = "Quản trị chưa cho phép phát giọng máy ở: Xã Sơn Hà. Ai bấm phát là cho phép, riêng lần này."

    assert asked in text_of(visit(OFFICER).sends("emergency/new", **FLOOD))
    visit(OFFICER).sends("emergency/ask", **FLOOD)
    assert asked in visit(APPROVER).reads("emergency")
    visit(ADMINISTRATOR).sends("machine-voice", allowed="yes")
    assert asked not in text_of(visit(OFFICER).sends("emergency/new", **FLOOD))
    assert asked not in visit(APPROVER).reads("emergency")


def test_a_second_person_confirms_and_then_there_is_a_cancel_and_a_correction(visit: Visit, store: FakeStore) -> None:
    officer, approver = visit(OFFICER), visit(APPROVER)

    asked = text_of(officer.sends("emergency/ask", **FLOOD))
    assert "Chưa có hiệu lực cho đến khi người thứ hai xác nhận." in asked
    assert not store.kept.emergencies.emergencies
    (request,) = store.kept.emergencies.requests.values()
    confirmed = text_of(approver.sends(f"emergency/requests/{request.id}/confirm"))

    (stored,) = store.kept.emergencies.emergencies.values()
    assert stored.way is Way.TWO_PEOPLE
    assert "Đang có hiệu lực" in confirmed
    assert "Huỷ ngay" in confirmed
    assert "Đính chính" in confirmed
    correction = officer.opens(f"emergency/new?update={stored.emergency.id}").text
    assert "Bản đính chính thay thế bản đang có hiệu lực." in correction
    assert f'name="references" value="{stored.emergency.id}"' in correction
    assert "Bà con ven sông lên chỗ cao ngay." in correction
    assert re.findall(r'<option value="([a-z]+)" selected', correction)[:2] == ["flood", "severe"]
    gone = text_of(officer.sends(f"emergency/{stored.emergency.id}/cancel", why="nhầm"))
    assert "Không có nội dung khẩn cấp nào đang có hiệu lực." in gone
    assert "Cụm loa mất kết nối có thể còn phát đến" in gone
    assert "nhầm" in gone


def test_what_sounded_of_it_leads_from_the_inspectors_list_to_what_came_of_it(
    visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    visit(OFFICER).sends("emergency/ask", **FLOOD)
    (asked,) = store.kept.emergencies.requests
    visit(APPROVER).sends(f"emergency/requests/{asked}/confirm")
    (stored,) = store.kept.emergencies.emergencies.values()
    centre = SimpleNamespace(store=store, now=clock.now)
    tells(centre, stored.emergency, LoudspeakerId("loa-2"), zone=LANG_MOI)  # type: ignore[arg-type]  # all of a radio that it needs
    clock.advance(timedelta(minutes=2))

    page = visit(INSPECTOR).opens("/inspection?first=23/11/2026&last=23/11/2026&verdict=emergency").text

    assert f'href="/stations/son-ha/emergency#{stored.emergency.id}"' in page


@pytest.mark.parametrize("step", ["new", "ask"])
def test_what_expired_before_it_was_issued_is_a_clear_sentence_and_nothing_is_kept(
    visit: Visit, store: FakeStore, step: str
) -> None:
    answer = visit(OFFICER).sends(f"emergency/{step}", **{**FLOOD, "ends": "03:59"})

    assert answer.status_code == 422
    assert "Hết hiệu lực lúc 03:59 ngày 23/11/2026, trước khi được phát (04:00). Chưa lưu gì cả" in text_of(answer)
    assert "Bà con ven sông lên chỗ cao ngay." in answer.text
    assert not store.kept.emergencies.requests


def test_an_end_after_midnight_is_tomorrows(visit: Visit, clock: FakeClock) -> None:
    clock.advance(timedelta(hours=19, minutes=50))

    page = text_of(visit(OFFICER).sends("emergency/new", **{**FLOOD, "ends": "00:20"}))

    assert "đến 00:20" in page


def test_what_cannot_be_read_stands_beside_its_field(visit: Visit) -> None:
    answer = visit(OFFICER).sends("emergency/new", **{**FLOOD, "ends": "mai", "event": "?"})

    assert answer.status_code == 422
    assert 'id="ends-fault">Hãy nhập giờ, ví dụ 05:30.' in answer.text


def test_whoever_has_no_right_reads_why_and_cannot_issue(visit: Visit, store: FakeStore) -> None:
    inspector = visit(INSPECTOR)

    page = inspector.reads("emergency")
    answer = inspector.sends("emergency/ask", **FLOOD)

    assert "Tài khoản này chưa được giao quyền phát khẩn cấp ở đây." in page
    assert "Tự soạn lời" not in page
    assert answer.status_code == 403
    assert "Tài khoản này chưa được giao quyền phát khẩn cấp cho: Xã Sơn Hà." in text_of(answer)
    assert not store.kept.emergencies.requests


def test_a_neighbour_sees_no_page_of_it(visit: Visit) -> None:
    answers = [
        visit(NEIGHBOUR).opens(f"/stations/son-ha/{page}").status_code
        for page in ("emergency", "emergency/live", "emergency/texts", "emergency/rights", "exercise")
    ]

    assert answers == [404] * 5


def test_an_approved_text_is_issued_as_it_was_approved_whatever_is_sent(
    visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    text = a_text(store, clock)
    officer = visit(OFFICER)

    assert "Rời bìa rừng ngay." in officer.reads(f"emergency/new?template={text}")
    summary = officer.sends("emergency/new", **{**FLOOD, "template": text})
    assert "Phát khẩn cấp tại Xã Sơn Hà" in text_of(summary)
    assert "Cháy · Đặc biệt nghiêm trọng · Làm ngay · Đang xảy ra" in text_of(summary)
    officer.sends("emergency/ask", **{**FLOOD, "template": text, "alone": "yes"})

    (stored,) = store.kept.emergencies.emergencies.values()
    assert stored.way is Way.APPROVED_TEXT
    assert stored.emergency.words == (Words("vi", "Rời bìa rừng ngay."),)
    assert stored.emergency.headline == "Cháy rừng"


def test_a_text_that_is_not_there_or_has_gaps_is_no_form(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    gaps = a_text(store, clock, "Về {a}.", WHERE)

    statuses = [
        visit(OFFICER).opens(f"emergency/new?{each}").status_code
        for each in ("template=x", f"template={gaps}", "update=x")
    ]

    assert statuses == [404] * 3


def test_whoever_may_be_the_second_person_reads_of_a_request_on_every_page(visit: Visit, store: FakeStore) -> None:
    officer, approver = visit(OFFICER), visit(APPROVER)

    officer.sends("emergency/ask", **FLOOD)

    asked = "Chờ người thứ hai xác nhận phát khẩn cấp: “Nước sông Re dâng nhanh” Xem và quyết định"
    assert asked in approver.reads("today")
    assert asked not in officer.reads("today")
    (request,) = store.kept.emergencies.requests.values()
    approver.sends(f"emergency/requests/{request.id}/refuse")
    assert asked not in approver.reads("today")


def test_a_page_of_another_station_is_told_of_a_request_with_the_link_to_where_it_was_made(
    visit: Visit, store: FakeStore
) -> None:
    visit(OFFICER).sends("emergency/ask", **FLOOD)
    with store.writing() as uow:
        approver = next(each for each in uow.people.all() if each.login == APPROVER.login)
        uow.people.put(replace(approver, unit=ADMINISTRATOR.unit))
        uow.commit()

    part = visit(APPROVER).opens(f"/stations/{SON_LINH}/emergency/banner", **{"HX-Request": "true"}).text

    assert f'href="/stations/{SON_HA}/emergency"' in part


def test_a_request_is_dropped_with_one_press(visit: Visit, store: FakeStore) -> None:
    visit(OFFICER).sends("emergency/ask", **FLOOD)
    (request,) = store.kept.emergencies.requests.values()

    visit(APPROVER).sends(f"emergency/requests/{request.id}/refuse")

    assert store.kept.emergencies.requests[request.id].state is RequestState.REFUSED


def test_break_glass_asks_for_the_password_counts_down_and_tells_two_on_every_page(
    visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    text = a_text(store, clock, "Về {a}.", WHERE)
    officer, told, other = visit(OFFICER), visit(TECHNICIAN), visit(APPROVER)
    address = f"emergency/break-glass/{text}"

    form = officer.reads(address)
    assert "đếm ngược 20 giây" in form
    assert "Mỗi giờ không quá 2 lần và 5 phút tiếng loa" in form
    wrong = officer.sends(address, gap_a="Làng Mới", password="sai")
    assert wrong.status_code == 422
    place = officer.sends(address, gap_a="Hà Nội", password=PASSWORD)
    assert "Nơi sơ tán: hãy chọn một nơi trong danh sách." in text_of(place)
    assert not store.kept.emergencies.requests
    counting = text_of(officer.sends(address, gap_a="Làng Mới", password=PASSWORD))

    assert "còn 20 giây" in counting
    assert "Sắp phát khẩn cấp lúc 04:00:20: “Cháy rừng” Dừng lại" in told.reads("today")
    assert "Sắp phát khẩn cấp" not in other.reads("today")
    (request,) = store.kept.emergencies.requests.values()
    stopped = text_of(told.sends(f"emergency/countdowns/{request.id}/stop"))
    assert "Đã dừng. Không có gì được phát." in stopped
    clock.advance(COUNTDOWN)
    assert break_glass.due(store, clock) == ()


def test_the_password_of_break_glass_cannot_be_guessed_without_end(
    visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    text, officer = a_text(store, clock, "Về {a}.", WHERE), visit(OFFICER)

    answers = [
        officer.sends(f"emergency/break-glass/{text}", gap_a="Làng Mới", password=str(number)) for number in range(11)
    ]

    assert [answer.status_code for answer in answers] == [422] * 10 + [429]


def test_after_the_countdown_the_two_may_cancel_and_another_reviews(
    visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    text = a_text(store, clock, "Về {a}.", WHERE)
    visit(OFFICER).sends(f"emergency/break-glass/{text}", gap_a="Làng Mới", password=PASSWORD)
    clock.advance(COUNTDOWN)
    (emergency,) = break_glass.due(store, clock)
    told = visit(INSPECTOR)

    assert "Một người đã tự phát khẩn cấp lúc 04:00:20: “Cháy rừng” Huỷ ngay" in told.reads("today")
    assert "Huỷ ngay" in text_of(told.opens("emergency/banner"))
    told.sends(f"emergency/{emergency}/cancel")
    page = visit(APPROVER).reads("emergency")
    assert "Kết quả xem xét lại" in page
    reviewed = text_of(visit(APPROVER).sends(f"emergency/{emergency}/review", finding="Đúng việc"))
    assert "Xem xét lại: Phạm Văn Minh" in reviewed
    assert "Đúng việc" in reviewed


def test_without_the_right_the_button_of_break_glass_is_not_there(
    visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    text = a_text(store, clock)

    page = visit(INSPECTOR).reads(f"emergency/break-glass/{text}")

    assert "Bắt đầu đếm ngược" not in page
    assert visit(OFFICER).opens("emergency/break-glass/x").status_code == 404


def test_the_live_part_alone_is_given_to_a_script(visit: Visit) -> None:
    part = visit(OFFICER).opens("emergency/live", **{"HX-Request": "true"})

    assert part.status_code == 200
    assert "<html" not in part.text


def test_what_was_read_before_the_click_can_be_changed(visit: Visit, store: FakeStore) -> None:
    again = visit(OFFICER).sends("emergency/new", **FLOOD, again="yes")

    assert 'value="Nước sông Re dâng nhanh"' in again.text
    assert "Xem lại trước khi phát" in text_of(again)
    assert not store.kept.emergencies.requests


def test_a_text_is_written_by_one_and_approved_by_another(visit: Visit, store: FakeStore) -> None:
    form = {
        **FLOOD,
        "text_vi": "Nước lên {a} mét, về {b} theo {c}.",
        "ends": "00:00",
        "minutes": "20",
        "gap_a_label": "Mực nước",
        "gap_a_type": "number",
        "gap_a_range": "1-9",
        "gap_b_label": "Nơi sơ tán",
        "gap_b_type": "place",
        "gap_c_label": "Đường",
        "gap_c_type": "choice",
        "gap_c_range": "đường bộ, đường thuỷ",
    }
    officer = visit(OFFICER)

    refused = officer.sends("emergency/texts", **{**form, "text_vi": "Nước lên {a} mét."})
    saved = text_of(officer.sends("emergency/texts", **form))

    assert refused.status_code == 422
    assert "phải dùng đúng các chỗ trống đã khai" in text_of(refused)
    assert "Chờ duyệt" in saved
    assert "Duyệt lời mẫu này" not in saved
    (stored,) = store.kept.emergencies.templates.values()
    assert [(gap.least, gap.most, gap.choices) for gap in stored.template.gaps] == [
        (1, 9, ()),
        (0, 0, ()),
        (0, 0, ("đường bộ", "đường thuỷ")),
    ]
    approved = text_of(visit(APPROVER).sends(f"emergency/texts/{stored.template.id}/approve", seen="1"))
    assert "Đã duyệt lời mẫu." in approved


def test_only_administrators_give_the_right_and_name_who_is_told(
    visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    administrator = visit(ADMINISTRATOR)

    assert visit(OFFICER).opens("emergency/rights").status_code == 403
    page = administrator.reads("emergency/rights")
    assert "Đinh Thị Lan Xã Sơn Hà" in page
    given = text_of(administrator.sends("emergency/rights", person=BOTH.login))
    assert "Đã đề nghị giao quyền phát khẩn cấp" in given
    (proposal,) = store.kept.proposals
    visit(SECOND_ADMINISTRATOR).sends(f"/units/{SON_HA}/people/grants/{proposal}/agree")
    clock.advance(grants.WAIT)
    grants.carry_out_due(store, clock)
    clock.advance(timedelta(seconds=1))
    administrator = visit(ADMINISTRATOR)
    assert "Người này đã có quyền phát khẩn cấp ở đây." in text_of(
        administrator.sends("emergency/rights", person=BOTH.login)
    )
    ended = text_of(administrator.sends("emergency/rights/end", person=BOTH.login))
    assert "Đã thu hồi quyền phát khẩn cấp." in ended
    few = text_of(administrator.sends("emergency/watch", people=[BOTH.login]))
    assert "Phải có ít nhất 2 người khác được báo ngay." in few
    named = text_of(administrator.sends("emergency/watch", people=[BOTH.login, APPROVER.login]))
    assert "Đã ghi tên những người được báo ngay." in named
    assert store.kept.emergencies.watches[SON_HA].people == (PersonId(BOTH.login), PersonId(APPROVER.login))
