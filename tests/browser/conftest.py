"""A running site with the commune of the tests, and people in front of real browsers."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize

from tests.browser.furnished import found
from tests.browser.site import Site, running_site
from tests.server.web.commune import MONDAY_BEFORE_DAWN, PASSWORD, Account
from tests.services.chromium import DESKTOP, open_context

Visit = Callable[..., Page]


@pytest.fixture(scope="session")
def commune(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state of a centre that knows the commune; preparing its sound takes a while, so it is made once."""
    state = tmp_path_factory.mktemp("commune")
    with running_site(state, now=MONDAY_BEFORE_DAWN) as running:
        found(running)
    return state


@pytest.fixture
def site(tmp_path: Path, commune: Path) -> Iterator[Site]:
    """The commune's site on a Monday at four in the morning."""
    shutil.copytree(commune, tmp_path / "var")
    with running_site(tmp_path / "var", now=MONDAY_BEFORE_DAWN) as running:
        yield running


def sign_in(page: Page, site: Site, account: Account) -> None:
    """Let somebody sign in on a page."""
    page.goto(f"{site.address}/sign-in")
    page.get_by_label("Tên đăng nhập").fill(account.login)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(lambda address: "/sign-in" not in address)


def _is_a_fault(said: ConsoleMessage) -> bool:
    """Tell whether a page says that something broke; that a form was given back is no fault."""
    return said.type == "error" and not any(f"status of {code} " in said.text for code in (409, 422))


@pytest.fixture
def visit(chromium: Browser, site: Site) -> Iterator[Visit]:
    """Sign somebody in, in a window of their own; the test fails if a script of a page does."""
    uncaught: list[str] = []
    contexts = []

    def signed_in(account: Account, viewport: ViewportSize = DESKTOP) -> Page:
        context = open_context(chromium, viewport=viewport)
        contexts.append(context)
        page = context.__enter__().new_page()
        page.on("pageerror", lambda error: uncaught.append(str(error)))
        page.on("console", lambda said: uncaught.append(said.text) if _is_a_fault(said) else None)
        sign_in(page, site, account)
        return page

    yield signed_in
    for context in contexts:
        context.__exit__(None, None, None)
    assert uncaught == []
