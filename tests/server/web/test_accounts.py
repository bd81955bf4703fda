"""The pages of accounts: found, opened, changed, closed, with two administrators for weighty rights."""

import re
from collections.abc import Callable

import pytest

from schedules.ids import PersonId
from server.services import grants, people
from server.values import Role
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.web.commune import (
    ADMINISTRATOR,
    APPROVER,
    INSPECTOR,
    NEIGHBOUR,
    OFFICER,
    SECOND_ADMINISTRATOR,
    TECHNICIAN,
    Account,
)
from tests.server.web.conftest import Visitor, text_of

Visit = Callable[[Account], Visitor]
HERE = "/units/son-ha/people"


def test_the_administrator_finds_an_account_without_tone_marks(visit: Visit) -> None:
    page = visit(ADMINISTRATOR).reads(f"{HERE}?text=dinh+thi")

    assert "Đinh Thị Lan" in page
    assert "Trần Quốc Dũng" not in page


@pytest.mark.parametrize("account", [OFFICER, APPROVER, TECHNICIAN, INSPECTOR, NEIGHBOUR], ids=lambda each: each.login)
def test_nobody_else_gets_in(visit: Visit, account: Account, store: FakeStore) -> None:
    visitor, before = visit(account), dict(store.kept.people)

    for page in (HERE, f"{HERE}/new", f"{HERE}/{TECHNICIAN.login}"):
        assert visitor.opens(page).status_code in (403, 404)
    for page in ("new", TECHNICIAN.login, f"{TECHNICIAN.login}/password", f"{TECHNICIAN.login}/sign-out"):
        answer = visitor.sends(f"{HERE}/{page}", login="x", name="X", roles=["editor"], active="1")
        assert answer.status_code in (403, 404)
    assert store.kept.people == before


def test_a_first_password_is_shown_once_and_has_to_be_changed(visit: Visit, stranger: Visitor) -> None:
    answer = visit(ADMINISTRATOR).sends(f"{HERE}/new", name="Hồ Văn Tư", login="Tu", roles=["officer"])

    (word,) = re.findall(r"\b\w{4}-\w{4}-\w{4}\b", text_of(answer))
    assert word not in visit(ADMINISTRATOR).reads(HERE)
    assert "hết hạn lúc 04:00 07/12/2026" in text_of(answer)
    landed = stranger.sends("/sign-in", login="tu", password=word)
    assert landed.request.path == "/new-password"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"login": "lan"}, "Tên đăng nhập “lan” đã có người dùng."),
        ({"name": "<b>" * 100}, "Họ tên dài quá 120 ký tự."),
        ({"roles": []}, "Hãy chọn ít nhất một vai trò."),
        ({"ends": "hôm qua"}, "Hãy nhập ngày, ví dụ 23/11/2026."),
        ({"ends": "01/12/2026"}, "chỉ giữ vai trò kỹ thuật viên"),
    ],
    ids=str,
)
def test_a_refused_form_says_why_and_keeps_what_was_typed(
    visit: Visit, changes: dict[str, object], sentence: str
) -> None:
    form = {"name": "Hồ Văn Tư", "login": "tu", "roles": ["officer"], **changes}

    answer = visit(ADMINISTRATOR).sends(f"{HERE}/new", **form)

    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert f'value="{form["login"]}"' in answer.text


def test_an_approver_is_made_by_two_and_told_on_every_page(visit: Visit, store: FakeStore, clock: FakeClock) -> None:
    first, second, officer = visit(ADMINISTRATOR), visit(SECOND_ADMINISTRATOR), visit(OFFICER)
    saved = first.sends(f"{HERE}/{OFFICER.login}", name=OFFICER.name, roles=["officer", "approver"], active="1")
    assert "chờ người quản trị thứ hai" in text_of(saved)
    (proposal,) = store.kept.proposals

    own = text_of(first.sends(f"{HERE}/grants/{proposal}/agree"))
    assert "Người đề nghị không" in own
    assert officer.sends(f"{HERE}/grants/{proposal}/agree").status_code == 403
    second.sends(f"{HERE}/grants/{proposal}/agree")
    assert "thêm vai trò Lãnh đạo duyệt, có hiệu lực lúc" in officer.reads("programmes")
    clock.advance(grants.WAIT)
    grants.carry_out_due(store, clock)
    assert Role.APPROVER in store.kept.people[PersonId(OFFICER.login)].roles


