"""Takes the pictures of docs/screens: every page there is, on a phone and on a laptop, in Vietnamese and in English.

The days are invented and stand still, so that the same pictures come out every time: `make screens`. A page is pictured
in the demonstration's morning where `scenes` has it, else in the furnished commune of the tests, before the first
person who may open it.
"""

import argparse
import base64
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import chain, product
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Cookie, Page, ViewportSize

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.browser import furnished, scenes  # noqa: E402
from tests.browser.site import Site, running_site  # noqa: E402
from tests.browser.test_accessible import address, pages, rule_of  # noqa: E402
from tests.server.web import commune  # noqa: E402
from tests.services.chromium import DESKTOP, PHONE, open_context, running_chromium  # noqa: E402

PICTURES = ROOT / "docs" / "screens"
LANGUAGES = ("vi", "en")
KINDS: Mapping[str, ViewportSize] = {"phone": PHONE, "laptop": DESKTOP}
QUALITY = 35
"""Of WebP: letters stay clear, and nearly every picture stays under 60 kB."""
TALLEST = 1600
"""Pixels; of a page that is longer the picture ends there."""
LOOKERS = (
    commune.OFFICER,
    commune.APPROVER,
    commune.TECHNICIAN,
    commune.INSPECTOR,
    commune.ADMINISTRATOR,
    furnished.EVERYBODY,
)
AT_HOME = {
    **dict.fromkeys(("account", "approvals", "approval_links", "delegations"), commune.APPROVER),
    **dict.fromkeys(("fleet", "upkeep", "positions", "enrolment", "commands"), commune.TECHNICIAN),
    **dict.fromkeys(("inspection",), commune.INSPECTOR),
    **dict.fromkeys(("contributions",), furnished.EVERYBODY),
    **dict.fromkeys(("accounts", "audit", "units", "zones", "languages"), commune.ADMINISTRATOR),
}
"""Whose pages some are; the others are looked at by the first of all who may open them."""
_INDEX = """# Pictures of every page

Taken by `make screens` from days that are invented and stand still: the demonstration's morning of 23 November 2026,
and for the other pages the furnished commune of the tests. A phone is 390 pixels wide, a laptop 1280; a picture is at
most 1,600 pixels tall. The last column tells which roles may open the page in the furnished commune; what they may do
there differs.

| Page | Vietnamese | English | Opened by |
|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Camera:
    """Takes the pictures that were asked for; all when `names` is empty."""

    browser: Browser
    into: Path
    names: frozenset[str]

    def wants(self, name: str) -> bool:
        """Tell whether a picture was asked for."""
        return not self.names or name in self.names

    def wants_others_than(self, names: Iterable[str]) -> bool:
        """Tell whether a picture was asked for that is none of these."""
        return not self.names or not self.names <= set(names)

    def take(self, page: Page, name: str, language: str, kind: str) -> None:
        """Keep a page as tall as its content, so that what is fixed to the foot of a phone stands there."""
        page.wait_for_timeout(300)
        width, least = KINDS[kind]["width"], KINDS[kind]["height"]
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(least, min(height, TALLEST))})
        webp = {"format": "webp", "quality": QUALITY}
        taken = page.context.new_cdp_session(page).send("Page.captureScreenshot", webp)
        page.set_viewport_size(KINDS[kind])
        picture = self.into / language / f"{name}-{kind}.webp"
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_bytes(base64.b64decode(taken["data"]))
        print(f"{language} {name}-{kind}", flush=True)  # noqa: T201 -- tells how far it is


def main() -> None:
    """Take every picture, or those whose names were given."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="pictures to take; all when none is named")
    parser.add_argument("--into", type=Path, default=PICTURES, help="the folder they are put into")
    asked = parser.parse_args()
    with running_chromium() as browser:
        camera = Camera(browser, asked.into, frozenset(asked.names))
        pictured = _of_the_demonstration(camera)
        shown = chain.from_iterable(pictured.values())
        rows = list(_of_the_commune(camera, pictured)) if camera.wants_others_than(shown) else []
    if not asked.names:
        (asked.into / "README.md").write_text(_INDEX + "".join(rows))


