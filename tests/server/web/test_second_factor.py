"""Signing in with a second factor, setting one up, and the browsers that are signed in."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from cryptography.fernet import Fernet
from flask import Flask

from schedules.ids import PersonId
from server.second_factor import TotpCodes
from server.services.factors import GRACE
from server.web.centre import Centre
from server.web.devices import device_words
from tests.fakes.clock import FakeClock
from tests.fakes.store import FakeStore
from tests.server.web.commune import ADMINISTRATOR, APPROVER, NEIGHBOUR, OFFICER, PASSWORD, Account
from tests.server.web.conftest import Visitor, text_of

Visit = Callable[[Account], Visitor]


class Telephone:
    """An authenticator that has scanned an account's secret."""

    def __init__(self, app: Flask, store: FakeStore, clock: FakeClock, account: Account) -> None:
        codes = app.extensions["centre"].codes
        factor = store.kept.accounts.factors[PersonId(account.login)]
        self._totp = pyotp.parse_uri(codes.address(factor.sealed, account.login))
        self._clock = clock

    def shows(self) -> str:
        assert isinstance(self._totp, pyotp.TOTP)
        return self._totp.at(self._clock.now())


@pytest.fixture
def sets_up(app: Flask, store: FakeStore, clock: FakeClock, visit: Visit) -> Callable[[Account], tuple[Telephone, str]]:
    def done(account: Account) -> tuple[Telephone, str]:
        visitor = visit(account)
        assert "<svg" in visitor.sends("/second-factor").text
        telephone = Telephone(app, store, clock, account)
        page = text_of(visitor.sends("/second-factor/confirm", code=telephone.shows()))
        clock.advance(timedelta(minutes=1))
        return telephone, page

    return done


@pytest.fixture
def required(app: Flask) -> None:
    centre = app.extensions["centre"]
    assert isinstance(centre, Centre)
    app.extensions["centre"] = replace(centre, factor_required=True)


def test_the_right_password_alone_opens_nothing(sets_up: Callable[[Account], object], stranger: Visitor) -> None:
    sets_up(APPROVER)

    answer = stranger.signs_in(APPROVER)

    assert answer.request.path == "/sign-in/code"
    assert stranger.opens("today").status_code == 302


def test_password_and_code_lead_to_the_page_that_was_asked_for_and_the_code_serves_once(
    sets_up: Callable[[Account], tuple[Telephone, str]], app: Flask
) -> None:
    telephone, _ = sets_up(APPROVER)
    code, here, there = telephone.shows(), Visitor(app), Visitor(app)
    for visitor in (here, there):
        visitor.signs_in(APPROVER)

    assert here.gives_code(code, then="/stations/son-ha/log").request.path == "/stations/son-ha/log"
    again = there.gives_code(code)

    assert again.status_code == 401
    assert "Mã không đúng hoặc đã dùng" in text_of(again)
    assert there.opens("today").status_code == 302


def test_a_recovery_code_signs_in(sets_up: Callable[[Account], tuple[Telephone, str]], stranger: Visitor) -> None:
    _, page = sets_up(APPROVER)
    found = re.findall(r"\b\w{5}-\w{5}\b", page)
    stranger.signs_in(APPROVER)

    stranger.gives_code(found[0])

    assert len(set(found)) == 10
    assert stranger.opens("today").status_code == 200


def test_codes_that_nobody_can_check_any_more_are_said_to_be_so(
    sets_up: Callable[[Account], tuple[Telephone, str]], stranger: Visitor, app: Flask
) -> None:
    telephone, page = sets_up(APPROVER)
    stranger.signs_in(APPROVER)
    app.extensions["centre"] = replace(app.extensions["centre"], codes=TotpCodes(Fernet.generate_key()))

    for code in (telephone.shows(), re.findall(r"\b\w{5}-\w{5}\b", page)[0]):
        answer = stranger.gives_code(code)

        assert answer.status_code == 401
        assert "Máy chủ không đọc được khoá xác thực hai bước" in text_of(answer)


def test_a_secret_that_nobody_can_open_is_drawn_anew(visit: Visit, app: Flask) -> None:
    visitor = visit(APPROVER)
    visitor.sends("/second-factor")
    app.extensions["centre"] = replace(app.extensions["centre"], codes=TotpCodes(Fernet.generate_key()))

    assert "Máy chủ không đọc được" in text_of(visitor.sends("/second-factor/confirm", code="123456"))
    assert "<svg" in visitor.sends("/second-factor").text
    assert "1. Quét mã" in visitor.reads("/second-factor")


@pytest.mark.parametrize("code", ["mã số", "\u0661\u0662\u0663\u0664\u0665\u0666", "\U0001f511"])
def test_a_code_in_other_letters_is_a_wrong_one(
    sets_up: Callable[[Account], object], visit: Visit, stranger: Visitor, code: str
) -> None:
    sets_up(APPROVER)
    stranger.signs_in(APPROVER)
    officer = visit(OFFICER)
    officer.sends("/second-factor")

    assert stranger.gives_code(code).status_code == 401
    assert officer.sends("/second-factor/confirm", code=code).status_code == 422


