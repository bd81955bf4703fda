"""A leader who is not signed in: a link, a record to hear and to read, a PIN."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from schedules.ids import PersonId, ProgrammeId
from schedules.programme import State
from server.values import ApprovalWay
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.web.commune import (
    ADMINISTRATOR,
    APPROVER,
    INSPECTOR,
    NEIGHBOUR,
    OFFICER,
    PASSWORD,
    TECHNICIAN,
    Account,
)
from tests.server.web.conftest import Visitor, text_of
from tests.server.web.morning import TEXT, TITLE, a_notice, state_of, submits, version_of

Visit = Callable[[Account], Visitor]
PIN = "482915"


def sets_pin(visit: Visit) -> None:
    answer = visit(APPROVER).sends("/approver-pin", password=PASSWORD, pin=PIN, again=PIN)
    assert "Đã đặt mã PIN" in text_of(answer)


def link_for(officer: Visitor, programme: ProgrammeId) -> str:
    answer = officer.sends(f"approvals/{programme}/link", approver=APPROVER.login)
    found = re.search(r">http://localhost(/approve/[\w-]+)<", answer.text)
    assert found, answer.text
    return found[1]


@pytest.fixture
def phone(app: Flask) -> Visitor:
    """A browser nobody signed in with."""
    return Visitor(app)


@pytest.fixture
def programme(visit: Visit, store: FakeStore) -> ProgrammeId:
    sets_pin(visit)
    return submits(visit(OFFICER), store)


def test_a_link_is_shown_once_with_a_code_to_scan(visit: Visit, programme: ProgrammeId) -> None:
    officer = visit(OFFICER)

    answer = officer.sends(f"approvals/{programme}/link", approver=APPROVER.login)

    assert "Gửi cho Phạm Văn Minh. Dùng được một lần" in text_of(answer)
    assert "<svg" in answer.text
    assert "/approve/" not in officer.opens(f"approvals/{programme}/link").text
    assert "Phạm Văn Minh" in officer.reads(f"approvals/{programme}/link")


def test_without_signing_in_the_record_is_heard_read_and_approved(
    visit: Visit, store: FakeStore, programme: ProgrammeId, phone: Visitor
) -> None:
    link = link_for(visit(OFFICER), programme)

    page = phone.opens(link)
    sound = re.search(r'<audio[^>]+src="([^"]+)"', page.text)
    answer = phone.sends(f"{link}/approve", pin=PIN)

    assert TITLE in text_of(page)
    assert TEXT in text_of(page)
    assert "381 hộ, 1.563 người trong vùng loa" in text_of(page)
    assert sound
    assert sound[1].startswith(f"{link}/sounds/")
    assert f"Đã duyệt “{TITLE}”" in text_of(answer)
    assert state_of(store, programme) is State.APPROVED
    with store.reading() as uow:
        (slot,) = uow.programmes.slots_of(programme)
        (kept,) = uow.programmes.approvals_of(slot.slot.id)
    assert (kept.way, kept.approval.approved_by) == (ApprovalWay.LINK, APPROVER.login)


def test_it_goes_back_with_reasons_that_were_ticked_and_typed(
    visit: Visit, store: FakeStore, programme: ProgrammeId, phone: Visitor
) -> None:
    link = link_for(visit(OFFICER), programme)

    phone.sends(f"{link}/send-back", pin=PIN, reason=["Bản thu nghe không rõ"], words="Thu lại đoạn cuối")

    with store.reading() as uow:
        stored = uow.programmes.get(programme)
    assert stored
    assert (stored.programme.state, stored.note) == (State.SENT_BACK, "Bản thu nghe không rõ. Thu lại đoạn cuối")


def test_a_wrong_pin_keeps_what_was_typed_and_says_how_many_are_left(
    visit: Visit, store: FakeStore, programme: ProgrammeId, phone: Visitor
) -> None:
    link = link_for(visit(OFFICER), programme)

    answer = phone.sends(f"{link}/send-back", pin="000000", words="Thu lại đoạn cuối")

    assert answer.status_code == 422
    assert text_of(answer).count("Còn 4 lần thử") == 1
    assert re.search(r'id="no-pin"[^>]* aria-invalid="true" autofocus', answer.text)
    assert "Thu lại đoạn cuối" in answer.text
    assert state_of(store, programme) is State.SUBMITTED


@pytest.mark.parametrize("answered", ["approve", "send-back"])
def test_a_phone_that_opens_its_last_answer_again_comes_to_the_link(
    visit: Visit, programme: ProgrammeId, phone: Visitor, answered: str
) -> None:
    link = link_for(visit(OFFICER), programme)
    phone.sends(f"{link}/approve", pin=PIN)

    again = phone.opens(f"{link}/{answered}")

    assert again.status_code == 302
    assert "đã dùng" in text_of(phone.opens(again.headers["Location"]))


def test_the_link_says_why_it_no_longer_serves(
    visit: Visit, store: FakeStore, clock: FakeClock, programme: ProgrammeId, phone: Visitor
) -> None:
    officer = visit(OFFICER)
    link = link_for(officer, programme)
    form = a_notice(version=version_of(store, programme), title="Tên khác")
    officer.sends(f"notices/{programme}", act="submit", **form)

    page, answer = phone.opens(link), phone.sends(f"{link}/approve", pin=PIN)

    assert (page.status_code, answer.status_code) == (410, 410)
    assert "đã được sửa, trả lại hoặc duyệt sau khi gửi đường dẫn này" in text_of(page)
    assert TEXT not in text_of(page)
    assert state_of(store, programme) is State.SUBMITTED


def test_a_link_gives_its_own_sounds_and_no_other_page(
    visit: Visit, store: FakeStore, programme: ProgrammeId, phone: Visitor
) -> None:
    link = link_for(visit(OFFICER), programme)
    phone.opens(link)
    with store.reading() as uow:
        takes = [each.recording.sha256 for each in uow.programmes.takes(programme) if each.recording]

    assert phone.opens(f"{link}/sounds/{'0' * 64}").status_code == 404
    assert phone.opens(f"/approve/made-up/sounds/{takes[0]}").status_code == 404
    for address in ("approvals", f"approvals/{programme}", f"programmes/{programme}", "/"):
        assert phone.opens(address).headers["Location"].startswith("/sign-in")


def test_a_made_up_link_is_unknown_and_cannot_be_guessed_without_end(phone: Visitor) -> None:
    answers = [phone.sends("/approve/made-up/approve", pin=PIN).status_code for _ in range(12)]

    assert answers[0] == 404
    assert answers[-1] == 429


def test_nothing_is_done_without_the_pages_token(visit: Visit, store: FakeStore, programme: ProgrammeId) -> None:
    link = link_for(visit(OFFICER), programme)

    answer = visit(OFFICER).sends_without_token(f"{link}/approve", pin=PIN)

    assert answer.status_code == 400
    assert state_of(store, programme) is State.SUBMITTED


@pytest.mark.parametrize("account", [APPROVER, TECHNICIAN, INSPECTOR, ADMINISTRATOR], ids=str)
def test_only_who_may_submit_asks_for_a_link(visit: Visit, programme: ProgrammeId, account: Account) -> None:
    visitor = visit(account)

    assert visitor.opens(f"approvals/{programme}/link").status_code == 403
    assert visitor.sends(f"approvals/{programme}/link", approver=APPROVER.login).status_code == 403


def test_a_neighbour_asks_for_nothing_of_this_station(visit: Visit, programme: ProgrammeId) -> None:
    answer = visit(NEIGHBOUR).sends(f"/stations/son-linh/approvals/{programme}/link", approver=NEIGHBOUR.login)

    assert answer.status_code == 403


def test_who_approves_nothing_sets_no_pin(visit: Visit, store: FakeStore) -> None:
    answer = visit(OFFICER).sends("/approver-pin", password=PASSWORD, pin=PIN, again=PIN)

    assert answer.status_code == 422
    assert "Chỉ người có quyền duyệt" in text_of(visit(OFFICER).opens("/approver-pin"))
    with store.reading() as uow:
        assert uow.approving.pin(PersonId(OFFICER.login)) is None


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"password": "sai"}, "Mật khẩu"),
        ({"again": "482916"}, "không giống"),
        ({"pin": "123456", "again": "123456"}, "quá dễ đoán"),
    ],
)
def test_a_pin_that_cannot_be_taken_says_why(visit: Visit, fields: dict[str, str], says: str) -> None:
    answer = visit(APPROVER).sends("/approver-pin", **{"password": PASSWORD, "pin": PIN, "again": PIN, **fields})

    assert answer.status_code == 422
    assert says in text_of(answer)


def test_who_has_a_pin_comes_first_and_nobody_having_one_is_said(visit: Visit, store: FakeStore) -> None:
    programme = submits(visit(OFFICER), store)
    officer = visit(OFFICER)

    before = officer.reads(f"approvals/{programme}/link")
    sets_pin(visit)
    after = officer.reads(f"approvals/{programme}/link")

    assert "Chưa lãnh đạo nào đặt mã PIN" in before
    assert "Chưa lãnh đạo nào đặt mã PIN" not in after
    assert before.index("Nguyễn Thị Hoa") < before.index("Phạm Văn Minh")
    assert after.index("Phạm Văn Minh") < after.index("Nguyễn Thị Hoa")