def _of_the_demonstration(camera: Camera) -> Mapping[str, list[str]]:
    """Picture every scene; give the names of the pictures by the rule of their page."""
    pictured = defaultdict[str, list[str]](list)
    with tempfile.TemporaryDirectory() as folder, running_site(Path(folder), now=scenes.THE_DAY_BEFORE) as site:
        cookies = _signed_in(camera, site, scenes.furnish(site))
        for name, (login, where, then) in scenes.scenes(site).items():
            pictured[rule_of(where)].append(name)
            for language, kind in product(LANGUAGES, KINDS) if camera.wants(name) else ():
                # What one scene typed must not be given back in another: a window of its own.
                with _window(camera, cookies[login, language], kind) as page:
                    page.goto(site.address + where)
                    if then is not None:
                        then(page)
                    camera.take(page, name, language, kind)
    return pictured


def _of_the_commune(camera: Camera, pictured: Mapping[str, list[str]]) -> Iterator[str]:
    """Picture every page that has no scene; give the rows of the index."""
    with (
        tempfile.TemporaryDirectory() as folder,
        running_site(Path(folder), now=commune.MONDAY_BEFORE_DAWN) as site,
        ExitStack() as windows,
    ):
        furnished.found(site)
        ids = furnished.furnish(site)
        cookies = _signed_in(camera, site, {each.login: commune.PASSWORD for each in LOOKERS})
        pages_of = {
            each: windows.enter_context(_window(camera, cookies[each.login, "vi"], "phone")) for each in LOOKERS
        }
        for rule in sorted(pages(), key=lambda rule: rule.rule):
            own = rule.endpoint.replace(".", "-").replace("_", "-")
            if not camera.wants(own):
                continue
            path = site.address + address(rule, ids)
            open_to = [each for each in LOOKERS if pages_of[each].request.get(path).ok]
            at_home = AT_HOME.get(rule.endpoint.partition(".")[0])
            looks = at_home if at_home in open_to else open_to[0]
            names = pictured.get(rule.rule, [own])
            for language, kind in product(LANGUAGES, KINDS) if rule.rule not in pictured else ():
                with _window(camera, cookies[looks.login, language], kind) as page:
                    page.goto(path)
                    if urlsplit(page.url).path == urlsplit(path).path:
                        camera.take(page, own, language, kind)
                    else:  # it only leads to another page
                        names = []
            yield _row(rule.rule, names, open_to)


def _row(rule: str, names: Sequence[str], open_to: Sequence[commune.Account]) -> str:
    def links(language: str) -> str:
        return "<br>".join(
            f"{name}: " + ", ".join(f"[{kind}]({language}/{name}-{kind}.webp)" for kind in KINDS) for name in names
        )

    roles = "everybody" if len(open_to) == len(LOOKERS) else ", ".join(sorted(_role_of(each) for each in open_to))
    shown = f"{links('vi')} | {links('en')}" if names else "leads to another page |"
    return f"| `{rule}` | {shown} | {roles} |\n"


def _role_of(account: commune.Account) -> str:
    return next(iter(account.roles)).value if len(account.roles) == 1 else "somebody with every role"


@contextmanager
def _window(camera: Camera, cookies: list[Cookie], kind: str) -> Iterator[Page]:
    with open_context(camera.browser, viewport=KINDS[kind]) as context:
        context.add_cookies(cookies)  # type: ignore[arg-type]  # what one call gives the other takes
        yield context.new_page()


def _signed_in(camera: Camera, site: Site, passwords: Mapping[str, str]) -> Mapping[tuple[str, str], list[Cookie]]:
    """Sign everybody in once, and nobody too; give the cookies of each, in each language."""
    cookies = {}
    for login, password in {"": "", **passwords}.items():
        with open_context(camera.browser) as context:
            page = context.new_page()
            page.goto(f"{site.address}/sign-in")
            if login:
                page.fill("#login", login)
                page.fill("#password", password)
                page.click("main form.card button")
                page.wait_for_url(lambda where: "/sign-in" not in where)
            cookies[login, "vi"] = context.cookies()
            if login:
                page.goto(f"{site.address}/browsers")  # has no part that asks anew, whose answer would take it back
            page.locator("[name='language'][value='en']").first.evaluate("(button) => button.click()")
            page.wait_for_selector("html[lang='en']")
            cookies[login, "en"] = context.cookies()
    return cookies


if __name__ == "__main__":
    main()
