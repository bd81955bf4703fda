"""A session template before a leader who never signs in: a link with a PIN, a signed paper, sent back with a reason."""

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from schedules.times import DAY
from server.approving_records import OutsideApproval
from server.values import ApprovalWay, StoredTemplate
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.web.commune import (
    ADMINISTRATOR,
    APPROVER,
    EVENING,
    INSPECTOR,
    MORNING,
    NEIGHBOUR,
    OFFICER,
    TECHNICIAN,
    Account,
)
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.test_approval_links import PIN, sets_pin
from tests.server.web.test_session_templates import form_of

Visit = Callable[[Account], Visitor]
NAME = "Buổi sớm"
PHOTO = b"\xff\xd8\xff\xe0 a signed paper"
LINK = f"approvals/sessions/{MORNING}/link"
OUTSIDE = f"approvals/sessions/{MORNING}/outside"
SEND_BACK = f"approvals/sessions/{MORNING}/send-back"


def morning(store: FakeStore) -> StoredTemplate:
    with store.reading() as uow:
        return next(each for each in uow.programmes.templates() if each.template.id == MORNING)


def saves(officer: Visitor, store: FakeStore, **changes: object) -> TestResponse:
    return officer.sends(f"templates/{MORNING}", act="save", **form_of(morning(store).template, **changes))


@pytest.fixture
def officer(visit: Visit, store: FakeStore) -> Visitor:
    """Whoever changed the morning, so that it waits for an approver with a PIN."""
    sets_pin(visit)
    visitor = visit(OFFICER)
    saves(visitor, store, name=NAME)
    return visitor


@pytest.fixture
def phone(app: Flask) -> Visitor:
    """A browser nobody signed in with."""
    return Visitor(app)


def link_of(officer: Visitor) -> str:
    answer = officer.sends(LINK, approver=APPROVER.login)
    found = re.search(r">http://localhost(/approve/[\w-]+)<", answer.text)
    assert found, answer.text
    return found[1]


def ways_of(store: FakeStore) -> list[ApprovalWay]:
    with store.reading() as uow:
        return [each.way for each in uow.programmes.approvals_of(MORNING)]


def test_the_list_leads_to_a_link_that_a_phone_hears_reads_and_approves_by(
    officer: Visitor, store: FakeStore, phone: Visitor
) -> None:
    offered = officer.opens("templates").text
    link = link_of(officer)

    page = phone.opens(link)
    sound = re.search(r'<audio[^>]+src="([^"]+)"', page.text)
    answer = phone.sends(f"{link}/approve", pin=PIN)

    assert LINK in offered
    assert "Nhạc hiệu" in text_of(page)
    assert f"{NAME} " in text_of(page)
    assert sound
    assert sound[1].startswith(f"{link}/sounds/")
    assert phone.opens(f"{link}/sounds/{'0' * 64}").status_code == 404
    assert f"Đã duyệt “{NAME}”" in text_of(answer)
    assert ways_of(store)[-1] is ApprovalWay.LINK
    assert LINK not in officer.opens("templates").text
    assert phone.opens(link).status_code == 410


def test_sent_back_by_the_link_the_author_reads_why_and_saves_it_again(
    officer: Visitor, store: FakeStore, visit: Visit, phone: Visitor
) -> None:
    link = link_of(officer)

    phone.sends(f"{link}/send-back", pin=PIN, reason=["Sai giờ hoặc thứ tự các mục"], words="Tiếp sóng lúc 5 giờ 45")
    told = [officer.reads("templates"), officer.reads(f"templates/{MORNING}")]
    empty = visit(APPROVER).reads("approvals")
    saves(officer, store)

    why = "Sai giờ hoặc thứ tự các mục. Tiếp sóng lúc 5 giờ 45"
    assert all(f"Người duyệt trả lại: {why}" in each for each in told)
    assert NAME not in empty
    assert NAME in visit(APPROVER).reads("approvals")
    assert "Người duyệt trả lại" not in officer.reads("templates")


