"""The pages of a unit: its groups, and merges and splits that are shown before they are decided."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from schedules.ids import UnitId
from server.services import succession
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.web.commune import (
    ADMINISTRATOR,
    APPROVER,
    DONG_BANG,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    NEIGHBOUR,
    OFFICER,
    SECOND_ADMINISTRATOR,
    SON_HA,
    SON_LINH,
    Account,
)
from tests.server.web.conftest import Visitor, text_of

Visit = Callable[[Account], Visitor]
PROVINCE = "/units/quang-ngai"
SON_MOI = UnitId("21300@2026-11-30")


def merging(**changes: object) -> dict[str, object]:
    return {
        "of": [SON_HA, SON_LINH],
        "into": "",
        "name": "Xã Sơn Mới",
        "code": "21300",
        "on": "30/11/2026",
        "basis": "Nghị quyết 12/NQ-HĐND ngày 20/11/2026",
        **changes,
    }


def splitting(**changes: object) -> dict[str, object]:
    return {
        "name_1": "Xã Sơn Đông",
        "code_1": "21301",
        "name_2": "Xã Sơn Đoài",
        "code_2": "21302",
        "on": "30/11/2026",
        "basis": "Nghị quyết 12/NQ-HĐND",
        "part_thon-lang-moi": "1",
        "part_thon-go-sim": "1",
        "part_thon-dong-bang": "2",
        **changes,
    }


def decides(visitor: Visitor, address: str, fields: dict[str, object]) -> str:
    shown = visitor.sends(address, **fields, step="foresee").text
    seen = re.search(r'name="seen" value="(\w+)"', shown)
    assert seen
    return text_of(visitor.sends(address, **fields, step="decide", seen=seen[1]))


def agrees(visitor: Visitor, store: FakeStore) -> str:
    """Have the second administrator follow the link of what waits, and agree."""
    (asked,) = store.kept.proposals
    address = f"{PROVINCE}/successions/{asked}"
    assert address in visitor.opens(PROVINCE).text
    seen = re.search(r'name="seen" value="(\w+)"', visitor.opens(address).text)
    assert seen
    return text_of(visitor.sends(f"{address}/agree", seen=seen[1]))


def test_a_unit_shows_its_stations_to_whoever_has_a_role_there(visit: Visit) -> None:
    page = visit(ADMINISTRATOR).reads(PROVINCE)

    assert "Tỉnh Quảng Ngãi" in page
    assert "Xã Sơn Hà" in page
    assert "Sáp nhập" in page
    assert "Thêm nhóm" not in page
    assert visit(OFFICER).opens(PROVINCE).status_code == 404
    assert visit(NEIGHBOUR).opens(f"/units/{SON_HA}").status_code == 404
    assert "Sáp nhập" not in visit(INSPECTOR).reads(f"/units/{SON_HA}")
    assert visit(ADMINISTRATOR).opens("/units/o-dau").status_code == 404


def test_a_group_is_named_changed_and_removed(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)

    made = text_of(officer.sends(f"/units/{SON_HA}/groups/new", name="Vùng lũ", zones=[LANG_MOI, GO_SIM]))
    (group,) = store.kept.groups
    form = officer.opens(f"/units/{SON_HA}/groups/{group}").text
    (seen,) = re.findall(r'name="seen" value="(\w+)"', form)
    changed = text_of(officer.sends(f"/units/{SON_HA}/groups/{group}", name="Vùng lũ", zones=[DONG_BANG], seen=seen))
    stale = officer.sends(f"/units/{SON_HA}/groups/{group}", name="Vùng lũ", zones=[LANG_MOI], seen=seen)
    removed = text_of(officer.sends(f"/units/{SON_HA}/groups/{group}/remove"))

    assert "Vùng lũ 2 nhóm cụm loa, 0 đơn vị" in made
    assert form.count(" checked") == 2
    assert "Vùng lũ 1 nhóm cụm loa" in changed
    assert stale.status_code == 409
    assert "Đã xoá nhóm địa bàn" in removed
    assert officer.opens(f"/units/{SON_HA}/groups/{group}").status_code == 404


def test_a_group_that_cannot_be_says_why_and_keeps_what_was_typed(visit: Visit, store: FakeStore) -> None:
    answer = visit(OFFICER).sends(f"/units/{SON_HA}/groups/new", name="Vùng lũ", zones=[])

    assert answer.status_code == 422
    assert "chưa có nhóm cụm loa" in text_of(answer)
    assert 'value="Vùng lũ"' in answer.text
    assert visit(INSPECTOR).sends(f"/units/{SON_HA}/groups/new", name="Vùng lũ", zones=[LANG_MOI]).status_code == 403
    assert not store.kept.groups


def test_a_group_in_use_stays_and_the_page_says_where(visit: Visit, store: FakeStore) -> None:
    officer = visit(OFFICER)
    officer.sends(f"/units/{SON_HA}/groups/new", name="Vùng lũ", zones=[LANG_MOI])
    (group,) = store.kept.groups
    officer.sends("notices/new", title="Mời họp dân", groups=[group], places=["sang-thong-bao"], first_day="24/11/2026")

    removed = text_of(officer.sends(f"/units/{SON_HA}/groups/{group}/remove"))

    assert "còn dùng trong Mời họp dân" in removed
    assert set(store.kept.groups) == {group}


def test_a_merge_is_shown_before_there_is_a_button_for_it(visit: Visit, store: FakeStore) -> None:
    administrator = visit(ADMINISTRATOR)

    empty = administrator.reads(f"{PROVINCE}/merge")
    shown = text_of(administrator.sends(f"{PROVINCE}/merge", **merging(), step="foresee"))

    assert "Đề nghị sáp nhập" not in empty
    assert "Đề nghị sáp nhập" in shown
    assert "Xã Sơn Hà kết thúc; nối tiếp là Xã Sơn Mới." in shown
    assert "đến hết ngày 29/11/2026 vẫn mang tên Xã Sơn Hà" in shown
    assert "Làng Mới → Xã Sơn Mới" in shown
    assert "được chép sang Xã Sơn Mới và chờ duyệt" in shown
    assert "Đinh Thị Lan" in shown
    assert not store.kept.successions


def test_what_was_shown_is_decided_and_the_old_log_is_read_from_the_new_one(
    visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    asked = decides(visit(ADMINISTRATOR), f"{PROVINCE}/merge", merging())
    assert "Đã gửi đề nghị" in asked
    assert not store.kept.successions
    page = agrees(visit(SECOND_ADMINISTRATOR), store)
    clock.advance(timedelta(days=8))
    succession.carry_out_due(store, clock)
    officer = visit(OFFICER)

    assert "Đã lưu quyết định" in page
    assert "Xã Sơn Hà → Xã Sơn Mới" in page
    assert "chưa đến ngày" in page
    assert "đến hết ngày 29/11/2026" in page
    assert "đã thực hiện" in visit(ADMINISTRATOR).reads(PROVINCE)
    assert "trước khi sáp nhập, chia tách: Xã Sơn Hà , Xã Sơn Linh" in officer.reads(f"/stations/{SON_MOI}/log")
    assert "Xã Sơn Hà" in officer.reads(f"/stations/{SON_HA}/log")
    assert "nay là Xã Sơn Mới" in officer.reads(f"/units/{SON_HA}")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"on": "23/11/2026"}, "Ngày 23/11/2026 đã đến"),
        ({"on": "mai"}, "Hãy nhập ngày"),
        ({"of": [SON_HA]}, "Cần ít nhất hai đơn vị"),
        ({"name": ""}, "Hãy ghi tên và mã"),
        ({"basis": ""}, "Hãy ghi số, ngày của nghị quyết"),
    ],
)
def test_a_merge_that_cannot_be_says_why(visit: Visit, store: FakeStore, changes: dict[str, object], told: str) -> None:
    answer = visit(ADMINISTRATOR).sends(f"{PROVINCE}/merge", **merging(**changes), step="decide")

    assert answer.status_code == 422
    assert told in text_of(answer)
    assert not store.kept.successions


def test_what_was_not_shown_is_not_decided(visit: Visit, store: FakeStore) -> None:
    answer = visit(ADMINISTRATOR).sends(f"{PROVINCE}/merge", **merging(), step="decide", seen="")

    assert answer.status_code == 422
    assert "Hãy xem lại rồi quyết định" in text_of(answer)
    assert not store.kept.successions


def test_a_split_gives_every_hamlet_to_a_part(visit: Visit, store: FakeStore) -> None:
    administrator = visit(ADMINISTRATOR)
    address = f"{PROVINCE}/split/{SON_HA}"

    form = administrator.reads(address)
    forgotten = administrator.sends(address, **splitting(**{"part_thon-go-sim": ""}), step="foresee")
    decides(administrator, address, splitting())
    page = agrees(visit(SECOND_ADMINISTRATOR), store)

    assert "Thôn Gò Sim" in form
    assert (forgotten.status_code, "Chưa chọn đơn vị mới cho “Thôn Gò Sim”" in text_of(forgotten)) == (422, True)
    assert "Xã Sơn Hà → Xã Sơn Đông, Xã Sơn Đoài" in page
    assert administrator.opens(f"{PROVINCE}/split/o-dau").status_code == 404


def test_only_the_administrator_above_merges(visit: Visit, store: FakeStore) -> None:
    for account in (OFFICER, APPROVER, NEIGHBOUR):
        assert visit(account).sends(f"{PROVINCE}/merge", **merging(), step="decide").status_code == 404
    assert not store.kept.successions


def test_who_asked_for_a_merge_can_only_take_it_back(visit: Visit, store: FakeStore) -> None:
    administrator = visit(ADMINISTRATOR)
    decides(administrator, f"{PROVINCE}/merge", merging())
    (asked,) = store.kept.proposals
    address = f"{PROVINCE}/successions/{asked}"

    page = administrator.reads(address)
    refused = administrator.sends(f"{address}/agree", seen="")
    back = text_of(administrator.sends(f"{address}/refuse"))

    assert "phải có người khác đồng ý" in page
    assert "Không đồng ý" not in page
    assert (refused.status_code, "Phải có người thứ hai" in text_of(refused)) == (422, True)
    assert "không có gì thay đổi" in back
    assert administrator.opens(address).status_code == 404
    assert not store.kept.successions


def test_a_merge_that_is_possible_no_more_can_only_be_turned_down(
    visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    decides(visit(ADMINISTRATOR), f"{PROVINCE}/merge", merging())
    (asked,) = store.kept.proposals
    clock.advance(timedelta(days=8))
    second = visit(SECOND_ADMINISTRATOR)

    late = second.opens(f"{PROVINCE}/successions/{asked}")
    wordless = second.sends(f"{PROVINCE}/successions/{asked}/refuse", reason="")
    page = text_of(second.sends(f"{PROVINCE}/successions/{asked}/refuse", reason="quá ngày"))

    assert late.status_code == 422
    assert "/agree" not in late.text
    assert wordless.status_code == 422
    assert "Đã khép lại đề nghị" in page
    assert visit(OFFICER).opens(f"{PROVINCE}/successions/{asked}").status_code == 404


def test_the_first_administrator_is_led_to_a_commune(visit: Visit, store: FakeStore) -> None:
    store.kept.zones.clear()
    administrator = visit(ADMINISTRATOR)

    assert f'href="{PROVINCE}"' in administrator.opens("/stations").text.split("<main", 1)[1]
    assert f'href="/units/{SON_HA}"' in administrator.opens(PROVINCE).text
    assert "Hãy liên hệ người quản trị" in visit(INSPECTOR).opens("/stations").text


def test_only_an_administrator_is_shown_the_units_below(visit: Visit) -> None:
    assert "Đơn vị bên dưới" not in visit(INSPECTOR).opens(f"/units/{SON_HA}").text
