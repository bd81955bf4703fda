"""What is hung on a wall fits one sheet of paper, and what is longer than a sheet is printed line under line."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page

from schedules.emergency_right import EmergencyRight
from schedules.ids import PersonId
from server.values import Role
from tests.browser.site import Site
from tests.server.web.commune import LONG_AGO, OFFICER, SON_HA
from tests.server.web.test_card import AT_NOON

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

Visit = Callable[..., Page]


def pages_of(pdf: bytes) -> int:
    """Count the pages of a PDF as Chromium writes it."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_crowded_card_is_one_page(site: Site, visit: Visit, language: str) -> None:
    _crowd(site)
    page = visit(OFFICER)
    if language == "en":
        page.locator(".menu > summary").click()
        page.get_by_role("button", name="English").click()

    page.goto(f"{site.address}/stations/{SON_HA}/card")
    printed = page.pdf(prefer_css_page_size=True)

    assert pages_of(printed) == 1


@pytest.mark.parametrize("path", ["today", "log?day=23/11/2026"])
def test_what_is_longer_than_a_sheet_is_no_grid_on_paper(site: Site, visit: Visit, path: str) -> None:
    page = visit(OFFICER)

    page.goto(f"{site.address}/stations/{SON_HA}/{path}")
    page.emulate_media(media="print")

    shown = page.locator("main :is(.stack, .card, .lines, .log, .log-list)")
    displays = set(shown.evaluate_all("(parts) => parts.map((part) => getComputedStyle(part).display)"))
    assert displays <= {"block", "none"}
    assert "block" in displays


def test_the_count_sees_more_than_one_page(visit: Visit, site: Site) -> None:
    page = visit(OFFICER)
    page.goto(f"{site.address}/stations/{SON_HA}/regulation")

    assert pages_of(page.pdf(format="A6")) > 1


def _crowd(site: Site) -> None:
    """Give every line of the card as many people as it takes, with long names, and open a session more."""
    with site.store.writing() as uow:
        known = uow.people.get(PersonId(OFFICER.login))
        assert known
        for role in (Role.OFFICER, Role.APPROVER, Role.TECHNICIAN):
            for number in range(4):
                login = f"{role}-{number}"
                name = f"Nguyễn Hoàng Thị Phương Thảo {number}"
                uow.people.put(replace(known, id=PersonId(login), login=login, name=name, roles=frozenset({role})))
                if role is Role.OFFICER:
                    right = EmergencyRight(person=PersonId(login), unit=SON_HA, given_by=known.id, since=LONG_AGO)
                    uow.emergencies.put_right(right)
        regulation = next(each for each in uow.places.regulations() if each.station == SON_HA)
        uow.places.put_regulation(replace(regulation, openings=(AT_NOON,)))
        uow.commit()
