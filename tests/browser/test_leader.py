"""A leader with a telephone who never signs in: a link, a record to hear and to read, a PIN; one hand is enough."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.furnished import furnish
from tests.browser.site import Site
from tests.server.web.commune import APPROVER, EVENING, OFFICER
from tests.services.chromium import PHONE, open_context

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

Visit = Callable[..., Page]
PIN = "290471"
"""As the furnished commune has it."""


def test_a_session_goes_back_by_a_link_is_saved_again_and_approved_by_another(
    site: Site, visit: Visit, chromium: Browser
) -> None:
    furnish(site)
    officer = visit(OFFICER)

    def link() -> str:
        officer.goto(f"{site.address}/stations/son-ha/templates")
        officer.get_by_role("link", name="Xin duyệt qua điện thoại").click()
        officer.get_by_label(re.compile(APPROVER.name)).check(force=True)
        officer.get_by_role("button", name="Tạo đường dẫn một lần").click()
        officer.context.grant_permissions(["clipboard-write"])
        officer.get_by_role("button", name="Gửi hoặc chép đường dẫn").click()
        expect(officer.get_by_text("Đã chép đường dẫn.")).to_be_visible()
        return officer.locator(".code--whole").inner_text()

    with open_context(chromium, viewport=PHONE) as phone:
        leader = phone.new_page()
        leader.goto(link())
        expect(leader.get_by_text("người trong vùng loa")).to_be_visible()
        leader.locator("summary", has_text="Trả lại").click()
        leader.get_by_label("Ghi rõ thêm").fill("Bớt nhạc buổi chiều")
        leader.locator("#no-pin").fill("000000")
        leader.get_by_role("button", name="Trả lại cho người soạn").click()
        expect(leader.get_by_text("Còn 4 lần thử").first).to_be_visible()
        expect(leader.get_by_label("Ghi rõ thêm")).to_have_value("Bớt nhạc buổi chiều")
        leader.locator("#no-pin").fill(PIN)
        leader.get_by_role("button", name="Trả lại cho người soạn").click()
        expect(leader.get_by_text("Đã trả lại")).to_be_visible()

        officer.goto(f"{site.address}/stations/son-ha/templates")
        expect(officer.get_by_text("Người duyệt trả lại: Bớt nhạc buổi chiều")).to_be_visible()
        officer.goto(f"{site.address}/stations/son-ha/templates/{EVENING}")
        officer.get_by_role("button", name="Lưu, trình duyệt").click()
        expect(officer.locator(".flashes")).to_contain_text("Đã lưu khung chương trình")

        leader.goto(link())
        leader.locator("#yes-pin").fill(PIN)
        leader.get_by_role("button", name="Phê duyệt").click()
        expect(leader.get_by_text("Đã duyệt “Buổi chiều mới”")).to_be_visible()

    officer.goto(f"{site.address}/stations/son-ha/templates")
    expect(officer.get_by_role("link", name="Xin duyệt qua điện thoại")).to_have_count(0)
