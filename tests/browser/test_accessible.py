"""Every page there is keeps WCAG 2.2 AA as axe sees it, on a desktop and on a phone."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, ViewportSize
from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, Rule

from server.web.screens import SCREENS
from tests.browser.furnished import EVERYBODY, furnish
from tests.browser.site import Site
from tests.services.chromium import DESKTOP, PHONE

pytestmark = [pytest.mark.chromium, pytest.mark.slow]

Visit = Callable[..., Page]
AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
NO_PAGE = {
    "agent_door.trust": "answers loudspeakers",
    "audio.recording": "a sound",
    "commands.diagnostics": "a file to keep",
    "health.healthz": "answers machines",
    "static": "a file",
    "contribution_desk.sound": "a sound",
    "contributions.own_sound": "a sound",
    "royalties.file": "a file to keep",
    "commands.latest": "a part of loudspeakers.board",
    "commands.of_one": "a part of loudspeakers.one",
    "emergencies.banner": "a part of every page",
    "emergencies.live": "a part of emergencies.state",
    "enrolment.live": "a part of enrolment.shown",
    "events.stream": "marks of what is new, for scripts",
    "exercises.live": "a part of exercises.state",
    "fault_list.file": "a file to keep",
    "fleet_import.example": "a file to keep",
    "inspection.file": "a file to keep",
    "inspection.matrix_file": "a file to keep",
    "log.live": "a part of log.entries",
    "loudspeakers.live": "a part of loudspeakers.board",
    "silence.banner": "a part of every page",
    "silence.board": "a part of silence.state",
    "outside_approvals.one": "stands on a signed paper, of which the furnished commune has none",
    "outside_approvals.paper": "a picture of a signed paper",
    "phone_approval.sound": "a sound",
    "takes.listed": "a part of notices.edit",
    "today.live": "a part of today.day",
    "upkeep.locks": "a part of loudspeakers.board",
    "week.moving": "moves one item that stands alone, of which the furnished commune has none",
}
"""What this does not open, with what it is."""

OTHERS = {
    "approvals.session": {"template": "changed_template"},
    "approval_links.ask_for_session": {"template": "changed_template"},
    "outside_approvals.enter_for_session": {"template": "changed_template"},
    "break_glass.begin": {"template": "text"},
    "units.change_group": {"unit_id": "station_id"},
    "zones.change": {"unit_id": "station_id"},
    "zones.make": {"unit_id": "station_id"},
}
"""Where a parameter of an address means something else than everywhere else."""

DOUBLED: ViewportSize = {"width": 640, "height": 400}
"""What is left of a small laptop's window at 200 %."""
ENLARGED: ViewportSize = {"width": 320, "height": 640}
"""What is left of it at 400 %, of a phone's window at 200 %."""
OVER_THE_EDGE = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.body.querySelectorAll("*")].filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
    .map((each) => each.outerHTML.slice(0, 120)).slice(0, 3)"""
LOOK = """async (rules) => (await axe.run({runOnly: rules, resultTypes: ["violations"]})).violations
    .flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary}`))"""


def pages() -> Iterator[Rule]:
    """Give the rule of every page, as the application has it."""
    for rule in _rules().iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint not in NO_PAGE:
            yield rule


def rule_of(path: str) -> str:
    """Give the rule of the page at an address; the address where there is no such page."""
    try:
        return _rules().bind("").match(path.partition("?")[0], "GET", return_rule=True)[0].rule
    except NotFound:
        return path


def _rules() -> Map:
    app = Flask(__name__, static_folder=None)
    for screen in SCREENS:
        app.register_blueprint(screen)
    return app.url_map


def address(rule: Rule, ids: Mapping[str, str]) -> str:
    """Fill in a rule."""
    other = OTHERS.get(rule.endpoint, {})
    path = rule.rule
    for name in rule.arguments:
        path = path.replace(f"<{name}>", ids[other.get(name, name)])
    return path


def seen_at(window: Page, where: str) -> dict[str, object]:
    """Open an address; give what is wrong there, by the size of the window."""
    window.set_viewport_size(DESKTOP)
    answer = window.goto(where)
    assert answer is not None, where
    assert answer.ok, where
    assert answer.text().lstrip().startswith("<!doctype html>"), where
    window.evaluate(AXE.read_text())
    desktop = window.evaluate(LOOK, RULES)
    window.set_viewport_size(PHONE)
    phone = window.evaluate(LOOK, RULES)
    window.set_viewport_size(DOUBLED)
    doubled = window.evaluate(OVER_THE_EDGE)
    window.set_viewport_size(ENLARGED)
    enlarged = window.evaluate(OVER_THE_EDGE)
    found = {"desktop": desktop, "phone": phone, "doubled": doubled, "enlarged": enlarged}
    return {size: wrong for size, wrong in found.items() if wrong}


@pytest.mark.timeout(300)
def test_no_page_has_a_violation(site: Site, visit: Visit) -> None:
    ids = furnish(site)
    window = visit(EVERYBODY)
    paths = [address(rule, ids) for rule in pages()]

    found = {path: seen_at(window, site.address + path) for path in paths}

    assert len(found) > 50
    assert {where: wrong for where, wrong in found.items() if wrong} == {}