def test_who_drew_it_up_meets_it_on_the_first_page_until_it_is_saved_again(
    officer: Visitor, store: FakeStore, visit: Visit
) -> None:
    visit(APPROVER).sends(SEND_BACK, version=morning(store).template.version, words="Dài quá")

    told, others = officer.reads("today"), visit(INSPECTOR).reads("today")
    saves(officer, store)

    assert f"Bị trả lại: khung chương trình “{NAME}” . Lý do: Dài quá" in told
    assert "Bị trả lại" not in others
    assert "Bị trả lại" not in officer.reads("today")


def test_the_desk_sends_it_back_and_nothing_without_a_reason(officer: Visitor, store: FakeStore, visit: Visit) -> None:
    approver, version = visit(APPROVER), morning(store).template.version

    without = approver.sends(SEND_BACK, version=version, words=" ")
    answer = approver.sends(SEND_BACK, version=version, words="Dài quá")

    assert without.status_code == 422
    assert NAME in text_of(without)
    assert f"Đã trả lại khung chương trình “{NAME}”" in text_of(answer)
    assert morning(store).note == "Dài quá"


def test_a_record_that_changed_ends_the_link_in_words(officer: Visitor, store: FakeStore, phone: Visitor) -> None:
    link = link_of(officer)
    saves(officer, store, name="Buổi sớm nhất")

    page, answer = phone.opens(link), phone.sends(f"{link}/approve", pin=PIN)

    assert (page.status_code, answer.status_code) == (410, 410)
    assert "đã được sửa, trả lại hoặc duyệt sau khi gửi đường dẫn này" in text_of(page)
    assert "Nhạc hiệu" not in text_of(page)


def test_a_wrong_pin_keeps_what_was_typed(officer: Visitor, phone: Visitor) -> None:
    answer = phone.sends(f"{link_of(officer)}/send-back", pin="000000", words="Dài quá")

    assert answer.status_code == 422
    assert "Còn 4 lần thử" in text_of(answer)
    assert "Dài quá" in answer.text


def enters(visitor: Visitor, **changes: str) -> TestResponse:
    fields = {"approver": APPROVER.login, "day": "22/11/2026", "at": "16:30", "means": "paper", "document": "15/UBND"}
    return visitor.sends(OUTSIDE, paper=(BytesIO(PHOTO), "ky.jpg"), **{**fields, **changes})


@pytest.fixture
def article(store: FakeStore) -> None:
    """Let the regulation have an article for it."""
    with store.writing() as uow:
        for each in uow.places.regulations():
            uow.places.put_regulation(replace(each, outside_approval="Điều 7"))
        uow.commit()


def the_claim(store: FakeStore) -> OutsideApproval:
    with store.reading() as uow:
        (found,) = uow.approving.outside_waiting()
    return found


@pytest.mark.usefixtures("article")
def test_approved_on_paper_it_is_marked_until_the_approver_confirms(
    officer: Visitor, store: FakeStore, visit: Visit
) -> None:
    offered = officer.opens("templates").text

    entered = text_of(enters(officer))
    marked = officer.reads("templates")
    claim = officer.opens(f"outside-approvals/{the_claim(store).id}")
    confirmed = visit(APPROVER).sends(f"outside-approvals/{the_claim(store).id}/confirm")

    assert OUTSIDE in offered
    assert "chờ lãnh đạo xác nhận" in entered
    assert "Đã duyệt ngoài hệ thống, chờ lãnh đạo xác nhận" in marked
    assert f"templates/{MORNING}" in claim.text
    assert f"Đã xác nhận việc duyệt “{NAME}”" in text_of(confirmed)
    assert "chờ lãnh đạo xác nhận" not in officer.reads("templates")
    assert ways_of(store)[-1] is ApprovalWay.OUTSIDE


@pytest.mark.usefixtures("article")
def test_denied_it_says_so_to_the_author_and_waits_for_nobody(officer: Visitor, store: FakeStore, visit: Visit) -> None:
    enters(officer)

    visit(APPROVER).sends(f"outside-approvals/{the_claim(store).id}/refuse", reason="Tôi không duyệt")

    assert "Người duyệt trả lại: Tôi không duyệt" in officer.reads("templates")
    assert NAME not in visit(APPROVER).reads("approvals")


