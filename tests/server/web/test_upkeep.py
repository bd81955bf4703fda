"""The technician's pages: loudspeakers are added, described, moved, replaced, retired and locked for repair."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from schedules.ids import LoudspeakerId, PersonId, UnitId, ZoneId
from schedules.wire.messages import KeyRole, TrustedKey, TrustList
from schedules.wire.seal import SigningKey, sealed
from server.services import issuing
from server.values import Loudspeaker, LoudspeakerKind
from tests.browser.evidence import speak_up
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.web.commune import (
    ADMINISTRATOR,
    DONG_BANG,
    GO_SIM,
    INSPECTOR,
    LANG_MOI,
    NEIGHBOUR,
    OFFICER,
    TECHNICIAN,
    Account,
)
from tests.server.web.conftest import Visitor, text_of

Visit = Callable[[Account], Visitor]
MARKET = LoudspeakerId("loa-2")
NEW = {"name": "Ngã tư trạm xá", "zone": GO_SIM, "kind": "loudspeaker", "horns": "4", "clusters": "1", "volume": "80"}


def stored(store: FakeStore, which: LoudspeakerId = MARKET) -> Loudspeaker:
    return store.kept.loudspeakers[which]


def seen(visitor: Visitor, address: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]+)"', visitor.opens(address).text)
    assert found
    return found[1]


def test_a_technician_adds_a_loudspeaker_that_then_waits_for_its_device(visit: Visit, store: FakeStore) -> None:
    technician = visit(TECHNICIAN)
    assert "Thêm cụm loa" in technician.reads("loudspeakers")

    page = text_of(technician.sends("loudspeakers/new", **NEW))

    (made,) = (each for each in store.kept.loudspeakers.values() if each.name == "Ngã tư trạm xá")
    assert (made.zone, made.horns, made.volume, made.public_key) == (GO_SIM, 4, 80, "")
    assert "Đã thêm cụm loa. Bước tiếp theo: khai báo thiết bị" in page
    assert "Chưa khai báo thiết bị." in page


def test_a_gateway_is_added_with_the_clusters_behind_it(visit: Visit, store: FakeStore) -> None:
    visit(TECHNICIAN).sends("loudspeakers/new", **{**NEW, "kind": "gateway", "clusters": "7"})

    (made,) = (each for each in store.kept.loudspeakers.values() if each.name == "Ngã tư trạm xá")
    assert (made.kind, made.clusters) == (LoudspeakerKind.GATEWAY, 7)


def test_a_form_that_cannot_be_taken_keeps_what_was_typed(visit: Visit, store: FakeStore) -> None:
    answer = visit(TECHNICIAN).sends("loudspeakers/new", **{**NEW, "name": "trường học gò sim", "volume": "x"})
    assert answer.status_code == 422
    assert "Hãy nhập một số." in text_of(answer)
    assert 'value="trường học gò sim"' in answer.text

    answer = visit(TECHNICIAN).sends("loudspeakers/new", **{**NEW, "name": "trường học gò sim"})
    assert answer.status_code == 422
    assert "Nhóm này đã có cụm loa tên “trường học gò sim”" in text_of(answer)
    assert len(store.kept.loudspeakers) == 5


def test_the_page_says_how_loud_it_may_be_at_most(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    root = SigningKey("root", b"\1" * 32)
    held = TrustedKey(key="root", public=root.public, role=KeyRole.ROOT)
    ceiling = TrustList(audience="all", epoch=1, number=1, issued=clock.now(), keys=(held,), volume_ceiling=85)
    with store.writing() as uow:
        uow.issue.add_trust_list(1, sealed(ceiling, root))
        uow.commit()

    assert "Mức trần chung: 85 phần trăm." in visit(TECHNICIAN).reads("loudspeakers/new")


def test_a_loudspeaker_is_described_anew(visit: Visit, store: FakeStore) -> None:
    technician = visit(TECHNICIAN)
    address = "loudspeakers/loa-2/describe"
    assert 'value="Ngã ba chợ"' in technician.opens(address).text

    technician.sends(address, **{**NEW, "name": "Chợ mới", "seen": seen(technician, address)})

    assert (stored(store).name, stored(store).volume, stored(store).zone) == ("Chợ mới", 80, LANG_MOI)
    assert technician.sends(address, **{**NEW, "seen": "long ago"}).status_code == 409


def test_a_budget_of_a_day_is_said_in_megabytes_and_may_be_left_out(visit: Visit, store: FakeStore) -> None:
    technician = visit(TECHNICIAN)
    address = "loudspeakers/loa-2/describe"

    technician.sends(address, **{**NEW, "daily_mb": "200", "seen": seen(technician, address)})
    assert stored(store).daily_bytes == 200_000_000
    assert 'value="200"' in technician.opens(address).text

    refused = technician.sends(address, **{**NEW, "daily_mb": "0", "seen": seen(technician, address)})
    assert refused.status_code == 422
    assert "Dung lượng mỗi ngày từ 1 đến 100000 MB" in text_of(refused)

    technician.sends(address, **{**NEW, "daily_mb": "", "seen": seen(technician, address)})
    assert stored(store).daily_bytes is None


def test_a_move_is_told_first_and_then_done(visit: Visit, store: FakeStore) -> None:
    technician = visit(TECHNICIAN)
    address = "loudspeakers/loa-2/move"

    told = text_of(technician.sends(address, zone=GO_SIM, step="foresee"))
    assert "thôi phát chương trình của nhóm “Làng Mới” và phát chương trình của nhóm “Gò Sim”" in told
    assert "Nhóm mới nghe tiếng Hrê, Việt." in told
    assert stored(store).zone == LANG_MOI

    done = technician.sends(address, zone=GO_SIM, step="decide", seen=seen(technician, address))
    assert "Nhóm trước Làng Mới, đến 04:00 23/11/2026" in text_of(done)
    assert stored(store).zone == GO_SIM


def test_a_move_to_another_station_leads_there(visit: Visit, store: FakeStore) -> None:
    administrator = visit(ADMINISTRATOR)
    address = "loudspeakers/loa-2/move"

    told = text_of(administrator.sends(address, zone="son-linh", step="foresee"))
    assert "Nhóm mới thuộc đài khác: Xã Sơn Linh." in told

    done = administrator.sends(address, zone="son-linh", step="decide", seen=seen(administrator, address))
    assert done.request.path == "/stations/son-linh/loudspeakers/loa-2"
    assert stored(store).zone == "son-linh"


def test_a_move_to_nowhere_is_refused_on_the_page(visit: Visit, store: FakeStore) -> None:
    technician = visit(TECHNICIAN)
    address = "loudspeakers/loa-2/move"

    answer = technician.sends(address, zone="nowhere", step="decide", seen=seen(technician, address))

    assert (answer.status_code, stored(store).zone) == (422, LANG_MOI)
    assert "Hãy chọn một nhóm cụm loa của đài." in text_of(answer)


def test_a_retired_loudspeaker_is_listed_apart_and_can_be_read(visit: Visit, store: FakeStore) -> None:
    technician = visit(TECHNICIAN)
    address = "loudspeakers/loa-2/retire"
    assert "Không làm lại được" in technician.reads(address)
    mark = seen(technician, address)
    assert technician.sends(address, reason=" ", seen=mark).status_code == 422
    assert stored(store).retired_at is None

    page = text_of(technician.sends(address, reason="dời cột", seen=mark))

    assert stored(store).retired_at is not None
    assert "Đã ngừng sử dụng Hồ sơ" in page
    assert "Người thực hiện Trần Quốc Dũng Lý do dời cột" in page
    board = visit(INSPECTOR).reads("loudspeakers")
    assert "Đã ngừng sử dụng (1) Ngã ba chợ Làng Mới · ngừng từ 04:00 23/11/2026" in board
    assert technician.opens(address).status_code == 404


def test_a_replaced_device_leaves_its_loudspeaker_waiting(visit: Visit, store: FakeStore) -> None:
    technician = visit(TECHNICIAN)
    address = "loudspeakers/loa-2/replace"

    page = text_of(technician.sends(address, reason="sét đánh", seen=seen(technician, address)))

    assert (stored(store).public_key, stored(store).retired_at) == ("", None)
    assert "Chưa khai báo thiết bị." in page
    assert "Thay thế thiết bị" not in page


@pytest.mark.parametrize("page", ["new", "loa-2/describe", "loa-2/move", "loa-2/replace", "loa-2/retire"])
def test_these_pages_are_the_technicians(visit: Visit, store: FakeStore, page: str) -> None:
    fields = {**NEW, "reason": "dời cột", "step": "decide", "seen": seen(visit(TECHNICIAN), "loudspeakers/loa-2/move")}
    for account in (OFFICER, INSPECTOR):
        assert visit(account).sends(f"loudspeakers/{page}", **fields).status_code == 403
    assert visit(NEIGHBOUR).sends(f"loudspeakers/{page}", **fields).status_code == 404

    assert len(store.kept.loudspeakers) == 5
    assert store.kept.audit == tuple(line for line in store.kept.audit if not line.action.startswith("loudspeaker"))


def test_what_belongs_to_another_station_is_not_found(visit: Visit) -> None:
    assert visit(TECHNICIAN).opens("loudspeakers/loa-5/describe").status_code == 403
    assert visit(ADMINISTRATOR).opens("loudspeakers/loa-5/describe").status_code == 404


def test_a_lock_is_loud_on_the_board_and_on_the_first_page_until_it_is_over(
    visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    officer = visit(OFFICER)

    page = text_of(officer.sends("loudspeakers/loa-4/lock", minutes="60", reason="thay loa"))

    line = "KHOÁ PHÁT đến 05:00 – thay loa – Đinh Thị Lan"
    assert line in page
    assert "chưa chắc đã nhận lệnh khoá. Hãy cắt nguồn trước khi trèo lên." in page
    board = officer.reads("loudspeakers/live")
    assert "1 đang khoá phát" in board
    assert board.index("Bộ phát FM Đồng Bằng") < board.index("Trường học Gò Sim")
    assert f"còn 60 phút {line}" in board
    for address in ("today", "loudspeakers", "loudspeakers/locks"):
        assert f"Bộ phát FM Đồng Bằng: {line} · còn 60 phút" in officer.reads(address)

    clock.advance(timedelta(hours=1))
    assert "KHOÁ PHÁT" not in officer.reads("loudspeakers")
    assert "KHOÁ PHÁT" not in officer.reads("today")


def test_a_connected_one_under_a_lock_is_told_to_obey_at_once(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    issuing.issue_wanted(store, clock, FakeSealing())
    speak_up(store, clock.now(), away=frozenset(), ill={})

    page = text_of(visit(TECHNICIAN).sends("loudspeakers/loa-2/lock", minutes="60", reason="thay loa"))

    assert "Cụm loa đang kết nối nên nhận lệnh ngay" in page


def test_the_officer_is_warned_half_an_hour_before_a_lock_silences_a_session(
    visit: Visit, store: FakeStore, clock: FakeClock
) -> None:
    issuing.issue_wanted(store, clock, FakeSealing())
    officer = visit(OFFICER)
    officer.sends("loudspeakers/loa-2/lock", minutes="120", reason="thay loa")
    assert "Sắp đến giờ phát" not in officer.reads("today")

    clock.advance(timedelta(hours=1, minutes=5))

    warned = "Sắp đến giờ phát: “Nhạc hiệu, lời xướng” lúc 05:30 sẽ không phát ở cụm loa này nếu chưa mở khoá."
    assert warned in officer.reads("today")
    assert warned in officer.reads("loudspeakers/locks")


def test_a_lock_is_taken_off_early(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    technician = visit(TECHNICIAN)
    technician.sends("loudspeakers/loa-2/lock", minutes="60", reason="thay loa")

    page = text_of(technician.sends("loudspeakers/loa-2/unlock"))

    assert "Đã mở khoá. Loa phát tiếp theo lịch." in page
    assert stored(store).locked(clock.now()) is None


def test_a_lock_without_a_reason_or_an_end_is_refused_in_words(visit: Visit, store: FakeStore) -> None:
    technician = visit(TECHNICIAN)

    assert "Hãy ghi lý do" in text_of(technician.sends("loudspeakers/loa-2/lock", minutes="60", reason=""))
    assert "Khoá phát từ 5 đến 480 phút." in text_of(technician.sends("loudspeakers/loa-2/lock", reason="thay loa"))
    assert stored(store).lock is None


def test_who_may_not_lock_sees_no_form_and_is_refused(visit: Visit, store: FakeStore) -> None:
    inspector = visit(INSPECTOR)

    assert "Khoá phát" not in inspector.reads("loudspeakers/loa-2")
    assert inspector.sends("loudspeakers/loa-2/lock", minutes="60", reason="x").status_code == 403
    assert "Chuyển nhóm" not in visit(OFFICER).reads("loudspeakers/loa-2")


def test_a_zone_is_made_and_described_on_the_page_of_its_unit(visit: Visit, store: FakeStore) -> None:
    technician = visit(TECHNICIAN)
    assert "Lập nhóm cụm loa" in technician.reads("/units/son-ha")

    technician.sends(
        "/units/son-ha/zones/new",
        name="Làng Đèn",
        unit="thon-go-sim",
        first="hre",
        others=["vi"],
        households="88",
        residents="",
    )
    (made,) = (each for each in store.kept.zones.values() if each.name == "Làng Đèn")
    assert (made.unit, made.languages, made.households, made.residents) == ("thon-go-sim", ("hre", "vi"), 88, 0)

    address = f"/units/son-ha/zones/{made.id}"
    fields = {"name": "Làng Đèn", "first": "vi", "households": "90", "seen": seen(technician, address)}
    page = text_of(technician.sends(address, **fields))
    assert "Đã lưu nhóm cụm loa “Làng Đèn”." in page
    assert store.kept.zones[made.id].languages == ("vi",)
    assert store.kept.zones[made.id].households == 90


def test_the_first_technician_of_a_commune_without_a_station_is_led_to_its_first_zone(
    visit: Visit, store: FakeStore
) -> None:
    with store.writing() as uow:
        commune = uow.places.units().by_id[UnitId("son-linh")]
        uow.places.put_units([replace(commune, id=UnitId("son-moi"), code="son-moi", name="Xã Sơn Mới")])
        uow.people.put(replace(store.kept.people[PersonId(TECHNICIAN.login)], unit=UnitId("son-moi")))
        uow.commit()
    technician = visit(TECHNICIAN)

    assert "/units/son-moi/zones/new" in technician.opens("/stations").text
    technician.sends("/units/son-moi/zones/new", name="Cả xã", unit="son-moi", first="vi")

    assert technician.opens("/stations/son-moi/loudspeakers").status_code == 200
    assert "Lập nhóm cụm loa đầu tiên" not in visit(INSPECTOR).reads("/stations")


def test_a_zone_that_cannot_be_or_is_not_there_is_refused(visit: Visit, store: FakeStore) -> None:
    technician = visit(TECHNICIAN)

    answer = technician.sends("/units/son-ha/zones/new", name="Gò Sim", unit="son-ha", first="vi")
    assert answer.status_code == 422
    assert "Đài đã có nhóm tên “Gò Sim”" in text_of(answer)
    assert technician.opens("/units/son-ha/zones/son-linh").status_code == 404
    assert technician.opens("/units/nowhere/zones/new").status_code == 404
    assert visit(NEIGHBOUR).opens(f"/units/son-ha/zones/{DONG_BANG}").status_code == 403
    assert visit(INSPECTOR).opens("/units/son-ha/zones/new").status_code == 403
    assert ZoneId("son-linh") in store.kept.zones


def test_who_would_move_a_loudspeaker_without_another_group_is_told_to_make_one(visit: Visit, store: FakeStore) -> None:
    technician = visit(TECHNICIAN)
    here = next(each.id for each in store.kept.loudspeakers.values() if each.zone == LANG_MOI)
    assert "Chưa có nhóm nào khác" not in technician.reads(f"loudspeakers/{here}/move")

    for zone in [each for each in store.kept.zones if each != LANG_MOI]:
        del store.kept.zones[zone]

    assert "Chưa có nhóm nào khác" in technician.reads(f"loudspeakers/{here}/move")
