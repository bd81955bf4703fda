"""Faults on the pages: noted in two clicks, from a loudspeaker or an alarm; ended; listed for who may see them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.ids import LoudspeakerId, PersonId
from server.services import alarms, issuing
from server.values import Role
from tests.browser.evidence import speak_up
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.web.commune import (
    ADMINISTRATOR,
    APPROVER,
    INSPECTOR,
    LANG_MOI,
    NEIGHBOUR,
    OFFICER,
    SON_HA,
    SON_LINH,
    TECHNICIAN,
    Account,
    admit,
)
from tests.server.web.conftest import Visitor, text_of

Visit = Callable[[Account], Visitor]
HORN = "loa-1"


def the_fault(store: FakeStore) -> str:
    (fault,) = store.kept.faults
    return fault


def test_two_clicks_on_a_loudspeakers_page_note_a_fault(visit: Visit, store: FakeStore) -> None:
    technician = visit(TECHNICIAN)
    assert "Loa bị gì? Bấm là ghi ngay." in technician.reads(f"loudspeakers/{HORN}")

    page = text_of(technician.sends("faults/new", loudspeakers=HORN, kind="no_sound", note="Im từ sáng"))

    assert "Đã ghi 1 sự cố." in page
    assert "Không ra tiếng đang mở từ hôm nay Im từ sáng Trần Quốc Dũng ghi lúc 04:00 23/11/2026" in page
    assert the_fault(store)


def test_it_is_ended_with_what_was_done_and_stays_in_the_loudspeakers_history(
    visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    technician = visit(TECHNICIAN)
    technician.sends("faults/new", loudspeakers=HORN, kind="device")
    clock.advance(timedelta(days=8))
    technician = visit(TECHNICIAN)
    address = f"faults/{the_fault(store)}"
    assert "đang mở, 8 ngày" in technician.reads(address)

    page = text_of(technician.sends(f"{address}/end", outcome="repaired", done="Thay thẻ nhớ", parts="thẻ nhớ 16 GB"))

    assert "Đã ghi kết quả." in page
    assert "Thay thẻ nhớ" in page
    assert "Sau đó chưa có lượt nào phát trọn." in page
    assert "Đã sửa xong" in visit(INSPECTOR).reads(f"loudspeakers/{HORN}")
    assert "thay: thẻ nhớ 16 GB" in visit(INSPECTOR).reads("/faults?state=ended")


def test_what_sounded_whole_after_a_repair_is_told_by_itself(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    technician = visit(TECHNICIAN)
    issuing.issue_wanted(store, clock, FakeSealing())
    technician.sends("faults/new", loudspeakers=HORN, kind="no_sound")
    technician.sends(f"faults/{the_fault(store)}/end", outcome="repaired", done="Nối lại dây")
    clock.advance(timedelta(hours=3))
    speak_up(store, clock.now())

    page = technician.reads(f"faults/{the_fault(store)}")

    assert "Phát trọn lại lần đầu: " in page
    assert "05:30 23/11/2026" in page


def test_an_alarm_becomes_faults_in_two_clicks_and_says_so(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    issuing.issue_wanted(store, clock, FakeSealing())
    clock.advance(timedelta(hours=14, minutes=30))
    own = [each.id for each in store.kept.loudspeakers.values() if each.zone == LANG_MOI]
    speak_up(store, clock.now(), away=frozenset(own))
    alarms.watch(store, clock)
    (alarm,) = store.kept.readiness.alarms
    officer = visit(OFFICER)
    assert f"faults/new?alarm={alarm}" in officer.opens("alarms").text
    assert "Cảnh báo chưa ghi sự cố Nhiều khả năng mất điện ở Thôn Làng Mới" in officer.reads("/faults")
    form = officer.opens(f"faults/new?alarm={alarm}").text
    assert form.count(" checked") == 1 + len(own)

    page = text_of(officer.sends("faults/new", alarm=alarm, kind="no_power", loudspeakers=own))

    assert f"{len(own)} sự cố đang mở, lâu nhất trước" in page
    assert "Cảnh báo chưa ghi sự cố" not in page
    assert "Nhiều khả năng mất điện ở Thôn Làng Mới" in page
    assert f"đã ghi {len(own)} sự cố" in officer.reads("alarms")
    first, *others = store.kept.faults
    assert f'value="{others[0]}"' in officer.opens(f"faults/{first}").text
    officer.sends(f"faults/{first}/end", outcome="handed_over", done="Điện lực đã nhận", also=others)
    assert "Không có sự cố nào." in officer.reads("/faults")


def test_an_alarm_of_elsewhere_fills_no_form(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    issuing.issue_wanted(store, clock, FakeSealing())
    clock.advance(timedelta(hours=1))
    speak_up(store, clock.now(), away=frozenset({LoudspeakerId("loa-1")}))
    alarms.watch(store, clock)
    (alarm,) = store.kept.readiness.alarms

    form = visit(NEIGHBOUR).opens(f"/stations/{SON_LINH}/faults/new?alarm={alarm}").text

    assert "Trụ sở Sơn Linh" in form
    assert " checked" not in form


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"loudspeakers": HORN, "kind": "nonsense"}, "Hãy chọn loa bị gì."),
        ({"kind": "device"}, "Hãy chọn ít nhất một cụm loa."),
        ({"loudspeakers": HORN, "kind": "no_sound"}, "Sự cố này đã được ghi lúc 04:00 ngày 23/11/2026 và đang mở."),
    ],
)
def test_what_cannot_be_noted_is_said_and_what_was_typed_stays(
    visit: Visit, store: FakeStore, fields: dict[str, str], said: str
) -> None:
    officer = visit(OFFICER)
    officer.sends("faults/new", loudspeakers=HORN, kind="no_sound")

    answer = officer.sends("faults/new", note="Rè cả tuần", **fields)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert ">Rè cả tuần</textarea>" in answer.text
    assert the_fault(store)


def test_an_ending_that_lacks_something_is_said_and_what_was_typed_stays(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    officer.sends("faults/new", loudspeakers=HORN, kind="no_sound")
    address = f"faults/{the_fault(store)}/end"

    without_outcome = officer.sends(address, done="Nối lại dây")
    without_words = officer.sends(address, outcome="repaired", parts="dây loa")

    assert (without_outcome.status_code, without_words.status_code) == (422, 422)
    assert "Hãy chọn kết quả." in text_of(without_outcome)
    assert ">Nối lại dây</textarea>" in without_outcome.text
    assert "Hãy ghi đã làm gì" in text_of(without_words)
    assert 'value="dây loa"' in without_words.text


@pytest.mark.parametrize("account", [INSPECTOR, APPROVER], ids=lambda account: account.login)
def test_who_only_reads_notes_and_ends_nothing(visit: Visit, store: FakeStore, account: Account) -> None:
    visit(TECHNICIAN).sends("faults/new", loudspeakers=HORN, kind="no_sound")
    reader, before = visit(account), store.kept.faults

    assert "Không ra tiếng" in reader.reads("/faults")
    assert "Ghi sự cố" not in reader.reads(f"loudspeakers/{HORN}")
    assert "Ghi kết quả" not in reader.reads(f"faults/{the_fault(store)}")
    assert reader.opens("faults/new").status_code == 403
    assert reader.sends("faults/new", loudspeakers=HORN, kind="device").status_code == 403
    assert reader.sends(f"faults/{the_fault(store)}/end", outcome="repaired", done="x").status_code == 403
    assert store.kept.faults == before


def test_the_wrong_person_sees_none_of_it(visit: Visit, store: FakeStore) -> None:
    visit(TECHNICIAN).sends("faults/new", loudspeakers=HORN, kind="no_sound")
    neighbour, fault = visit(NEIGHBOUR), the_fault(store)

    assert "Không có sự cố nào." in neighbour.reads("/faults")
    assert HORN not in neighbour.opens("/faults/lines.csv").text
    assert neighbour.opens(f"/faults?unit={SON_HA}").status_code == 404
    assert neighbour.opens(f"faults/{fault}").status_code == 404
    assert neighbour.opens(f"/stations/{SON_LINH}/faults/{fault}").status_code == 404
    ended = neighbour.sends(f"/stations/{SON_LINH}/faults/{fault}/end", outcome="repaired", done="x")
    assert ended.status_code == 403
    assert store.kept.faults[fault].ending is None


def test_a_contracted_technicians_account_ends_with_its_day(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    firm = Account("hang-loa", "Công ty Âm thanh", frozenset({Role.TECHNICIAN}), SON_LINH)
    admit(store, firm, ends=clock.now() + timedelta(hours=1))
    visit(TECHNICIAN).sends("faults/new", loudspeakers=HORN, kind="no_sound")
    contracted = visit(firm)
    contracted.sends(f"/stations/{SON_LINH}/faults/new", loudspeakers="loa-5", kind="mount")

    listed = contracted.reads("/faults")
    clock.advance(timedelta(hours=2))

    assert "1 sự cố đang mở" in listed
    assert "Cột, giá treo, dây dẫn" in listed
    assert contracted.opens("/faults").status_code == 302


def test_the_list_is_taken_away_as_a_file_and_the_trail_says_so(visit: Visit, store: FakeStore) -> None:
    technician = visit(TECHNICIAN)
    technician.sends("faults/new", loudspeakers=HORN, kind="no_sound", note="=HYPERLINK(1)")

    csv = technician.opens(f"/faults/lines.csv?unit={SON_HA}")
    xlsx = technician.opens("/faults/lines.xlsx")

    head, line, *_ = csv.text.split("\r\n")
    assert head.startswith("\ufeffĐơn vị;Nhóm cụm loa;Cụm loa;Sự cố;Ghi chú;")
    assert line.startswith("Xã Sơn Hà;")
    assert ";Không ra tiếng;'=HYPERLINK(1);Trần Quốc Dũng;;23/11/2026 04:00:00;0;đang mở;" in line
    assert xlsx.data.startswith(b"PK")
    read = [(line.by, line.subject, line.unit) for line in store.kept.audit if line.action == "evidence.read"]
    assert read == [(TECHNICIAN.login, f"su-co-20261123.{kind}", SON_HA) for kind in ("csv", "xlsx")]


def test_administrators_choose_one_unit_of_many(visit: Visit) -> None:
    visit(TECHNICIAN).sends("faults/new", loudspeakers=HORN, kind="no_sound")
    administrator = visit(ADMINISTRATOR)

    assert "Không ra tiếng" in administrator.reads("/faults")
    assert "Không có sự cố nào." in administrator.reads(f"/faults?unit={SON_LINH}")


def test_a_technicians_work_begins_with_the_faults(visit: Visit, store: FakeStore) -> None:
    with store.writing() as uow:
        uow.people.put(replace(store.kept.people[PersonId(TECHNICIAN.login)], is_new=True))
        uow.commit()

    answer = visit(TECHNICIAN).opens("/")

    assert (answer.status_code, answer.location) == (302, "/faults")
    assert "Mới nhận việc?" in visit(TECHNICIAN).reads("/faults")
    assert visit(OFFICER).opens("/").location == f"/stations/{SON_HA}/today"
