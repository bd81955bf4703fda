"""Thirty days of a loudspeaker in a real browser: drawn from the table, and readable without any of it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from server.services import issuing
from tests.browser.conftest import sign_in
from tests.browser.evidence import speak_up
from tests.browser.site import Site
from tests.fakes.sealing import FakeSealing
from tests.server.web.commune import SON_HA, TECHNICIAN, Account
from tests.services.chromium import PHONE

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

PAGE = f"/stations/{SON_HA}/loudspeakers/loa-1/health"


@pytest.fixture
def heard(site: Site) -> Site:
    issuing.issue_wanted(site.store, site.clock, FakeSealing())
    site.clock.advance(timedelta(hours=3))
    speak_up(site.store, site.clock.now())
    return site


def test_the_pictures_show_what_the_table_says(heard: Site, visit: Callable[[Account], Page]) -> None:
    page = visit(TECHNICIAN)

    page.goto(heard.address + PAGE)

    expect(page.locator(".picture canvas")).to_have_count(page.locator(".picture").count())
    expect(page.locator("[data-picture=temperature].picture .u-series").nth(1)).to_contain_text("42")
    page.set_viewport_size(PHONE)
    page.get_by_text("Bảng số liệu").first.click()
    expect(page.locator("#days").get_by_role("row")).to_have_count(31)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_without_scripts_the_table_is_open(heard: Site, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, heard, TECHNICIAN)

    page.goto(heard.address + PAGE)

    expect(page.locator("#days").get_by_role("row")).to_have_count(31)
    expect(page.locator("canvas")).to_have_count(0)
    context.close()
