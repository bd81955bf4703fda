"""A technician below a pole lets the phone say where it stands; without its word two numbers are typed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from schedules.ids import LoudspeakerId
from tests.browser.site import Site
from tests.server.web.commune import TECHNICIAN

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

Visit = Callable[..., Page]
SMALLEST = {"width": 360, "height": 740}
HERE = "/stations/son-ha/loudspeakers/loa-2/position"


def test_the_phone_fills_the_position_in_where_it_may(site: Site, visit: Visit) -> None:
    page = visit(TECHNICIAN, SMALLEST)
    page.context.grant_permissions(["geolocation"], origin=site.address)
    page.context.set_geolocation({"latitude": 15.0458, "longitude": 108.4777, "accuracy": 11.6})
    page.goto(site.address + HERE)

    page.get_by_role("button", name="Lấy vị trí của máy này").click()

    expect(page.get_by_role("status").filter(has_text="12 m")).to_be_visible()
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_text("15.04580, 108.47770")).to_be_visible()
    with site.store.reading() as uow:
        known = uow.places.loudspeaker(LoudspeakerId("loa-2"))
    assert known is not None
    assert known.position == (15.0458, 108.4777)


def test_who_says_no_is_told_to_type_it(site: Site, visit: Visit) -> None:
    page = visit(TECHNICIAN, SMALLEST)
    page.context.clear_permissions()
    page.goto(site.address + HERE)

    page.get_by_role("button", name="Lấy vị trí của máy này").click()

    expect(page.get_by_text("Hãy nhập hai số ở dưới.")).to_be_visible(timeout=25_000)
