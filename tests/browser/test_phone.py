"""Every page fits a small phone: nothing runs over its edge, and what is pressed is as big as a thumb."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from schedules.ids import LoudspeakerId
from server.services import issuing
from tests.browser.evidence import speak_up
from tests.browser.site import Site
from tests.fakes.sealing import FakeSealing
from tests.server.web.commune import BOTH

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

Visit = Callable[..., Page]
SMALLEST = {"width": 360, "height": 740}
PAGES = [
    *("today", "week", "why", "simulate", "priorities", "templates", "programmes", "notices/new", "inbox", "campaigns"),
    *(
        "campaigns/new",
        "approvals",
        "loudspeakers",
        "log",
        "coverage",
        "diary",
        "regulation",
        "regulation/new",
        "silence",
    ),
    *("emergency", "emergency/texts", "exercise", "more"),
]
LEAST = 40
"""Pixels; links inside a sentence are text and stay as high as it is."""


@pytest.fixture
def phone(site: Site, visit: Visit) -> Page:
    """A phone at half past five: every page has something to show."""
    issuing.issue_wanted(site.store, site.clock, FakeSealing())
    site.clock.advance(timedelta(hours=1, minutes=32))
    speak_up(site.store, site.clock.now(), away=frozenset({LoudspeakerId("loa-3")}))
    return visit(BOTH, SMALLEST)


def test_no_page_is_wider_than_the_phone(site: Site, phone: Page) -> None:
    wide = {}
    for name in PAGES:
        phone.goto(f"{site.address}/stations/son-ha/{name}")
        wide[name] = phone.evaluate("document.documentElement.scrollWidth")

    assert {name: width for name, width in wide.items() if width > SMALLEST["width"]} == {}


def test_what_is_pressed_is_as_big_as_a_thumb(site: Site, phone: Page) -> None:
    small = []
    for name in PAGES:
        phone.goto(f"{site.address}/stations/son-ha/{name}")
        small += phone.evaluate(
            """(least) => [...document.querySelectorAll("button, .button, .around a, summary, select, input")]
                .filter((each) => each.type !== "hidden" && each.offsetParent !== null)
                .filter((each) => !each.closest(".choice, .flatpickr-calendar, label, .unseen"))
                .filter((each) => each.getBoundingClientRect().height < least)
                .map((each) => location.pathname + ": " + (each.textContent.trim() || each.name))""",
            LEAST,
        )

    assert small == []


def test_every_field_has_its_label(site: Site, phone: Page) -> None:
    bare = []
    for name in PAGES:
        phone.goto(f"{site.address}/stations/son-ha/{name}")
        bare += phone.evaluate(
            """() => [...document.querySelectorAll("input:not([type=hidden]), select, textarea, audio, [role=img]")]
                .filter((each) => !each.closest(".flatpickr-calendar"))
                .filter((each) => !(each.labels && each.labels.length) && !each.getAttribute("aria-label"))
                .map((each) => location.pathname + ": " + each.outerHTML.slice(0, 120))"""
        )

    assert bare == []


def test_every_page_names_its_language_title_and_first_heading(site: Site, phone: Page) -> None:
    for name in PAGES:
        phone.goto(f"{site.address}/stations/son-ha/{name}")

        assert phone.locator("html").get_attribute("lang") == "vi"
        assert "Xã Sơn Hà" in phone.title()
        assert phone.locator("main h1").count() >= 1
