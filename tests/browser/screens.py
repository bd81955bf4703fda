"""Takes the pictures of docs/screens: every page of a demonstration morning, on a desktop and on a phone.

The day is invented and stands still, so that the same pictures come out every time: `make screens`.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Cookie, Page, ViewportSize

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from schedules.programme import State  # noqa: E402
from server.demo import content, emergencies, stations  # noqa: E402
from server.services import attainments, issuing, programmes  # noqa: E402
from server.values import Person  # noqa: E402
from tests.browser.evidence import speak_up  # noqa: E402
from tests.browser.site import Site, running_site  # noqa: E402
from tests.fakes.sealing import FakeSealing  # noqa: E402
from tests.services.chromium import DESKTOP, PHONE, open_context, running_chromium  # noqa: E402

SCREENS = ROOT / "docs" / "screens"
THE_DAY_BEFORE = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TIME = ZoneInfo("Asia/Ho_Chi_Minh")
MORNING = datetime(2026, 11, 22, 22, 44, 20, tzinfo=UTC)
"""Monday, 23 November 2026, 05:44:20 in Vietnam: the notices are on the air."""


def main() -> None:
    """Take every picture, or those whose names were given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="pictures to take; all when none is named")
    wanted = set(parser.parse_args().names)
    SCREENS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, running_site(Path(directory), now=THE_DAY_BEFORE) as site:
        passwords = furnish(site)
        with running_chromium() as browser:
            cookies = _signed_in(browser, site, passwords)
            for name, (login, address, then) in _pages(site).items():
                if not wanted or name in wanted:
                    for kind, viewport in (("laptop", DESKTOP), ("phone", PHONE)):
                        _take(browser, site, SCREENS / f"{name}-{kind}.png", login, cookies, address, then, viewport)
                        print(f"{name}-{kind}", flush=True)  # noqa: T201 -- tells how far it is


def furnish(site: Site) -> dict[str, str]:
    """Make the demonstration's week the day before, then let the morning come; give the passwords."""
    centre = content.Centre(site.store, site.clock, site.preparation, site.hashing, site.uploads)
    accounts = content.people(centre)
    zones = (stations.LANG_MOI, stations.GO_SIM, stations.DONG_BANG, stations.TRIAL_ZONE)
    content.places(centre, public_keys={zone: f"{n + 1:064x}" for n, zone in enumerate(zones)})
    content.channels(centre, radio_url="http://127.0.0.1:9/")
    content.timetable(centre, tell=lambda title: print(title, flush=True))  # noqa: T201 -- tells how far it is
    emergencies.prepare(centre)
    issuing.issue_wanted(site.store, site.clock, FakeSealing())
    with site.store.writing() as uow:
        for mark in uow.issue.marks():
            uow.issue.published(mark.zone, mark.issued_revision)
        uow.commit()
    site.clock.advance(MORNING - site.clock.now())
    gone = frozenset({stations.loudspeaker_of(stations.LANG_MOI)})
    speak_up(
        site.store,
        site.clock.now(),
        away=gone,
        ill={stations.loudspeaker_of(zone): codes[0] for zone, codes in stations.FAULTS.items()},
    )
    return {account.login: account.password for account in accounts}


def _person(site: Site, login: str) -> Person:
    with site.store.reading() as uow:
        found = uow.people.by_login(login)
    assert found
    return found


def _pages(site: Site) -> dict[str, tuple[str, str, Callable[[Page], None] | None]]:
    """Give each picture's name: who looks, at which page, after doing what."""
    here = f"/stations/{stations.SON_HA}"
    officer = _person(site, "canbo")
    listed = programmes.listed(site.store, officer)
    power_cut = next(each.programme.id for each in listed if "cấp điện" in each.programme.title)
    waiting = next((each.programme.id for each in listed if each.programme.state is State.SUBMITTED), power_cut)
    campaign = attainments.listed(site.store, officer, stations.SON_HA)[0].campaign.id
    return {
        "sign-in": ("", "/sign-in", None),
        "today": ("canbo", f"{here}/today", None),
        "programmes": ("canbo", f"{here}/programmes", None),
        "programme": ("canbo", f"{here}/programmes/{power_cut}", None),
        "notice": ("canbo", f"{here}/notices/{power_cut}", _wait_for_preview),
        "notice-new": ("canbo", f"{here}/notices/new", None),
        "slot": ("canbo", f"{here}/programmes/{power_cut}/slots/new", _exact),
        "approvals": ("lanhdao", f"{here}/approvals", None),
        "approval": ("lanhdao", f"{here}/approvals/{waiting}", None),
        "inbox": ("canbo", f"{here}/inbox", None),
        "week": ("canbo", f"{here}/week", None),
        "week-copy": ("canbo", f"{here}/week/copy", None),
        "why": ("canbo", f"{here}/today", _ask_why),
        "simulate": ("canbo", f"{here}/simulate", _try_approval),
        "priorities": ("canbo", f"{here}/priorities", None),
        "template": ("canbo", f"{here}/templates/{stations.SON_HA}-morning", _wait_for_forecast),
        "regulation": ("canbo", f"{here}/regulation", None),
        "more": ("canbo", f"{here}/more", None),
        "card": ("canbo", f"{here}/card", None),
        "first-day": ("canbo", "/first-day", None),
        "loudspeakers": ("canbo", f"{here}/loudspeakers", None),
        "loudspeaker": ("canbo", f"{here}/loudspeakers/{stations.loudspeaker_of(stations.LANG_MOI)}", None),
        "log": ("canbo", f"{here}/log", None),
        "results": ("canbo", f"{here}/coverage?by=language", None),
        "campaign": ("canbo", f"{here}/campaigns/{campaign}", None),
        "diary": ("canbo", f"{here}/diary", None),
        "silence-button": ("canbo", f"{here}/today", _press_red),
        "silence": ("canbo", f"{here}/silence", _order_silence),
        "exercise": ("canbo", f"{here}/exercise", None),
        "emergency": ("canbo", f"{here}/emergency", _issue_text),
        "emergency-summary": ("canbo", f"{here}/emergency", _write_own),
        "styleguide": ("canbo", "/styleguide", None),
        "problem": ("canbo", f"{here}/nowhere", None),
    }


