"""Live parts in a real browser: told of news and not asked for before; asked for again while the server is away."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.conftest import sign_in
from tests.browser.site import Site, running_site
from tests.server.web.commune import MONDAY_BEFORE_DAWN, OFFICER
from tests.services.chromium import open_context
from tests.services.ports import find_free_port

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

Visit = Callable[..., Page]
SPEAKS = """
import sys
from datetime import timedelta
from schedules.ids import LoudspeakerId
from server.store import open_as_it_is
from tests.contracts import samples
from tests.server.web.commune import MONDAY_BEFORE_DAWN

store = open_as_it_is(sys.argv[1])
presence = samples.presence(1)
with store.writing() as uow:
    uow.evidence.put_presence(LoudspeakerId(sys.argv[2]), presence, MONDAY_BEFORE_DAWN)
    uow.commit()
store.close()
"""
HIDES = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
HEARD_WITHIN_S = 2.0
QUIET_MS = 6_000
"""Longer than the longest pause between two questions of a page without a stream."""


def speaks(directory: Path, loudspeaker: str) -> None:
    """Let another process write what a loudspeaker says, as the conductor does."""
    url = f"sqlite:///{directory}/radio.db"
    subprocess.run([sys.executable, "-c", SPEAKS, url, loudspeaker], check=True, timeout=30)


def asked_by(page: Page) -> list[str]:
    """What the page asks for from now on."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if "/stations/" in request.url:
            asked.append(request.url.rpartition("/")[2])

    page.on("request", note)
    return asked


def test_what_another_process_wrote_is_shown_within_two_seconds_and_nothing_is_asked_before(
    tmp_path: Path, visit: Visit
) -> None:
    page = visit(OFFICER)
    page.goto(page.url.replace("/today", "/loudspeakers"))
    expect(page.get_by_text("đang kết nối")).to_have_count(0)
    page.wait_for_timeout(500)
    asked = asked_by(page)
    page.wait_for_timeout(QUIET_MS)
    assert asked == []

    speaks(tmp_path / "var", "loa-1")
    began = monotonic()
    expect(page.get_by_text("đang kết nối")).to_have_count(1, timeout=HEARD_WITHIN_S * 1000)
    assert monotonic() - began < HEARD_WITHIN_S

    page.wait_for_timeout(QUIET_MS)
    assert sorted(asked) == ["banner", "latest", "live", "locks"]


def test_a_page_goes_on_asking_while_the_server_is_away_and_is_told_again_once_it_is_back(
    tmp_path: Path, commune: Path, chromium: Browser
) -> None:
    directory, port = tmp_path / "var", find_free_port()
    shutil.copytree(commune, directory)
    with open_context(chromium) as context:
        page = context.new_page()
        with running_site(directory, now=MONDAY_BEFORE_DAWN, port=port) as site:
            sign_in(page, site, OFFICER)
            page.goto(page.url.replace("/today", "/loudspeakers"))
            expect(page.get_by_text("Số liệu lúc 04:00:00")).to_be_visible()
        expect(page.get_by_text("Mất kết nối với máy chủ")).to_be_visible(timeout=15_000)

        speaks(directory, "loa-1")
        with running_site(directory, now=MONDAY_BEFORE_DAWN, port=port):
            expect(page.get_by_text("Mất kết nối với máy chủ")).to_be_hidden(timeout=15_000)
            expect(page.get_by_text("đang kết nối")).to_have_count(1)
            page.wait_for_timeout(QUIET_MS)
            asked = asked_by(page)
            page.wait_for_timeout(QUIET_MS)
            assert asked == []
            speaks(directory, "loa-2")
            expect(page.get_by_text("đang kết nối")).to_have_count(2, timeout=HEARD_WITHIN_S * 1000)


def test_a_hidden_page_asks_nothing_and_holds_no_stream_and_a_page_that_is_looked_at_again_does(
    tmp_path: Path, site: Site, visit: Visit
) -> None:
    page = visit(OFFICER)
    page.goto(page.url.replace("/today", "/loudspeakers"))
    page.wait_for_timeout(500)
    page.evaluate(HIDES, True)
    asked = asked_by(page)
    speaks(tmp_path / "var", "loa-1")
    page.wait_for_timeout(QUIET_MS)
    assert asked == []

    page.evaluate(HIDES, False)

    expect(page.get_by_text("đang kết nối")).to_have_count(1, timeout=HEARD_WITHIN_S * 1000)


def test_what_was_unfolded_stays_so_when_its_part_is_sent_anew(site: Site, visit: Visit) -> None:
    page = visit(OFFICER)
    page.goto(page.url.replace("/today", "/today?day=2026-11-23"))
    colours = page.locator("#strip-colours")
    colours.locator("summary").click()
    with page.expect_response("**/today/live?*"):
        page.evaluate("htmx.trigger('#live', 'news')")
    page.wait_for_timeout(200)

    assert colours.evaluate("(each) => each.open")