def test_a_lone_administrator_reads_who_makes_the_second(visit: Visit, store: FakeStore) -> None:
    first = visit(ADMINISTRATOR)
    first.sends(f"{HERE}/{OFFICER.login}", name=OFFICER.name, roles=["officer", "approver"], active="1")
    both = first.reads(HERE)
    del store.kept.people[PersonId(SECOND_ADMINISTRATOR.login)]

    pages = [first.reads(HERE), first.reads(f"{HERE}/{OFFICER.login}")]

    assert "Chưa có người quản trị thứ hai" not in both
    assert all("bằng lệnh commune-radio people add" in each for each in pages)


def test_it_is_called_off_by_whoever_administers(visit: Visit, store: FakeStore) -> None:
    visit(ADMINISTRATOR).sends(f"{HERE}/{OFFICER.login}", name=OFFICER.name, roles=["approver"], active="1")
    (proposal,) = store.kept.proposals

    assert visit(NEIGHBOUR).sends(f"{HERE}/grants/{proposal}/call-off").status_code == 403
    answer = visit(SECOND_ADMINISTRATOR).sends(f"{HERE}/grants/{proposal}/call-off")

    assert "Đã huỷ đề nghị." in text_of(answer)
    assert "Giao quyền, cấp lại đang chờ" not in text_of(answer)


def test_a_password_is_given_to_an_officer_at_once_and_asked_for_an_approver(visit: Visit) -> None:
    administrator = visit(ADMINISTRATOR)

    given = administrator.sends(f"{HERE}/{OFFICER.login}/password")
    asked = administrator.sends(f"{HERE}/{APPROVER.login}/password")

    assert re.search(r"\b\w{4}-\w{4}-\w{4}\b", text_of(given))
    assert not re.search(r"\b\w{4}-\w{4}-\w{4}\b", text_of(asked))
    assert "cấp lại cần người quản trị thứ hai" in text_of(asked)


def test_closing_and_signing_out_end_the_sessions(visit: Visit) -> None:
    administrator, officer, inspector = visit(ADMINISTRATOR), visit(OFFICER), visit(INSPECTOR)

    administrator.sends(f"{HERE}/{OFFICER.login}", name=OFFICER.name, roles=["officer"])
    administrator.sends(f"{HERE}/{INSPECTOR.login}/sign-out")

    assert officer.opens("today").status_code == 302
    assert inspector.opens("today").status_code == 302
    assert "đã đóng" in administrator.reads(f"{HERE}?closed=1")


def test_who_lost_a_role_or_got_a_password_reads_it_on_every_page(visit: Visit) -> None:
    officer, administrator = visit(OFFICER), visit(ADMINISTRATOR)
    form = {"name": OFFICER.name, "roles": ["editor"], "active": "1"}

    administrator.sends(f"{HERE}/{OFFICER.login}", **form)

    said = officer.reads("/browsers")
    assert "Quản trị hệ thống sửa tài khoản của Đinh Thị Lan" in said
    assert "người phụ trách đài → biên tập viên" in said.lower()
    assert "sửa tài khoản" not in administrator.reads("/browsers")
    until = re.findall(r'name="until" value="(.+?)"', officer.opens("/browsers").text)
    assert officer.sends("/account-news", back="/browsers", until="99:99").status_code == 422
    assert "sửa tài khoản" not in text_of(officer.sends("/account-news", back="/browsers", until=until))
    assert "không nhắc nữa" not in officer.reads("/browsers")
    administrator.sends(f"{HERE}/{TECHNICIAN.login}/password")
    assert "sửa tài khoản" not in visit(APPROVER).reads("/browsers")


def test_whoever_has_no_password_of_their_own_is_seen_with_the_end_of_the_one_given(
    visit: Visit, clock: FakeClock
) -> None:
    administrator = visit(ADMINISTRATOR)

    given = text_of(administrator.sends(f"{HERE}/{TECHNICIAN.login}/password"))

    assert "hết hạn lúc 04:00 07/12/2026" in given
    assert "Mật khẩu được cấp hết hạn lúc 04:00 07/12/2026" in administrator.reads(f"{HERE}/{TECHNICIAN.login}")
    assert "Chưa đặt mật khẩu riêng" not in administrator.reads(f"{HERE}/{OFFICER.login}")
    clock.advance(people.FIRST_PASSWORD_FOR)
    assert "đã hết hạn: hãy cấp mật khẩu mới" in visit(ADMINISTRATOR).reads(f"{HERE}/{TECHNICIAN.login}")
