"""Signing in, being kept out, a new password, a language."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from schedules.ids import PersonId
from tests.fakes.store import FakeStore
from tests.server.web.commune import NEIGHBOUR, OFFICER, PASSWORD, Account
from tests.server.web.conftest import Visitor, text_of

Visit = Callable[[Account], Visitor]

PRIVATE = [
    "/",
    "/stations",
    "today",
    "today/live",
    "programmes",
    "notices/new",
    "approvals",
    "loudspeakers",
    "log",
    "diary",
    "silence",
    "/styleguide",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_a_stranger_is_sent_to_the_sign_in(stranger: Visitor, address: str) -> None:
    answer = stranger.opens(address)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in")


def test_the_officer_comes_straight_to_the_day_of_her_station(stranger: Visitor) -> None:
    answer = stranger.signs_in(OFFICER)

    assert answer.request.path == "/stations/son-ha/today"
    assert "Thứ Hai, 23/11/2026" in text_of(answer)


def test_who_was_signed_out_from_elsewhere_reads_so_and_who_left_by_themselves_does_not(visit: Visit) -> None:
    ended = "Phiên đăng nhập ở máy này đã kết thúc."
    here, elsewhere = visit(OFFICER), visit(OFFICER)
    elsewhere.sends("/new-password", old=PASSWORD, new="con đường làng", again="con đường làng")

    assert here.opens("today").status_code == 302
    assert ended in here.reads("/sign-in")
    assert ended not in text_of(elsewhere.sends("/sign-out"))


def test_signing_out_everywhere_says_what_it_did(visit: Visit) -> None:
    here, there = visit(OFFICER), visit(OFFICER)

    assert "Đã đăng xuất mọi thiết bị, kể cả thiết bị này." in text_of(here.sends("/browsers/end"))
    assert there.opens("today").status_code == 302


@pytest.mark.parametrize(("login", "password"), [("lan", "sai mật khẩu"), ("nobody", PASSWORD), ("", "")])
def test_a_wrong_sign_in_says_the_same_whatever_was_wrong(stranger: Visitor, login: str, password: str) -> None:
    answer = stranger.sends("/sign-in", login=login, password=password)

    assert answer.status_code == 401
    assert "Tên đăng nhập hoặc mật khẩu không đúng" in text_of(answer)


def test_guessing_is_throttled(stranger: Visitor) -> None:
    answers = [stranger.sends("/sign-in", login="lan", password=str(number)) for number in range(11)]

    assert [answer.status_code for answer in answers[:10]] == [401] * 10
    assert answers[10].status_code == 429
    assert "Hãy đợi một phút" in text_of(answers[10])


def test_signing_in_leads_back_to_the_page_that_was_asked_for(stranger: Visitor) -> None:
    answer = stranger.sends("/sign-in?next=/stations/son-ha/log", login="lan", password=PASSWORD)

    assert answer.request.path == "/stations/son-ha/log"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/%09/evil.example",
        "%0a//evil.example",
        "javascript:x",
    ],
)
def test_signing_in_never_leads_to_another_site(stranger: Visitor, address: str) -> None:
    answer = stranger.sends(f"/sign-in?next={address}", login="lan", password=PASSWORD)

    assert answer.request.path == "/stations/son-ha/today"


def test_a_form_without_its_token_is_refused(visit: Visit) -> None:
    officer = visit(OFFICER)

    answer = officer.sends_without_token("silence")

    assert answer.status_code == 400
    assert "tải lại trang" in text_of(answer)


def test_an_answer_that_changes_nothing_leaves_the_session_as_it_is(visit: Visit) -> None:
    officer = visit(OFFICER)
    officer.opens("/styleguide")

    again = officer.opens("/styleguide")

    assert (again.status_code, "Set-Cookie" in again.headers) == (200, False)


def test_signing_out_ends_it(visit: Visit) -> None:
    officer = visit(OFFICER)

    officer.sends("/sign-out")

    assert officer.opens("today").status_code == 302


def test_a_new_password_signs_out_the_other_browsers_and_keeps_this_one(visit: Visit) -> None:
    here, there = visit(OFFICER), visit(OFFICER)

    answer = here.sends("/new-password", old=PASSWORD, new="đường làng mới mở", again="đường làng mới mở")

    assert "Đã đổi mật khẩu" in text_of(answer)
    assert here.opens("today").status_code == 200
    assert there.opens("today").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again", "sentence"),
    [
        ("sai", "đường làng mới mở", "đường làng mới mở", "Mật khẩu hiện nay không đúng"),
        (PASSWORD, "ngắn", "ngắn", "ít nhất 10 ký tự"),
        (PASSWORD, "đường làng mới mở", "khác", "không giống nhau"),
        (PASSWORD, PASSWORD, PASSWORD, "khác mật khẩu cũ"),
    ],
)
def test_a_bad_new_password_is_refused_with_a_reason(
    visit: Visit, old: str, new: str, again: str, sentence: str
) -> None:
    answer = visit(OFFICER).sends("/new-password", old=old, new=new, again=again)

    assert answer.status_code == 422
    assert sentence in text_of(answer)


def test_a_first_password_must_be_changed_before_anything_else(store: FakeStore, visit: Visit) -> None:
    with store.writing() as uow:
        known = uow.people.get(PersonId(OFFICER.login))
        assert known
        uow.people.put(replace(known, must_change_password=True))
        uow.commit()

    answer = visit(OFFICER).opens("today")

    assert answer.headers["Location"] == "/new-password"


def test_english_is_spoken_to_whoever_asks_for_it(visit: Visit) -> None:
    officer = visit(OFFICER)

    answer = officer.sends("/language", language="en", back="/stations/son-ha/today")

    assert answer.request.path == "/stations/son-ha/today"
    assert "Today" in text_of(answer)
    assert "Hôm nay" not in text_of(answer)


def test_a_neighbour_sees_nothing_of_another_station(visit: Visit) -> None:
    neighbour = visit(NEIGHBOUR)

    answers = [neighbour.opens(address) for address in PRIVATE if not address.startswith("/")]

    assert {answer.status_code for answer in answers} == {404}
    assert "Sơn Hà" not in text_of(answers[0])


def test_every_page_carries_its_guards(visit: Visit) -> None:
    answer = visit(OFFICER).opens("today")

    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_health_page_needs_no_account(stranger: Visitor) -> None:
    assert stranger.opens("/healthz").get_json()["status"] == "ok"


def test_more_contrast_is_kept_by_the_browser_beyond_signing_out_until_it_is_taken_back(visit: Visit) -> None:
    officer, here = visit(OFFICER), "/stations/son-ha/today"
    by_the_system = 'media="(prefers-contrast: more)"'
    usual = officer.opens("today").text

    more = officer.sends("/contrast", contrast="more", back=here).text
    taken_back = officer.sends("/contrast", contrast="", back=here).text
    officer.sends("/contrast", contrast="more", back=here)
    officer.sends("/sign-out")

    assert by_the_system in usual
    assert "contrast.css" in more
    assert by_the_system not in more
    assert by_the_system in taken_back
    assert by_the_system not in officer.opens("/sign-in").text