def _take(
    browser: Browser,
    site: Site,
    into: Path,
    login: str,
    cookies: dict[str, list[Cookie]],
    address: str,
    then: Callable[[Page], None] | None,
    viewport: ViewportSize,
) -> None:
    with open_context(browser, viewport=viewport) as context:
        context.add_cookies(cookies.get(login, []))  # type: ignore[arg-type]  # what one call gives the other takes
        page = context.new_page()
        page.goto(f"{site.address}{address}")
        if then is not None:
            then(page)
        page.wait_for_timeout(300)
        # As tall as its content, so that what is fixed to the foot of a phone stands there.
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": viewport["width"], "height": max(height, viewport["height"])})
        page.screenshot(path=into)


def _signed_in(browser: Browser, site: Site, passwords: dict[str, str]) -> dict[str, list[Cookie]]:
    """Sign everybody in once; give the cookies of each."""
    cookies = {}
    for login in ("canbo", "lanhdao"):
        with open_context(browser) as context:
            page = context.new_page()
            page.goto(f"{site.address}/sign-in")
            page.fill("#login", login)
            page.fill("#password", passwords[login])
            page.click("main form.card button")
            page.wait_for_url("**/today")
            cookies[login] = context.cookies()
    return cookies


def _wait_for_preview(page: Page) -> None:
    page.wait_for_selector("#preview .figures")


def _wait_for_forecast(page: Page) -> None:
    page.get_by_text("Xem trước một ngày").wait_for()
    page.wait_for_timeout(1200)


def _ask_why(page: Page) -> None:
    page.get_by_role("link", name="Vì sao?").first.click()
    page.wait_for_load_state()


def _try_approval(page: Page) -> None:
    page.locator("form.card .choice").first.click()
    page.get_by_role("button", name="Tính thử").click()
    page.wait_for_load_state()


def _exact(page: Page) -> None:
    page.get_by_label("Đúng giờ, đúng giây").check()
    page.fill("#at", "05:50:00")
    page.keyboard.press("Tab")
    page.wait_for_timeout(1200)


def _press_red(page: Page) -> None:
    page.locator("details.hush > summary").click()


def _issue_text(page: Page) -> None:
    if page.locator(".card--alarm-real").count():  # the laptop's picture was first
        return
    page.get_by_role("link", name="Cháy rừng: rời khỏi bìa rừng · lời đã duyệt").click()
    page.get_by_role("button", name="Xem lại trước khi phát").click()
    page.get_by_role("button", name="Phát khẩn cấp tại").click()
    page.wait_for_selector(".card--alarm-real")


def _write_own(page: Page) -> None:
    page.get_by_role("link", name="Tự soạn lời").click()
    page.get_by_label("Việc gì").select_option(label="Sạt lở đất")
    page.get_by_label("Tiêu đề").fill("Sạt lở đường lên Gò Sim")
    page.get_by_label("Lời đọc tiếng Việt").fill(
        "Đường lên Gò Sim đang sạt lở. Bà con không đi qua, đợi thông báo của xã."
    )
    page.get_by_role("button", name="Xem lại trước khi phát").click()
    page.wait_for_selector(".card--alarm-real")


def _order_silence(page: Page) -> None:
    page.locator("details.hush > summary").click()
    page.get_by_role("button", name="Im lặng toàn xã").click()
    page.wait_for_selector(".card--alarm")


if __name__ == "__main__":
    main()
