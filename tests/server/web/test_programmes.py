"""The list of programmes, one of them, its times one by one, and its end."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from schedules.ids import GroupId
from schedules.programme import State
from schedules.unit import Group, Target
from tests.fakes.store import FakeStore
from tests.server.web.commune import ADMINISTRATOR, APPROVER, INSPECTOR, LANG_MOI, NEIGHBOUR, OFFICER, SON_HA, Account
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.morning import TITLE, a_notice, approves, state_of, submits, the_programme, version_of, writes

Visit = Callable[[Account], Visitor]


def weekly(**changes: object) -> dict[str, object]:
    return a_notice(
        when="exact",
        places=[],
        exact_day="23/11/2026",
        at="05:50:00",
        repeat="weekly",
        weekdays=["1", "3"],
        until="10/12/2026",
        **changes,
    )


@pytest.mark.parametrize("text", ["cấp điện", "CAP DIEN", "điện lực", "218/TB", "xin cảm ơn bà con"])
def test_a_programme_is_found_by_any_of_its_words(visit: Visit, text: str) -> None:
    officer = visit(OFFICER)
    writes(officer)

    page = officer.reads(f"programmes?text={text}")

    assert TITLE in page
    assert "1 chương trình" in page


def test_the_list_can_be_narrowed_to_a_state_and_a_kind(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    submits(officer, store)

    assert TITLE in officer.reads("programmes?state=submitted&kind=notice")
    assert TITLE not in officer.reads("programmes?state=draft")
    assert "Không tìm thấy chương trình nào" in officer.reads("programmes?state=withdrawn&text=không có")


def test_the_list_leads_to_what_was_sent_back(visit: Visit, store: FakeStore) -> None:
    programme = submits(visit(OFFICER), store)
    before = visit(OFFICER).reads("programmes")
    version = version_of(store, programme)
    visit(APPROVER).sends(f"approvals/{programme}/send-back", version=version, words="Sai ngày")

    officer = visit(OFFICER)

    assert "bị lãnh đạo trả lại" not in before
    assert "1 bài bị lãnh đạo trả lại, chờ sửa" in officer.reads("programmes")
    assert "bị lãnh đạo trả lại" not in officer.reads("programmes?state=sent_back")
    assert "bị lãnh đạo trả lại" not in visit(NEIGHBOUR).reads("/stations/son-linh/programmes")


def test_a_search_while_typing_gets_the_list_alone(visit: Visit) -> None:
    officer = visit(OFFICER)

    assert "<html" not in officer.opens("programmes?text=vov", **{"HX-Request": "true"}).text


def test_a_programme_shows_what_it_is_and_where_it_stands(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    programme = submits(officer, store)
    approves(visit(APPROVER), programme)

    page = officer.reads(f"programmes/{programme}")

    assert "Đã duyệt" in page
    assert "Phạm Văn Minh, 04:00 23/11/2026" in page
    assert "Người soạn Đinh Thị Lan" in page
    assert "23/11/2026 – 24/11/2026 Gò Sim, Làng Mới" in page


def test_a_draft_says_what_stands_between_it_and_the_approvers(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    writes(officer, places=[])

    page = officer.reads(f"programmes/{the_programme(store)}")

    assert "Chưa có âm thanh" in page
    assert "Chưa chọn phát khi nào" in page


def test_an_approved_programme_gets_a_further_slot_and_waits_again(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    programme = submits(officer, store)
    approves(visit(APPROVER), programme)

    answer = officer.sends(f"programmes/{programme}/slots/new", **weekly())

    assert "Đã lưu lịch đặt" in text_of(answer)
    assert "Lúc 05:50 Thứ Ba, Thứ Năm hằng tuần" in text_of(answer)
    assert state_of(store, programme) is State.SUBMITTED


def test_a_slot_may_be_for_a_named_group_a_language_and_a_tag(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    writes(officer)
    with store.writing() as uow:
        zone = uow.places.zone(LANG_MOI)
        assert zone is not None
        uow.places.put_zone(replace(zone, tags=frozenset({"vùng lũ"})))
        uow.places.put_group(Group(id=GroupId("ven-song"), owner=SON_HA, name="Ven sông", zones=frozenset({LANG_MOI})))
        uow.commit()
    programme = the_programme(store)
    form = officer.opens(f"programmes/{programme}/slots/new").text

    officer.sends(
        f"programmes/{programme}/slots/new", **weekly(zones=[], groups=["ven-song"], spoken=["hre"], tags=["vùng lũ"])
    )

    assert "Ven sông" in form
    assert "Tiếng Hrê" in form
    slot = next(each.slot for each in store.kept.slots.values() if each.slot.target.groups)
    assert slot.target == Target(
        groups=frozenset({GroupId("ven-song")}), languages=frozenset({"hre"}), tags=frozenset({"vùng lũ"})
    )
    changing = officer.opens(f"programmes/{programme}/slots/{slot.id}").text
    for name, value in (("groups", "ven-song"), ("spoken", "hre"), ("tags", "vùng lũ")):
        assert re.search(f'name="{name}" value="{value}"[^>]* checked', changing)


def test_a_slot_that_clashes_names_the_other_programme(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    other = submits(officer, store, title="Mời họp dân", places=[], when="exact", exact_day="24/11/2026", at="05:50:30")
    approves(visit(APPROVER), other)
    programme = submits(officer, store)

    answer = officer.sends(f"programmes/{programme}/slots/new", **weekly())

    assert answer.status_code == 422
    assert "Trùng giờ phát với “Mời họp dân” lúc 05:50:30 ngày 24/11/2026" in text_of(answer)


def test_one_occurrence_is_left_out_and_the_others_stay(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    writes(officer, **weekly())
    programme = the_programme(store)
    with store.reading() as uow:
        (slot,) = uow.programmes.slots_of(programme)
    address = f"programmes/{programme}/slots/{slot.slot.id}"
    before = officer.reads(address)

    answer = officer.sends(f"{address}/cancel", version=1, start="2026-11-25T22:50:00+00:00")

    assert "05:50 26/11/2026" in before
    assert "Đã bỏ lượt phát ấy" in text_of(answer)
    assert "05:50 26/11/2026" not in text_of(answer)
    assert "05:50 01/12/2026" in text_of(answer)


def test_a_slot_is_changed_and_removed(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    writes(officer)
    programme = the_programme(store)
    with store.reading() as uow:
        (slot,) = uow.programmes.slots_of(programme)
    address = f"programmes/{programme}/slots/{slot.slot.id}"

    changed = officer.sends(address, **weekly(version=1))
    stale = officer.sends(f"{address}/remove", version=1)
    removed = officer.sends(f"{address}/remove", version=2)

    assert "Lúc 05:50" in text_of(changed)
    assert stale.status_code == 409
    assert "Chưa đặt lịch riêng" in text_of(removed)


def test_a_withdrawn_programme_leaves_the_air_for_good(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    programme = submits(officer, store)
    approves(visit(APPROVER), programme)

    answer = officer.sends(
        f"programmes/{programme}/withdraw", version=version_of(store, programme), reason="Dời lịch cắt điện"
    )

    assert "Ngừng phát" in text_of(answer)
    assert "Dời lịch cắt điện" in text_of(answer)
    assert TITLE not in officer.reads("today")


def test_an_inspector_reads_but_changes_nothing(visit: Visit, store: FakeStore) -> None:
    programme = submits(visit(OFFICER), store)
    inspector = visit(INSPECTOR)

    page = inspector.opens(f"programmes/{programme}").text
    answer = inspector.sends(f"programmes/{programme}/withdraw", version=version_of(store, programme))

    assert "withdraw" not in page
    assert answer.status_code == 403


def test_a_neighbour_does_not_find_it(visit: Visit, store: FakeStore) -> None:
    programme = submits(visit(OFFICER), store)
    neighbour = visit(NEIGHBOUR)

    assert neighbour.opens(f"/stations/son-linh/programmes/{programme}").status_code == 404
    assert TITLE not in neighbour.reads("/stations/son-linh/programmes")


def test_a_relay_is_a_channel_of_the_signed_list_at_an_exact_second(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    form = weekly(title="Tiếp sóng thời sự", kind="relay", channel="vov1", text="", minutes="10", seconds="30")

    answer = officer.sends("notices/new", act="submit", **form)

    page = text_of(answer)
    assert "Đã trình duyệt" in page
    assert "Tiếp sóng Thời sự VOV1" in page
    assert "10 phút 30 giây" in page


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"channel": ""}, "Hãy chọn kênh tiếp sóng"),
        ({"channel": "http://example.org/stream"}, "Kênh này không có trong danh sách đã ký"),
        ({"channel": "vov1"}, "Hãy nhập số phút tiếp sóng"),
    ],
)
def test_nobody_types_an_address_or_relays_without_end(visit: Visit, changes: dict[str, object], sentence: str) -> None:
    answer = visit(OFFICER).sends("notices/new", act="submit", **weekly(kind="relay", text="", **changes))

    assert answer.status_code == 422
    assert sentence in text_of(answer)


def test_an_administrator_allows_the_machine_voice_on_air(visit: Visit, store: FakeStore) -> None:
    administrator, officer = visit(ADMINISTRATOR), visit(OFFICER)

    refused = officer.sends("machine-voice", allowed="yes")
    allowed = administrator.sends("machine-voice", allowed="yes")
    officer.sends("notices/new", act="speak", **a_notice())
    programme = the_programme(store)
    submitted = officer.sends(f"programmes/{programme}/submit", version=version_of(store, programme))

    assert refused.status_code == 403
    assert "Cho phép phát giọng máy" not in officer.reads("programmes")
    assert "Đã cho phép phát giọng máy" in text_of(allowed)
    assert "Đã trình duyệt" in text_of(submitted)