def test_recovery_codes_are_made_anew_with_password_and_code(
    sets_up: Callable[[Account], tuple[Telephone, str]], visit: Visit, app: Flask, clock: FakeClock
) -> None:
    visitor = visit(OFFICER)
    telephone, before = sets_up(OFFICER)
    old = re.findall(r"\b\w{5}-\w{5}\b", before)

    wrong = visitor.sends("/second-factor/recovery", password="không phải", code=telephone.shows())
    made = visitor.sends("/second-factor/recovery", password=PASSWORD, code=telephone.shows())
    fresh = re.findall(r"\b\w{5}-\w{5}\b", text_of(made))

    assert wrong.status_code == 422
    assert "Mật khẩu hiện nay không đúng" in text_of(wrong)
    assert len(set(fresh) - set(old)) == 10
    for code, status in ((old[0], 401), (fresh[0], 200)):
        there = Visitor(app)
        there.signs_in(OFFICER)
        assert there.gives_code(code).status_code == status


def test_a_factor_is_taken_away_with_the_password_only(sets_up: Callable[[Account], object], visit: Visit) -> None:
    visitor = visit(OFFICER)
    sets_up(OFFICER)

    assert visitor.sends("/second-factor/remove", password="không phải").status_code == 422
    assert "Đã bỏ" in text_of(visitor.sends("/second-factor/remove", password=PASSWORD))


def test_guessing_a_code_is_locked(sets_up: Callable[[Account], object], stranger: Visitor) -> None:
    sets_up(APPROVER)
    stranger.signs_in(APPROVER)

    answers = [stranger.gives_code("000000") for _ in range(6)]

    assert "Hãy đợi 15 phút" in text_of(answers[-1])


def test_a_code_is_asked_for_only_after_a_password_and_not_for_ever(
    sets_up: Callable[[Account], tuple[Telephone, str]], stranger: Visitor, clock: FakeClock
) -> None:
    telephone, _ = sets_up(APPROVER)
    assert stranger.opens("/sign-in/code").status_code == 302
    stranger.signs_in(APPROVER)
    clock.advance(timedelta(minutes=10))

    stranger.gives_code(telephone.shows())

    assert stranger.opens("today").status_code == 302


@pytest.mark.usefixtures("required")
def test_an_approver_is_led_to_it_may_put_it_off_and_then_not(stranger: Visitor, app: Flask, clock: FakeClock) -> None:
    first = stranger.signs_in(APPROVER)
    assert first.request.path == "/second-factor"
    assert "Để sau" in text_of(first)
    assert stranger.opens("today").status_code == 200
    clock.advance(GRACE)

    later = Visitor(app)
    assert "Để sau" not in text_of(later.signs_in(APPROVER))
    assert later.opens("today").headers["Location"] == "/second-factor"
    assert later.sends("/second-factor").status_code == 200
    assert Visitor(app).signs_in(OFFICER).request.path == "/stations/son-ha/today"


def test_an_approver_keeps_it_and_an_officer_may_take_it_away(
    sets_up: Callable[[Account], object], app: Flask, store: FakeStore, clock: FakeClock
) -> None:
    for account, status in ((APPROVER, 403), (OFFICER, 200)):
        sets_up(account)
        visitor = Visitor(app)
        visitor.signs_in(account)
        visitor.gives_code(Telephone(app, store, clock, account).shows())

        assert visitor.sends("/second-factor/remove", password=PASSWORD).status_code == status


def test_an_administrator_resets_an_officers_and_asks_for_an_approvers(
    sets_up: Callable[[Account], object], visit: Visit, store: FakeStore
) -> None:
    for account in (OFFICER, APPROVER):
        sets_up(account)
    administrator = visit(ADMINISTRATOR)

    assert visit(NEIGHBOUR).sends(f"/units/son-ha/people/{OFFICER.login}/factor").status_code == 404
    done = administrator.sends(f"/units/son-ha/people/{OFFICER.login}/factor")
    asked = administrator.sends(f"/units/son-ha/people/{APPROVER.login}/factor")

    assert "Đã bỏ xác thực hai bước của Đinh Thị Lan." in text_of(done)
    assert "cần người quản trị thứ hai đồng ý" in text_of(asked)
    assert set(store.kept.accounts.factors) == {PersonId(APPROVER.login)}


def test_ones_browsers_are_listed_and_ended_and_those_of_others_are_not(visit: Visit, store: FakeStore) -> None:
    here, there, other = visit(OFFICER), visit(OFFICER), visit(APPROVER)
    signed = {each.person: each.id for each in store.kept.accounts.sign_ins.values()}
    page = here.reads("/browsers")
    assert page.count("đăng nhập lúc") == 2
    assert "thiết bị này" in page

    assert other.sends(f"/browsers/{signed[PersonId(OFFICER.login)]}/end").status_code == 404
    assert "Đã đăng xuất thiết bị ấy." in text_of(here.sends(f"/browsers/{signed[PersonId(OFFICER.login)]}/end"))
    assert there.opens("today").status_code == 302
    here.sends("/browsers/end")
    assert here.opens("today").status_code == 302
    assert other.opens("today").status_code == 200


def test_a_device_is_said_in_words() -> None:
    telephone = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131 Mobile Safari/537.36"

    assert device_words(telephone) == "Chrome, Android"
    assert device_words("curl/8") == ""
