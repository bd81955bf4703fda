"""A technician on a phone opens a code, and the page follows what the device does with it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from schedules.ids import LoudspeakerId
from server.device_records import Enrolment, Reach
from server.services import certifying, enrolment
from server.services.certifying import Desk
from tests.browser.site import Site
from tests.fakes.certificates import FakeCertificates
from tests.fakes.sealing import FakeSealing
from tests.server.services.device import NewDevice, by_scanning, trust_list
from tests.server.web.commune import TECHNICIAN

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

Visit = Callable[..., Page]
SMALLEST = {"width": 360, "height": 740}
SPEAKER = LoudspeakerId("loa-2")


def newest(site: Site) -> Enrolment:
    with site.store.reading() as uow:
        found = uow.enrolments.newest(SPEAKER)
    assert found is not None
    return found


def test_the_page_shows_a_code_that_fits_the_phone_and_follows_the_device(site: Site, visit: Visit) -> None:
    sealing, new = FakeSealing(), NewDevice()
    with site.store.writing() as uow:
        uow.issue.add_trust_list(1, trust_list(sealing))
        uow.commit()
    page = visit(TECHNICIAN, SMALLEST)
    page.goto(f"{site.address}/stations/son-ha/loudspeakers/{SPEAKER}/enrolment")

    page.get_by_role("button", name="Tạo mã mới").click()
    picture = page.get_by_role("img", name="Mã QR để khai báo thiết bị").locator("svg")
    expect(picture).to_be_visible()
    box = picture.bounding_box()
    wide = page.evaluate("document.documentElement.scrollWidth")
    code = newest(site)
    request = new.asks(code.id)
    enrolment.ask(site.store, site.clock, code.id, request, proven=by_scanning(code, request))
    certifying.answer_due(
        site.store, site.clock, Desk(sealing, FakeCertificates(), Reach(broker_host="broker", broker_port=8883))
    )

    expect(page.get_by_role("heading", name="Đã khai báo xong")).to_be_visible(timeout=10_000)
    expect(page.get_by_text(new.id).first).to_be_visible()
    expect(picture).to_have_count(0)
    assert wide <= SMALLEST["width"]
    assert box is not None
    assert box["width"] == pytest.approx(box["height"])
    assert box["width"] >= 200
