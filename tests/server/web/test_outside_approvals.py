"""Approved outside the system, on the pages: a form with a photograph, a word from the approver, a list above."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from werkzeug.test import TestResponse

from schedules.ids import ProgrammeId
from schedules.programme import State
from schedules.times import DAY
from server.approving_records import OutsideApproval
from server.services import issuing
from tests.fakes.clock import FakeClock
from tests.fakes.sealing import FakeSealing
from tests.fakes.store import FakeStore
from tests.server.web.commune import (
    ADMINISTRATOR,
    APPROVER,
    INSPECTOR,
    NEIGHBOUR,
    OFFICER,
    TECHNICIAN,
    Account,
)
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.morning import TITLE, state_of, submits

Visit = Callable[[Account], Visitor]
PHOTO = b"\xff\xd8\xff\xe0 a signed paper"


@pytest.fixture
def programme(visit: Visit, store: FakeStore) -> ProgrammeId:
    with store.writing() as uow:
        for each in uow.places.regulations():
            uow.places.put_regulation(replace(each, outside_approval="Điều 7"))
        uow.commit()
    return submits(visit(OFFICER), store)


def enters(visitor: Visitor, programme: ProgrammeId, photo: bytes = PHOTO, **changes: str) -> TestResponse:
    fields = {
        "approver": APPROVER.login,
        "day": "22/11/2026",
        "at": "16:30",
        "means": "paper",
        "document": "15/UBND",
        **changes,
    }
    return visitor.sends(f"approvals/{programme}/outside", paper=(BytesIO(photo), "../../ký.jpg"), **fields)


def the_claim(store: FakeStore) -> OutsideApproval:
    with store.reading() as uow:
        (found,) = uow.approving.outside_waiting()
    return found


def test_it_is_entered_marked_and_confirmed(visit: Visit, store: FakeStore, programme: ProgrammeId) -> None:
    officer, approver = visit(OFFICER), visit(APPROVER)
    offered = officer.reads(f"programmes/{programme}")

    answer = text_of(enters(officer, programme))
    marked = officer.reads(f"programmes/{programme}")
    digests = [officer.reads("digests"), visit(ADMINISTRATOR).reads("/units/quang-ngai/readiness")]
    asked = approver.reads("approvals")
    counted = approver.reads("log")
    page = approver.reads(f"outside-approvals/{the_claim(store).id}")
    confirmed = text_of(approver.sends(f"outside-approvals/{the_claim(store).id}/confirm"))

    assert "Ghi duyệt ngoài hệ thống" in offered
    assert "chờ lãnh đạo xác nhận" in answer
    assert "15/UBND" in answer
    assert all("Chờ lãnh đạo xác nhận: 1 chương trình duyệt ngoài hệ thống" in each for each in digests)
    assert "Đã duyệt ngoài hệ thống, chờ lãnh đạo xác nhận" in marked
    assert "1 nội dung ghi là lãnh đạo đã duyệt ngoài hệ thống" in asked
    assert "Duyệt 1 đang chờ" in counted
    assert "Đúng, tôi đã duyệt" in page
    assert f"Đã xác nhận việc duyệt “{TITLE}”" in confirmed
    assert "chờ lãnh đạo xác nhận" not in officer.reads(f"programmes/{programme}")
    assert "Chờ lãnh đạo xác nhận" not in officer.reads("digests")
    assert state_of(store, programme) is State.APPROVED


def test_the_day_and_the_log_mark_it_until_it_is_confirmed(
    visit: Visit, store: FakeStore, clock: FakeClock, programme: ProgrammeId
) -> None:
    officer = visit(OFFICER)
    enters(officer, programme)
    issuing.issue_wanted(store, clock, FakeSealing())
    today = officer.reads("today")
    clock.advance(timedelta(hours=3))
    heard = officer.reads("log")

    visit(APPROVER).sends(f"outside-approvals/{the_claim(store).id}/confirm")

    assert "chờ lãnh đạo xác nhận" in today
    assert "chờ lãnh đạo xác nhận" in heard
    assert "chờ lãnh đạo xác nhận" not in officer.reads("log")
    assert "chờ lãnh đạo xác nhận" not in officer.reads("today")


def test_a_no_stops_it(visit: Visit, store: FakeStore, programme: ProgrammeId) -> None:
    enters(visit(OFFICER), programme)
    approver = visit(APPROVER)

    without = approver.sends(f"outside-approvals/{the_claim(store).id}/refuse", reason=" ")
    answer = approver.sends(f"outside-approvals/{the_claim(store).id}/refuse", reason="Tôi không duyệt bài này")

    assert without.status_code == 422
    assert "Hãy ghi vì sao không xác nhận" in text_of(without)
    assert "Nội dung này bị ngừng phát" in text_of(answer)
    assert state_of(store, programme) is State.WITHDRAWN


def test_the_paper_is_only_ever_saved(visit: Visit, store: FakeStore, programme: ProgrammeId) -> None:
    enters(visit(OFFICER), programme)

    answer = visit(INSPECTOR).opens(f"outside-approvals/{the_claim(store).id}/paper")

    assert answer.data == PHOTO
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="van-ban-')
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("photo", "changes", "says"),
    [
        (b"<html><script>alert(1)</script>", {}, "không phải ảnh JPEG hoặc PNG"),
        (b"", {}, "phải kèm ảnh chụp"),
        (PHOTO, {"document": ""}, "phải ghi số văn bản"),
        (PHOTO, {"day": "24/11/2026"}, "Thời điểm duyệt chưa tới"),
        (PHOTO, {"day": "hôm qua"}, "ngày"),
        (PHOTO, {"approver": ""}, "Hãy chọn lãnh đạo đã duyệt"),
    ],
)
def test_what_cannot_be_taken_is_said_beside_the_form_and_nothing_is_lost(
    visit: Visit, store: FakeStore, programme: ProgrammeId, photo: bytes, changes: dict[str, str], says: str
) -> None:
    answer = enters(visit(OFFICER), programme, photo, **{"document": "15/UBND", **changes})

    assert answer.status_code == 422
    assert says in text_of(answer)
    assert "16:30" in answer.text
    assert state_of(store, programme) is State.SUBMITTED


def test_without_the_article_there_is_no_form(visit: Visit, store: FakeStore) -> None:
    programme = submits(visit(OFFICER), store)
    officer = visit(OFFICER)

    assert "Ghi duyệt ngoài hệ thống" not in officer.reads(f"programmes/{programme}")
    assert "không cho phép duyệt ngoài hệ thống" in officer.reads(f"approvals/{programme}/outside")
    assert enters(officer, programme).status_code == 422
    assert state_of(store, programme) is State.SUBMITTED


@pytest.mark.parametrize("account", [APPROVER, TECHNICIAN, INSPECTOR, ADMINISTRATOR], ids=str)
def test_only_who_may_submit_enters_it(
    visit: Visit, store: FakeStore, programme: ProgrammeId, account: Account
) -> None:
    visitor = visit(account)

    assert visitor.opens(f"approvals/{programme}/outside").status_code == 403
    assert enters(visitor, programme).status_code == 403
    assert state_of(store, programme) is State.SUBMITTED


@pytest.mark.parametrize("account", [OFFICER, TECHNICIAN, INSPECTOR, ADMINISTRATOR], ids=str)
def test_only_the_named_approver_answers(
    visit: Visit, store: FakeStore, programme: ProgrammeId, account: Account
) -> None:
    enters(visit(OFFICER), programme)
    made, visitor = the_claim(store), visit(account)

    assert "Đúng, tôi đã duyệt" not in visitor.reads(f"outside-approvals/{made.id}")
    assert visitor.sends(f"outside-approvals/{made.id}/confirm").status_code == 403
    assert visitor.sends(f"outside-approvals/{made.id}/refuse", reason="x").status_code == 403
    assert the_claim(store) == made


def test_a_neighbour_sees_none_of_it(visit: Visit, store: FakeStore, programme: ProgrammeId) -> None:
    enters(visit(OFFICER), programme)
    made, neighbour = the_claim(store), visit(NEIGHBOUR)

    for address in (f"outside-approvals/{made.id}", f"outside-approvals/{made.id}/paper"):
        assert neighbour.opens(f"/stations/son-linh/{address}").status_code == 403
    assert TITLE not in neighbour.reads("/stations/son-linh/outside-approvals")
    assert neighbour.opens("/units/quang-ngai/outside-approvals").status_code == 403


def test_after_a_day_the_province_reads_and_counts_it(
    visit: Visit, store: FakeStore, clock: FakeClock, programme: ProgrammeId
) -> None:
    enters(visit(OFFICER), programme)
    before = visit(ADMINISTRATOR).reads("/units/quang-ngai/outside-approvals")
    clock.advance(DAY)

    after = visit(ADMINISTRATOR).reads("/units/quang-ngai/outside-approvals")

    assert "Quá 24 giờ chưa được lãnh đạo xác nhận: 0." in before
    assert "Quá 24 giờ chưa được lãnh đạo xác nhận: 1." in after
    assert "quá 24 giờ chưa xác nhận" in after
    assert TITLE in after
    assert "Phạm Văn Minh duyệt 16:30 22/11/2026" in after
