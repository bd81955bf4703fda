"""What a page weighs and when it is of use on a weak line, in a real Chromium with an empty cache; faults axe finds.

Bytes are those that came over the line, headers included, until nothing more came: of the page one signs in on, and of
the first page after that. Each is opened anew on the lines that Chromium's developer tools call "Fast 3G" (1.44 Mbit/s,
562.5 ms from a question to its answer) and "Slow 3G" (0.4 Mbit/s, 2 s), until its largest text or picture stands there.
Then axe looks at every page there is, on a desktop and on a phone. Prints one JSON line last; the value is the heavier
page in kB.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, StorageState

from server.audio import write_tune
from tests.browser.furnished import EVERYBODY, furnish
from tests.browser.site import Site, running_site
from tests.browser.test_accessible import address, pages, seen_at
from tests.server.web.commune import MONDAY_BEFORE_DAWN, OFFICER, PASSWORD, Account, open_sessions, settle
from tests.services.chromium import PHONE, open_context, running_chromium

GOAL_KB, GOAL_VIOLATIONS, GOAL_S = 150.0, 0, 3.0


@dataclass(frozen=True, slots=True)
class Line:
    """How a line is throttled: kilobits a second each way, and milliseconds from a question to its answer."""

    down: float
    up: float
    latency_ms: float


LINES = {"Fast 3G": Line(1440, 675, 562.5), "Slow 3G": Line(400, 400, 2000)}
STANDS = """() => new Promise((tell) => {
    let last = null;
    new PerformanceObserver((list) => { last = list.getEntries().at(-1); })
        .observe({type: "largest-contentful-paint", buffered: true});
    setTimeout(() => tell(last.startTime), 500);
})"""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A page: kilobytes over the line, answers, and the seconds until it is of use by the line."""

    kilobytes: float
    answers: int
    of_use_after_s: dict[str, float]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--no-axe", action="store_true", help="weigh only")
    asked = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as directory,
        running_site(Path(directory) / "var", now=MONDAY_BEFORE_DAWN) as site,
        running_chromium() as browser,
    ):
        _settle(site, Path(directory) / "tune.wav")
        known = _signed_in(browser, site, OFFICER)
        weighed = {
            "sign-in": _weigh(browser, f"{site.address}/sign-in", None),
            "first page": _weigh(browser, f"{site.address}/", known),
        }
        for name, each in weighed.items():
            print(name, each, flush=True)
        violations = None if asked.no_axe else _violations(browser, site)
    heaviest = max(each.kilobytes for each in weighed.values())
    slowest = max(each.of_use_after_s["Fast 3G"] for each in weighed.values())
    print(
        json.dumps(
            {
                "name": "page_weight",
                "value": heaviest,
                "unit": "kB",
                "goal": GOAL_KB,
                "holds": heaviest <= GOAL_KB and slowest <= GOAL_S and violations == GOAL_VIOLATIONS,
                "detail": {
                    **{name: asdict(each) for name, each in weighed.items()},
                    "violations": violations,
                },
            }
        )
    )


def _weigh(browser: Browser, where: str, known: StorageState | None) -> Weighed:
    with _window(browser, known) as (page, line):
        sizes: list[float] = []
        line.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
        page.goto(where, wait_until="networkidle")
        assert sizes, where
    return Weighed(
        kilobytes=round(sum(sizes) / 1000, 1),
        answers=len(sizes),
        of_use_after_s={name: _of_use(browser, where, known, each) for name, each in LINES.items()},
    )


def _of_use(browser: Browser, where: str, known: StorageState | None, throttled: Line) -> float:
    with _window(browser, known) as (page, line):
        told = {
            "offline": False,
            "latency": throttled.latency_ms,
            "downloadThroughput": throttled.down * 1000 / 8,
            "uploadThroughput": throttled.up * 1000 / 8,
        }
        line.send("Network.emulateNetworkConditions", told)
        page.goto(where, wait_until="load", timeout=60_000)
        stood_at: float = page.evaluate(STANDS)
    return round(stood_at / 1000, 2)


@contextmanager
def _window(browser: Browser, known: StorageState | None) -> Iterator[tuple[Page, CDPSession]]:
    """Open a phone's window with an empty cache, in which somebody is signed in where they are known."""
    context: BrowserContext = browser.new_context(viewport=PHONE, locale="vi-VN", storage_state=known)
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    try:
        yield page, line
    finally:
        context.close()


def _violations(browser: Browser, site: Site) -> int:
    ids = furnish(site)
    with open_context(browser) as context:
        window = context.new_page()
        _sign_in(window, site, EVERYBODY)
        found = {path: seen_at(window, site.address + path) for path in (address(rule, ids) for rule in pages())}
    print({path: wrong for path, wrong in found.items() if wrong}, f"{len(found)} pages", flush=True)
    return sum(len(wrong) for page in found.values() for wrong in page.values() if isinstance(wrong, list))


def _signed_in(browser: Browser, site: Site, account: Account) -> StorageState:
    with open_context(browser) as context:
        _sign_in(context.new_page(), site, account)
        return context.storage_state()


def _sign_in(page: Page, site: Site, account: Account) -> None:
    page.goto(f"{site.address}/sign-in")
    page.get_by_label("Tên đăng nhập").fill(account.login)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(lambda where: "/sign-in" not in where)


def _settle(site: Site, tune: Path) -> None:
    settle(site.store, site.hashing)
    write_tune(tune, seconds=5)
    prepared = site.preparation.prepare(tune, limit=site.longest, progress=lambda _: None, cancelled=lambda: False)
    open_sessions(site.store, prepared.recording)


if __name__ == "__main__":
    main()
