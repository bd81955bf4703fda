"""What went wrong is said in words, nothing is hidden, and the secret of the cookies stays one."""

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from flask import Flask

from server.app import create_app
from server.config import Config
from tests.fakes.clock import FakeClock
from tests.fakes.hashing import FakeHashing
from tests.fakes.store import FakeStore
from tests.server.web.commune import OFFICER, SON_HA, Account
from tests.server.web.conftest import AtOnce, OneSound, Visitor, text_of

Visit = Callable[[Account], Visitor]


def test_a_page_that_does_not_exist_says_so(visit: Visit) -> None:
    answer = visit(OFFICER).opens("nowhere")

    assert answer.status_code == 404
    assert "Không có trang này" in text_of(answer)


def test_a_station_that_does_not_exist_says_so(visit: Visit) -> None:
    answer = visit(OFFICER).opens("/stations/khong-co/today")

    assert answer.status_code == 404
    assert "Không có đài này, hoặc tài khoản này không được xem" in text_of(answer)


def test_who_opens_a_station_without_a_regulation_is_led_to_it(visit: Visit, store: FakeStore) -> None:
    store.kept.regulations.clear()

    page = visit(OFFICER).opens("today").text

    assert "Đài chưa có quy chế hoạt động" in page
    assert f'href="/stations/{SON_HA}/regulation"' in page
    assert "Về trang đầu" not in page


def test_a_fault_of_the_program_is_logged_and_told_without_its_inside(
    app: Flask, visit: Visit, caplog: pytest.LogCaptureFixture
) -> None:
    def fails() -> NoReturn:
        raise RuntimeError("inside")

    officer = visit(OFFICER)
    app.view_functions["styleguide.parts"] = fails

    answer = officer.opens("/styleguide")

    assert answer.status_code == 500
    assert "Máy chủ gặp lỗi" in text_of(answer)
    assert "inside" not in answer.text
    assert "page=failed path='/styleguide'" in caplog.text


def test_a_part_of_a_page_gets_a_sentence_not_a_page(visit: Visit) -> None:
    answer = visit(OFFICER).opens("today/live?day=mai", **{"HX-Request": "true"})

    assert answer.status_code == 422
    assert "<html" not in answer.text


def test_a_part_of_a_page_leads_to_the_sign_in_when_the_session_ended(stranger: Visitor) -> None:
    answer = stranger.opens("today/live", **{"HX-Request": "true"})

    assert answer.headers["HX-Redirect"] == "/sign-in"


def test_after_that_sign_in_the_page_it_stood_on_comes_back(stranger: Visitor) -> None:
    page = "http://localhost/stations/5/notices/new?day=1"

    answer = stranger.opens("today/live", **{"HX-Request": "true", "Referer": page})

    assert answer.headers["HX-Redirect"] == "/sign-in?next=/stations/5/notices/new?day%3D1"


def test_a_file_over_the_limit_is_refused_in_words(app: Flask, visit: Visit) -> None:
    officer = visit(OFFICER)
    app.config["MAX_CONTENT_LENGTH"] = 1000

    answer = officer.sends("notices/new", act="keep", text="a" * 2000)

    assert answer.status_code == 413
    assert "Tệp quá lớn" in text_of(answer)


def test_the_key_of_the_cookies_is_drawn_once_and_nobody_else_reads_it(app: Flask, tmp_path: Path) -> None:
    secret = Config(state_directory=tmp_path / "var").state_directory / "web-secret"

    assert secret.stat().st_mode & 0o777 == 0o600
    assert secret.read_bytes() == app.config["SECRET_KEY"]
    assert len(secret.read_bytes()) == 64
    kept = {file.name: file.stat().st_mode & 0o777 for file in secret.parent.iterdir() if file.is_file()}
    assert kept == {"web-secret": 0o600, "factor-secret": 0o600}


def test_outside_the_demonstration_cookies_travel_by_https_alone_and_no_strip_is_shown(
    tmp_path: Path, store: FakeStore, clock: FakeClock, sound: OneSound
) -> None:
    app = create_app(
        Config(state_directory=tmp_path / "real"),
        store=store,
        clock=clock,
        hashing=FakeHashing(),
        preparation=sound,
        work=AtOnce(),
    )

    answer = Visitor(app).signs_in(OFFICER)

    (cookie,) = [each for each in answer.history[0].headers.getlist("Set-Cookie") if each.startswith("__Host-radio=")]
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Dữ liệu minh hoạ" not in answer.text


def test_the_demonstration_says_that_it_is_one(stranger: Visitor) -> None:
    assert "Dữ liệu minh hoạ" in stranger.reads("/sign-in")


def test_the_style_guide_shows_every_part(visit: Visit) -> None:
    assert "Vượt 2 phút, sẽ bị cắt lúc 06:00." in visit(OFFICER).reads("/styleguide")
