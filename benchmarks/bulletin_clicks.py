"""Clicks and keys beside the text from an open notice page to a submitted notice, by a practised officer in Chromium.

The notice: two hamlets of three, this evening and tomorrow morning, read twice, valid until tomorrow noon. What was
stored is compared with that before anything is printed. Prints one JSON line last; the value is clicks and keys.
"""

import json
import sys
import tempfile
import time as clock
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Locator, Page, expect

from schedules.programme import State
from schedules.slot import InPlace
from server.audio import write_tune
from tests.browser.site import Site, running_site
from tests.server.web.commune import (
    DONG_BANG,
    EVENING_NOTICES,
    MORNING_NOTICES,
    OFFICER,
    PASSWORD,
    SON_HA,
    open_sessions,
    settle,
)
from tests.services.chromium import open_context, running_chromium

GOAL = 12
AFTER_LUNCH = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
"""Monday, 23 November 2026, 14:00 in Vietnam."""
TITLE = "Tạm ngừng cấp điện"
TEXT = "Kính thưa bà con. Ngày mai, từ 13 giờ, Điện lực tạm ngừng cấp điện. Xin cảm ơn bà con."


@dataclass
class Hand:
    """A practised hand: every click and every key that is no text is counted."""

    page: Page
    counted: int = 0

    def clicks(self, what: Locator) -> None:
        """Click once."""
        self.counted += 1
        what.click()

    def presses(self, key: str) -> None:
        """Press a key that is no text."""
        self.counted += 1
        self.page.keyboard.press(key)

    def types(self, text: str) -> None:
        """Type text where the cursor stands."""
        self.page.keyboard.type(text)


def main() -> None:
    """Measure and print."""
    with (
        tempfile.TemporaryDirectory() as directory,
        running_site(Path(directory) / "var", now=AFTER_LUNCH) as site,
        running_chromium() as browser,
        open_context(browser) as context,
    ):
        _settle(site, Path(directory) / "tune.wav")
        hand = Hand(_signed_in(context.new_page(), site))
        hand.page.goto(f"{site.address}/stations/{SON_HA}/notices/new")
        began = clock.perf_counter()
        _writes_and_submits(hand)
        took = clock.perf_counter() - began
        _prove(site)
    result = {
        "benchmark": "bulletin_clicks",
        "value": hand.counted,
        "unit": "clicks and keys",
        "goal": GOAL,
        "met": hand.counted <= GOAL,
        "machine_seconds": round(took, 1),
    }
    print(json.dumps(result))


def _writes_and_submits(hand: Hand) -> None:
    page = hand.page
    hand.clicks(page.get_by_label("Tên thông báo"))
    hand.types(TITLE)
    hand.presses("Tab")
    hand.types(TEXT)
    hand.clicks(page.get_by_role("checkbox", name="Đồng Bằng"))
    hand.clicks(page.get_by_role("button", name="Buổi chiều hôm nay và Buổi sáng ngày mai"))
    hand.clicks(page.get_by_role("button", name="Đọc bằng giọng máy"))
    expect(page.locator("#takes audio")).to_be_visible(timeout=30_000)
    hand.clicks(page.get_by_role("button", name="Trình duyệt"))
    expect(page.locator(".flashes")).to_contain_text("Đã trình duyệt")


def _prove(site: Site) -> None:
    with site.store.reading() as uow:
        (stored,) = (each for each in uow.programmes.all() if each.programme.title == TITLE)
        (slot,) = (each.slot for each in uow.programmes.slots() if each.slot.programme == stored.programme.id)
    timing = slot.timing
    assert stored.programme.state is State.SUBMITTED
    assert stored.programme.times_read == 2
    assert stored.programme.valid_until == datetime(2026, 11, 24, 5, 0, tzinfo=UTC)
    assert len(slot.target.zones) == 2
    assert DONG_BANG not in slot.target.zones
    assert isinstance(timing, InPlace)
    assert (timing.first_day, timing.ends_on) == (date(2026, 11, 23), date(2026, 11, 24))
    assert set(timing.places) == {EVENING_NOTICES, MORNING_NOTICES}


def _settle(site: Site, tune: Path) -> None:
    settle(site.store, site.hashing)
    write_tune(tune, seconds=5)
    prepared = site.preparation.prepare(tune, limit=site.longest, progress=lambda _: None, cancelled=lambda: False)
    open_sessions(site.store, prepared.recording)
    with site.store.writing() as uow:
        uow.places.allow_machine_voice(SON_HA, allowed=True)
        uow.commit()


def _signed_in(page: Page, site: Site) -> Page:
    page.goto(f"{site.address}/sign-in")
    page.get_by_label("Tên đăng nhập").fill(OFFICER.login)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/today")
    return page


if __name__ == "__main__":
    main()
