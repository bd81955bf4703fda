"""What is typed outlives a reload, a lost line and a session that ended; a double press does nothing twice."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from tests.browser.furnished import furnish
from tests.browser.site import Site
from tests.server.web.commune import OFFICER, PASSWORD

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

Visit = Callable[..., Page]
TEXT = "Mời bà con đến nhà văn hoá lúc 19 giờ. 🙂"
GIVEN_BACK = "Đã khôi phục nội dung chưa gửi."


def begins_a_notice(page: Page) -> None:
    page.goto(page.url.replace("/today", "/notices/new"))
    page.get_by_label("Tên thông báo").fill("Mời họp dân")
    page.get_by_label("Lời đọc").fill(TEXT)
    page.get_by_label("Từ ngày").fill("24/11/2026")
    page.get_by_role("textbox", name="Đến hết ngày").first.fill("24/11/2026")
    page.get_by_role("checkbox", name="Đồng Bằng").uncheck()


def expect_it_back(page: Page) -> None:
    expect(page.get_by_text(GIVEN_BACK)).to_be_visible()
    expect(page.get_by_label("Tên thông báo")).to_have_value("Mời họp dân")
    expect(page.get_by_label("Lời đọc")).to_have_value(TEXT)
    expect(page.get_by_label("Từ ngày")).to_have_value("24/11/2026")
    expect(page.get_by_role("checkbox", name="Đồng Bằng")).not_to_be_checked()


def test_what_was_typed_is_given_back_after_a_reload_and_forgotten_when_it_was_kept(visit: Visit) -> None:
    page = visit(OFFICER)
    begins_a_notice(page)
    fresh = page.url

    page.reload()
    expect_it_back(page)
    page.get_by_role("button", name="Lưu nháp").click()
    expect(page.locator(".flashes")).to_contain_text("Đã lưu nháp")

    assert page.evaluate("Object.keys(localStorage)") == []
    page.goto(fresh)
    expect(page.get_by_label("Tên thông báo")).to_have_value("")
    expect(page.get_by_text(GIVEN_BACK)).to_have_count(0)


def test_a_lost_line_keeps_the_page_and_a_double_press_after_it_makes_one_notice(site: Site, visit: Visit) -> None:
    page = visit(OFFICER)
    begins_a_notice(page)
    with site.store.reading() as uow:
        before = len(uow.programmes.all())

    # Refused before it leaves, so that the browser has no fault to write down.
    page.evaluate("() => { window.line = fetch; window.fetch = () => Promise.reject(new TypeError('no line')); }")
    page.get_by_role("button", name="Lưu nháp").click()
    expect(page.get_by_text("Mất kết nối với máy chủ, chưa gửi được.")).to_be_visible()
    expect(page.get_by_label("Lời đọc")).to_have_value(TEXT)
    page.evaluate("() => { window.fetch = window.line; }")
    page.get_by_role("button", name="Lưu nháp").dblclick()
    expect(page.locator(".flashes")).to_contain_text("Đã lưu nháp")

    with site.store.reading() as uow:
        assert len(uow.programmes.all()) == before + 1


def test_a_session_that_ends_while_typing_loses_nothing(site: Site, visit: Visit) -> None:
    page = visit(OFFICER)
    begins_a_notice(page)
    ends_the_session(site)

    page.get_by_role("button", name="Lưu nháp").click()
    signs_in_again(page)

    expect(page).to_have_url(re.compile("/notices/new"))
    expect_it_back(page)
    assert PASSWORD not in page.evaluate("JSON.stringify(localStorage)")


def test_one_press_sets_the_next_two_sessions_and_the_end_of_validity(visit: Visit) -> None:
    page = visit(OFFICER)
    page.goto(page.url.replace("/today", "/notices/new"))
    page.get_by_label("Lời đọc").fill(TEXT)

    page.get_by_role("button", name="Bỏ chọn hết").click()
    page.get_by_role("checkbox", name="Gò Sim").check()
    page.get_by_role("button", name="Buổi sáng hôm nay và Buổi chiều hôm nay").click()

    expect(page.get_by_label("Từ ngày")).to_have_value("23/11/2026")
    expect(page.get_by_label("Hết hiệu lực: giờ")).to_have_value("23:59")
    expect(page.locator("#preview")).to_contain_text("17:")
    expect(page.get_by_role("checkbox", name="Đồng Bằng")).not_to_be_checked()


def ends_the_session(site: Site) -> None:
    with site.store.writing() as uow:
        signed_in = uow.people.by_login(OFFICER.login)
        assert signed_in is not None
        uow.people.put(replace(signed_in, session_key=signed_in.session_key + 1))
        uow.commit()


def signs_in_again(page: Page) -> None:
    page.get_by_label("Tên đăng nhập").fill(OFFICER.login)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()


def test_the_words_of_an_emergency_outlive_a_session_and_are_forgotten_once_they_were_sent(
    site: Site, visit: Visit
) -> None:
    furnish(site)
    page = visit(OFFICER)
    page.goto(page.url.replace("/today", "/emergency/new"))
    fresh = page.url
    page.get_by_label("Tiêu đề").fill("Sạt lở đường lên Gò Sim")
    page.get_by_label("Lời đọc tiếng Việt").fill(TEXT)
    ends_the_session(site)

    page.get_by_role("button", name="Xem lại trước khi phát").click()
    signs_in_again(page)
    expect(page.get_by_text(GIVEN_BACK)).to_be_visible()
    expect(page.get_by_label("Lời đọc tiếng Việt")).to_have_value(TEXT)
    page.get_by_role("button", name="Xem lại trước khi phát").click()
    page.get_by_role("button", name="Sửa lại").click()
    expect(page.get_by_label("Tiêu đề")).to_have_value("Sạt lở đường lên Gò Sim")
    page.get_by_role("button", name="Xem lại trước khi phát").click()
    page.get_by_role("button", name="Gửi người thứ hai xác nhận").click()
    expect(page.locator(".flashes")).to_contain_text("Đã gửi đề nghị.")

    page.goto(fresh)
    expect(page.get_by_label("Tiêu đề")).to_have_value("")
    expect(page.get_by_text(GIVEN_BACK)).to_have_count(0)


def test_the_second_of_two_windows_is_told_what_the_first_stored_and_keeps_its_own(visit: Visit) -> None:
    page = visit(OFFICER)
    begins_a_notice(page)
    page.get_by_role("button", name="Lưu nháp").click()
    expect(page.locator(".flashes")).to_contain_text("Đã lưu nháp")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Lời đọc").fill("Dời sang 20 giờ.")
    other.get_by_role("button", name="Lưu nháp").click()
    expect(other.locator(".flashes")).to_contain_text("Đã lưu nháp")

    page.get_by_label("Lời đọc").fill("Dời sang 21 giờ.")
    page.get_by_role("button", name="Lưu nháp").click()

    expect(page.get_by_text("Bản người kia đã lưu khác bản vừa gõ ở:")).to_be_visible()
    expect(page.locator("#page")).to_contain_text("Dời sang 20 giờ.")
    expect(page.get_by_label("Lời đọc")).to_have_value("Dời sang 21 giờ.")


def test_what_is_pasted_is_text_and_what_is_too_long_is_given_back(visit: Visit) -> None:
    page = visit(OFFICER)
    begins_a_notice(page)
    pasted = "<b>Mời họp</b><script>document.title='x'</script> 🙂"
    page.get_by_label("Lời đọc").fill(pasted)
    page.get_by_label("Tên thông báo").fill("ừ" * 10_000)

    page.get_by_role("button", name="Lưu nháp").click()

    expect(page.get_by_role("alert")).to_contain_text("Chưa làm được, nội dung đã nhập vẫn còn:")
    expect(page.get_by_label("Tên thông báo")).to_have_value("ừ" * 10_000)
    expect(page.get_by_label("Lời đọc")).to_have_value(pasted)
    assert page.title() != "x"


THIRD_GENERATION = {"offline": False, "latency": 300, "downloadThroughput": 200_000, "uploadThroughput": 96_000}
"""1.6 Mbit/s down and 300 ms there and back, as Chromium throttles a line."""


def test_the_first_page_is_useful_within_three_seconds_on_3g(visit: Visit) -> None:
    page = visit(OFFICER)
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line.send("Network.emulateNetworkConditions", THIRD_GENERATION)

    page.reload(wait_until="load")
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")

    expect(page.get_by_role("link", name="Viết thông báo")).to_be_visible()
    assert 300 < painted < 3_000
