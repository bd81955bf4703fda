"""The pages of delegations and of the audit trail."""

from collections.abc import Callable

import pytest

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
from tests.server.web.morning import approves, submits

Visit = Callable[[Account], Visitor]
FORM = {"to": INSPECTOR.login, "first_day": "23/11/2026", "last_day": "25/11/2026", "document": "12/UQ"}


def test_the_delegate_approves_and_the_programme_says_in_whose_place(visit: Visit, store: FakeStore) -> None:
    programme = submits(visit(OFFICER), store)
    given = visit(APPROVER).sends("delegations", **FORM)
    assert "Đã uỷ quyền duyệt." in text_of(given)
    assert "đang có hiệu lực" in text_of(given)

    approves(visit(INSPECTOR), programme)

    assert "Lê Thị Thu thay Phạm Văn Minh (12/UQ)" in visit(OFFICER).reads(f"programmes/{programme}")


def test_one_that_was_taken_back_approves_nothing(visit: Visit, store: FakeStore) -> None:
    submits(visit(OFFICER), store)
    approver = visit(APPROVER)
    approver.sends("delegations", **FORM)
    (made,) = store.kept.accounts.delegations

    ended = approver.sends(f"delegations/{made}/end")

    assert "đã thu hồi" in text_of(ended)


def test_a_refused_form_keeps_what_was_typed(visit: Visit) -> None:
    answer = visit(APPROVER).sends("delegations", **{**FORM, "last_day": "22/11/2026"})

    assert answer.status_code == 422
    assert "Ngày cuối phải từ hôm nay trở đi" in text_of(answer)
    assert 'value="12/UQ"' in answer.text


@pytest.mark.parametrize("account", [OFFICER, TECHNICIAN, NEIGHBOUR], ids=lambda each: each.login)
def test_nobody_else_hands_approval_on(visit: Visit, account: Account, store: FakeStore) -> None:
    visitor = visit(account)

    assert (visitor.opens("delegations").status_code == 200) is (account is OFFICER)
    assert visitor.sends("delegations", **FORM).status_code in (403, 404)
    assert not store.kept.accounts.delegations
    assert visit(INSPECTOR).sends("delegations", **FORM).status_code == 403


@pytest.mark.parametrize("account", [OFFICER, APPROVER, TECHNICIAN, NEIGHBOUR], ids=lambda each: each.login)
def test_nobody_else_reads_the_audit_trail(visit: Visit, account: Account) -> None:
    assert visit(account).opens("/units/son-ha/audit").status_code in (403, 404)


def test_the_audit_trail_says_who_did_what_and_is_filtered(visit: Visit) -> None:
    visit(ADMINISTRATOR).sends(f"/units/son-ha/people/{OFFICER.login}/sign-out")
    inspector = visit(INSPECTOR)

    page = inspector.reads("/units/son-ha/audit?about=person&by=quan-tri&day=23/11/2026")

    assert f"đăng xuất {OFFICER.name} trên mọi thiết bị" in page
    assert "Quản trị hệ thống" in page
    assert "trên mọi thiết bị" not in inspector.reads("/units/son-ha/audit?about=slot")
    assert "Hãy nhập ngày" in inspector.reads("/units/son-ha/audit?day=mai")


def test_nobody_is_chosen_before_the_approver_chooses(visit: Visit, store: FakeStore) -> None:
    approver = visit(APPROVER)

    page = approver.opens("delegations").text
    answer = approver.sends("delegations", to="", first_day="24/11/2026", last_day="25/11/2026", document="12/UQ")

    assert '<option value="">Chọn người duyệt thay</option>' in page
    assert answer.status_code == 422
    assert not store.kept.accounts.delegations
