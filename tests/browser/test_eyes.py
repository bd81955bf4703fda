"""Pages are read by every eye and on paper: more contrast, colours of the reader's own, a printed day, log and week."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page

from server.services import issuing
from tests.browser.furnished import furnish
from tests.browser.site import Site
from tests.browser.test_accessible import AXE
from tests.fakes.sealing import FakeSealing
from tests.server.web.commune import OFFICER

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

Visit = Callable[..., Page]
HERE = "/stations/son-ha"
FAINT = """async () => (await axe.run({runOnly: ["color-contrast-enhanced"], resultTypes: ["violations"]})).violations
    .flatMap(({nodes}) => nodes.map((node) => `${node.html.slice(0, 120)} ${node.any[0].message}`))"""
SEEN = """() => [...document.querySelectorAll("button, .button, .around, .hush, .head__station, h1")]
    .filter((each) => each.checkVisibility()).map((each) => each.className || each.tagName)"""
EDGES = """(each) => { const {outlineStyle, outlineWidth, borderBottomWidth} = getComputedStyle(each);
    return [outlineStyle, outlineWidth, borderBottomWidth].join(); }"""


@pytest.mark.timeout(180)
def test_text_is_read_in_the_sun_with_and_without_more_contrast(site: Site, visit: Visit) -> None:
    furnish(site)
    page = visit(OFFICER)
    faint = set()
    for name in ("today", "notices/new", "approvals", "loudspeakers", "log", "emergency", "exercise"):
        page.goto(f"{site.address}{HERE}/{name}")
        page.evaluate(AXE.read_text())
        for contrast in ("no-preference", "more"):
            page.emulate_media(contrast=contrast)
            faint |= {f"{name}, {contrast}: {each}" for each in page.evaluate(FAINT)}

    assert faint == set()


def test_who_wants_more_contrast_gets_it(visit: Visit) -> None:
    page = visit(OFFICER)
    soft = "getComputedStyle(document.querySelector('.soft')).color"
    before = page.evaluate(soft)

    page.emulate_media(contrast="more")

    assert page.evaluate(soft) != before


def test_who_presses_for_more_contrast_gets_it_on_every_page(site: Site, visit: Visit) -> None:
    page = visit(OFFICER)
    soft = "getComputedStyle(document.querySelector('.soft')).color"
    page.goto(f"{site.address}{HERE}/more")
    before = page.evaluate(soft)

    page.locator(".menu > summary").click()
    page.get_by_role("button", name="Tăng độ tương phản").click()
    page.goto(f"{site.address}{HERE}/more")

    assert page.evaluate(soft) != before


def test_what_is_chosen_is_seen_in_the_readers_own_colours(site: Site, visit: Visit) -> None:
    page = visit(OFFICER)
    page.emulate_media(forced_colors="active")
    page.goto(f"{site.address}{HERE}/notices/new")

    for chosen, other in (
        (".choice > input:checked + span", ".choice > input:not(:checked) + span"),
        (".around a[aria-current]", ".around a:not([aria-current])"),
    ):
        assert page.locator(chosen).first.evaluate(EDGES) != page.locator(other).first.evaluate(EDGES)


def test_a_printed_page_names_its_station_and_has_nothing_to_press(site: Site, visit: Visit) -> None:
    page = visit(OFFICER)
    page.emulate_media(media="print")
    seen = {}
    for name in ("today", "log", "week"):
        page.goto(f"{site.address}{HERE}/{name}")
        seen[name] = page.evaluate(SEEN)

    assert seen == {name: ["head__station", "H1"] for name in seen}


def test_the_printed_day_has_what_is_past_as_well(site: Site, visit: Visit) -> None:
    issuing.issue_wanted(site.store, site.clock, FakeSealing())
    page = visit(OFFICER)
    site.clock.advance(timedelta(hours=2))
    page.reload()
    lines = "[...document.querySelectorAll('.past .lines > li')].filter((each) => each.checkVisibility()).length"
    folded = page.evaluate(lines)

    page.emulate_media(media="print")

    assert folded == 0
    assert page.evaluate(lines) > 0


def test_the_printed_week_of_the_diary_ends_with_two_signatures(site: Site, visit: Visit) -> None:
    page = visit(OFFICER)
    page.goto(f"{site.address}{HERE}/diary")
    page.emulate_media(media="print")

    signs = page.locator(".sheet__signs > div").evaluate_all("(all) => all.map((each) => each.getBoundingClientRect())")

    assert len(signs) == 2
    assert signs[0]["top"] == signs[1]["top"]
    assert page.locator(".head").is_hidden()