@pytest.mark.usefixtures("article")
@pytest.mark.parametrize("changes", [{"document": ""}, {"day": "24/11/2026"}, {"approver": ""}], ids=str)
def test_what_is_not_credible_is_said_in_place(officer: Visitor, store: FakeStore, changes: dict[str, str]) -> None:
    answer = enters(officer, **changes)

    assert answer.status_code == 422
    assert "16:30" in answer.text
    assert ways_of(store) == ways_of(store)[:1]


def test_without_the_article_there_is_no_form(officer: Visitor) -> None:
    assert OUTSIDE not in officer.opens("templates").text
    assert "không cho phép duyệt ngoài hệ thống" in officer.reads(OUTSIDE)
    assert enters(officer).status_code == 422


@pytest.mark.usefixtures("article")
@pytest.mark.parametrize("account", [APPROVER, TECHNICIAN, INSPECTOR, ADMINISTRATOR], ids=str)
def test_only_who_draws_up_sessions_asks_or_enters(officer: Visitor, visit: Visit, account: Account) -> None:
    visitor = visit(account)

    assert [visitor.opens(each).status_code for each in (LINK, OUTSIDE)] == [403, 403]
    assert visitor.sends(LINK, approver=APPROVER.login).status_code == 403
    assert enters(visitor).status_code == 403


@pytest.mark.parametrize("account", [OFFICER, TECHNICIAN, INSPECTOR, ADMINISTRATOR], ids=str)
def test_only_an_approver_sends_it_back(officer: Visitor, store: FakeStore, visit: Visit, account: Account) -> None:
    answer = visit(account).sends(SEND_BACK, version=morning(store).template.version, words="Dài quá")

    assert answer.status_code == 403
    assert morning(store).note == ""


@pytest.mark.parametrize("address", [LINK, OUTSIDE, SEND_BACK])
def test_a_neighbour_does_nothing_of_the_sort(officer: Visitor, store: FakeStore, visit: Visit, address: str) -> None:
    answer = visit(NEIGHBOUR).sends(f"/stations/son-linh/{address}", approver=NEIGHBOUR.login, version=2, words="x")

    assert answer.status_code == 403
    assert (morning(store).note, morning(store).template.name) == ("", NAME)


def test_a_session_that_is_approved_has_no_link(officer: Visitor) -> None:
    answer = officer.sends(f"approvals/sessions/{EVENING}/link", approver=APPROVER.login)

    assert answer.status_code == 422
    assert "Không còn gì chờ duyệt" in text_of(answer)


def test_the_approver_reads_where_when_for_how_many_and_what_is_another(
    officer: Visitor, visit: Visit, phone: Visitor
) -> None:
    link = link_of(officer)

    desk, by_link = visit(APPROVER).reads(f"approvals/sessions/{MORNING}"), text_of(phone.opens(link))

    for page in (desk, by_link):
        assert "Tên cũ: “Buổi sáng”" in page
        assert "Giờ cũ" not in page
        assert "người trong vùng loa" in page
        assert "mọi ngày" in page
        assert "Đinh Thị Lan" in page


def test_the_approver_looks_at_another_day_of_it(officer: Visitor, visit: Visit, phone: Visitor) -> None:
    link, approver = link_of(officer), visit(APPROVER)

    pages = [
        approver.opens(f"approvals/sessions/{MORNING}?on=2026-11-25").text,
        phone.opens(f"{link}?on=2026-11-25").text,
    ]

    assert all('value="2026-11-25" selected' in each for each in pages)
    assert f'action="{link}"' in pages[1]
    assert phone.opens(f"{link}?on=<script>").status_code == 200


def test_an_expired_link_says_so_and_shows_nothing(officer: Visitor, clock: FakeClock, phone: Visitor) -> None:
    link = link_of(officer)
    clock.advance(DAY)

    page, answer = phone.opens(link), phone.sends(f"{link}/approve", pin=PIN)

    assert (page.status_code, answer.status_code) == (410, 410)
    assert "đã hết hạn" in text_of(page)
    assert "Hãy nhờ người gửi tạo đường dẫn mới" in text_of(page)
    assert "Nhạc hiệu" not in text_of(page)
