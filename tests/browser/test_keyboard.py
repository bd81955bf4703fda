"""Whole journeys without a mouse, without motion, and without scripts where the page must not need them."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from schedules.ids import UnitId
from tests.browser.furnished import furnish
from tests.browser.site import Site
from tests.server.web.commune import APPROVER, OFFICER, PASSWORD, Account

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

Visit = Callable[..., Page]
WAITING = "Lịch tiêm chủng tháng 11"
FAR = 120
"""Presses of the tab key after which nobody goes on."""


def reach(target: Locator) -> None:
    """Go on with the tab key until the target has the focus, and see that it shows it."""
    page = target.page
    target.wait_for()
    for _ in range(FAR):
        page.keyboard.press("Tab")
        if target.evaluate("(each) => each === document.activeElement"):
            break
    expect(target).to_be_focused()
    assert target.evaluate(
        """(each) => [each, each.nextElementSibling].filter(Boolean).map((shown) => getComputedStyle(shown))
            .some(({outlineStyle, outlineWidth}) => outlineStyle !== "none" && parseFloat(outlineWidth) > 1)"""
    )


def press(target: Locator, key: str = "Enter") -> None:
    reach(target)
    target.page.keyboard.press(key)


def write(target: Locator, text: str) -> None:
    reach(target)
    target.page.keyboard.insert_text(text)


def signs_in(page: Page, site: Site, account: Account) -> None:
    page.goto(f"{site.address}/sign-in")
    write(page.get_by_label("Tên đăng nhập"), account.login)
    write(page.get_by_label("Mật khẩu"), PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda address: "/sign-in" not in address)


def test_an_approver_signs_in_and_approves(site: Site, chromium_page: Page) -> None:
    furnish(site)

    signs_in(chromium_page, site, APPROVER)
    press(chromium_page.get_by_role("link", name=re.compile("^Duyệt")))
    press(chromium_page.get_by_role("link", name=re.compile(WAITING)))
    press(chromium_page.get_by_role("button", name="Phê duyệt"))

    expect(chromium_page.locator(".flashes")).to_contain_text(f"Đã duyệt “{WAITING}”")


def test_an_officer_writes_a_notice_and_submits_it(site: Site, visit: Visit) -> None:
    with site.store.writing() as uow:
        uow.places.allow_machine_voice(UnitId("son-ha"), allowed=True)
        uow.commit()
    page = visit(OFFICER)

    press(page.get_by_role("link", name="Viết thông báo"))
    write(page.get_by_label("Tên thông báo"), "Mời họp thôn")
    write(page.get_by_label("Lời đọc"), "Kính mời bà con đến nhà văn hoá thôn lúc 19 giờ.")
    press(page.get_by_role("button", name="Đọc bằng giọng máy"))
    expect(page.locator("#takes audio")).to_be_visible(timeout=20_000)
    press(page.get_by_role("button", name="Trình duyệt"))

    expect(page.locator(".flashes")).to_contain_text("Đã trình duyệt")


def test_a_holder_comes_to_the_summary_of_an_emergency(site: Site, visit: Visit) -> None:
    furnish(site)
    page = visit(OFFICER)

    press(page.get_by_role("link", name="Khẩn cấp", exact=True))
    press(page.get_by_role("link", name="Tự soạn lời"))
    write(page.get_by_label("Tiêu đề"), "Sạt lở đường lên Gò Sim")
    write(page.get_by_label("Lời đọc tiếng Việt"), "Đường lên Gò Sim đang sạt lở. Bà con không đi qua.")
    press(page.get_by_role("button", name="Xem lại trước khi phát"))

    expect(page.locator(".card--alarm-real")).to_contain_text("Sạt lở đường lên Gò Sim")


def test_an_officer_comes_to_the_button_of_an_exercise(site: Site, visit: Visit) -> None:
    furnish(site)
    page = visit(OFFICER)
    page.goto(f"{site.address}/stations/son-ha/exercise")

    write(page.get_by_label("Tên cuộc diễn tập"), "Diễn tập sơ tán")
    write(page.get_by_label("Lời đọc tiếng Việt"), "Bà con tập sơ tán.")
    reach(page.get_by_role("button", name="Xem lại trước khi diễn tập"))


def test_an_officer_reads_the_story_of_a_play(site: Site, visit: Visit) -> None:
    furnish(site)
    page = visit(OFFICER)

    press(page.get_by_role("link", name="Nhật ký", exact=True))
    press(page.get_by_role("link", name=re.compile("^Chi tiết")).first)

    expect(page.locator(".ladder")).to_be_visible()


def test_approval_and_log_need_no_script(site: Site, chromium: Browser) -> None:
    furnish(site)
    context = chromium.new_context(java_script_enabled=False, locale="vi-VN")
    page = context.new_page()
    page.set_default_timeout(15_000)

    signs_in_plainly(page, site, APPROVER)
    page.get_by_role("link", name=re.compile("^Duyệt")).click()
    page.get_by_role("link", name=re.compile(WAITING)).click()
    page.get_by_role("button", name="Phê duyệt").click()
    approved = page.locator(".flashes").inner_text()
    page.get_by_role("link", name="Nhật ký", exact=True).click()
    page.get_by_label("Tên chương trình").fill("Nhạc hiệu")
    page.get_by_role("button", name="Lọc").click()
    page.wait_for_url("**text=Nh*")
    listed = page.locator("#log").inner_text()
    page.get_by_role("link", name=re.compile("^Chi tiết")).first.click()
    story = page.locator(".ladder").inner_text()
    context.close()

    assert WAITING in approved
    assert "Nhạc hiệu" in listed
    assert "Nhạc không lời" not in listed
    assert story


def signs_in_plainly(page: Page, site: Site, account: Account) -> None:
    page.goto(f"{site.address}/sign-in")
    page.get_by_label("Tên đăng nhập").fill(account.login)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()


def test_nothing_moves_for_who_wants_no_motion(site: Site, visit: Visit) -> None:
    furnish(site)
    page = visit(OFFICER)
    moving = "document.getAnimations().filter((each) => each.playState === 'running').length"
    page.goto(f"{site.address}/stations/son-ha/loudspeakers")
    before = page.evaluate(moving)

    page.emulate_media(reduced_motion="reduce")

    assert before > 0
    assert page.evaluate(moving) == 0
